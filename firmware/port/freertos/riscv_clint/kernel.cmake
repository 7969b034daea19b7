# The kernel's own port for this core, below ${STATOR_FREERTOS_DIR}/portable: without its machine timer, which is shared here.
set(STATOR_FREERTOS_PORT GCC/RISC-V)
set(STATOR_FREERTOS_PORT_SOURCES port.c portASM.S)
set(STATOR_FREERTOS_PORT_INCLUDES chip_specific_extensions/RISCV_no_extensions)
