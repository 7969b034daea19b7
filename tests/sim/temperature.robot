*** Settings ***
Documentation       The temperature is told, and that there is none is told too. Nothing of it touches a sample.
Library             tests.sim.keywords
Suite Setup         Load Board    ${BOARD}
Test Setup          Skip Without Thermometer
Test Teardown       Stop Board

*** Variables ***
${BOARD}            mps2_an505

*** Test Cases ***
The Temperature Is Told And Followed
    Feed Signal    synthetic:healthy
    Set Temperature    37.5
    Wait For Temperature    37.5
    Set Temperature    -12
    Wait For Temperature    -12
    Wait Until Well
    Frames Should Be Exact
    ${overruns}=    Read Counter    overruns
    Should Be Equal As Integers    ${overruns}    0

A Sensor That Does Not Answer Is Not Well Until It Does Again
    Feed Signal    synthetic:healthy
    Set Temperature    21
    Wait For Temperature    21
    Unplug Thermometer
    Wait For Temperature    none
    Wait For Reason    temperature
    Undo Faults
    Wait For Temperature    21
