*** Settings ***
Documentation       What is broken is said, and never called well.
Library             tests.sim.keywords
Suite Setup         Load Board    ${BOARD}
Test Teardown       Stop Board

*** Variables ***
${BOARD}            mps2_an505

*** Test Cases ***
A Sensor That Is Stuck Is Not Well
    Feed Signal    constant:0
    Wait For Reason    sensor stuck

A Bit That Flips In Flash Is Found
    Feed Signal    synthetic:healthy
    Wait Until Well
    Inject Fault    bit flip    stator_dsp_sine
    Wait For Reason    flash

A Task That Hangs Costs A Reset And Its Reason Is Told
    Skip Without Watchdog
    Feed Signal    synthetic:healthy
    Wait For Frames    2
    Inject Fault    hang    stator_features_run
    Wait For Line    ^crash    timeout=20 s
    Undo Faults
    ${restarts}=    Read Counter    restarts
    Should Be True    ${restarts} >= 1
