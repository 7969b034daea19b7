# The kernel's RISC-V port knows no ECLIC: port layer, entry and macros are all in this folder.
set(STATOR_FREERTOS_PORT MemMang) # no header of this name is in there
set(STATOR_FREERTOS_PORT_SOURCES)
set(STATOR_FREERTOS_PORT_INCLUDES)
