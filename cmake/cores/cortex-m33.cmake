# Cortex-M33 with the DSP extension. No floating point in the firmware, so no FPU context to save.
set(STATOR_CORE_FLAGS -mcpu=cortex-m33+nofp -mthumb -mfloat-abi=soft)
