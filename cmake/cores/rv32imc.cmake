# RV32IMC: no atomics. Without -misa-spec=2.2 the csr instructions would need a _zicsr suffix, which selects the wrong library on Debian 12.
set(STATOR_CORE_FLAGS -march=rv32imc -mabi=ilp32 -misa-spec=2.2)
