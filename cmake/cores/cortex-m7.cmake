# Cortex-M7 with a double-precision FPU, as QEMU has it: images for chips with single precision need +fp.dp taken off.
set(STATOR_CORE_FLAGS -mcpu=cortex-m7 -mthumb -mfloat-abi=hard)
