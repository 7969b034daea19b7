# Cortex-M4 with FPU: the kernel's port for it saves FPU registers, so the whole image may use them.
set(STATOR_CORE_FLAGS -mcpu=cortex-m4 -mthumb -mfloat-abi=hard)
