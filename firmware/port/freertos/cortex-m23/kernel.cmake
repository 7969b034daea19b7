# The kernel's own port for this core, below ${STATOR_FREERTOS_DIR}/portable.
set(STATOR_FREERTOS_PORT GCC/ARM_CM23_NTZ/non_secure)
set(STATOR_FREERTOS_PORT_SOURCES port.c portasm.c)
