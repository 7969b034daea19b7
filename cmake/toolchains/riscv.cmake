# RISC-V cores: riscv64-unknown-elf-gcc (Debian: gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf). The core's own flags stand in
# cmake/cores/.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv)
set(STATOR_TOOLCHAIN_PREFIX riscv64-unknown-elf-)
set(STATOR_TOOLCHAIN_PACKAGES "gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf")
set(STATOR_TOOLCHAIN_SPECS picolibc.specs)
include(${CMAKE_CURRENT_LIST_DIR}/gcc.cmake)
