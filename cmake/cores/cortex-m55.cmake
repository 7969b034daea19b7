# Cortex-M55 with FPU and Helium. Its vector registers are the FPU's, so floats travel in them too: the only library for it is built so.
set(STATOR_CORE_FLAGS -mcpu=cortex-m55 -mthumb -mfloat-abi=hard)
