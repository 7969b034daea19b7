# Entries of the core in ECLIC mode: levels nest on the stack that is in use, the only one.
#include "nuclei_eclic/entry.inc"

    nuclei_common 0
    nuclei_exception
