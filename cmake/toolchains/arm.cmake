# Arm cores: arm-none-eabi-gcc (Debian: gcc-arm-none-eabi libnewlib-arm-none-eabi). The core's own flags stand in cmake/cores/.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(STATOR_TOOLCHAIN_PREFIX arm-none-eabi-)
set(STATOR_TOOLCHAIN_PACKAGES "gcc-arm-none-eabi libnewlib-arm-none-eabi")
set(STATOR_TOOLCHAIN_SPECS nano.specs)
include(${CMAKE_CURRENT_LIST_DIR}/gcc.cmake)
