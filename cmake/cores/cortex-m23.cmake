# Cortex-M23: Armv8-M Baseline. Inline assembly is unified there only where that is asked for.
set(STATOR_CORE_FLAGS -mcpu=cortex-m23 -mthumb -mfloat-abi=soft -masm-syntax-unified)
