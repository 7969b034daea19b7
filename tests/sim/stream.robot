*** Settings ***
Documentation       Samples become decisions: all of them, once each, in order, and the right ones.
Library             tests.sim.keywords
Suite Setup         Load Board    ${BOARD}
Test Teardown       Stop Board

*** Variables ***
${BOARD}            mps2_an505

*** Test Cases ***
Every Frame Is Exact And None Is Lost
    Feed Signal    synthetic:inner
    Wait For Line    ^banner .* board=${BOARD}\\b
    Wait For Frames    24
    Frames Should Be Exact
    ${overruns}=    Read Counter    overruns
    ${garbage}=    Read Counter    garbage
    Should Be Equal As Integers    ${overruns}    0
    Should Be Equal As Integers    ${garbage}    0

Frames Come In Real Time
    Feed Signal    synthetic:healthy
    Wait For Frames    2
    ${before}=    Read Counter    frames
    Advance Time    1 s
    ${after}=    Read Counter    frames
    ${came}=    Evaluate    ${after} - ${before}
    Should Be True    ${came} >= 11
