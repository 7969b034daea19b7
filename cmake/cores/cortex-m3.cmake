# Cortex-M3: no DSP instructions, no FPU.
set(STATOR_CORE_FLAGS -mcpu=cortex-m3 -mthumb -mfloat-abi=soft)
