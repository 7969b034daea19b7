// Ibex as in PyPI pythondata-cpu-ibex; $RTL is its system_verilog folder. Packages in order; modules are found by name.
+libext+.sv
+incdir+$RTL/vendor/lowrisc_ip/ip/prim/rtl
+incdir+$RTL/vendor/lowrisc_ip/dv/sv/dv_utils
+incdir+$RTL/rtl
-y $RTL/rtl
-y $RTL/dv/uvm/core_ibex/common/prim
-y $RTL/vendor/lowrisc_ip/ip/prim/rtl
-y $RTL/vendor/lowrisc_ip/ip/prim_generic/rtl
$RTL/dv/uvm/core_ibex/common/prim/prim_pkg.sv
$RTL/vendor/lowrisc_ip/ip/prim/rtl/prim_util_pkg.sv
$RTL/vendor/lowrisc_ip/ip/prim/rtl/prim_count_pkg.sv
$RTL/vendor/lowrisc_ip/ip/prim/rtl/prim_secded_pkg.sv
$RTL/vendor/lowrisc_ip/ip/prim/rtl/prim_mubi_pkg.sv
$RTL/vendor/lowrisc_ip/ip/prim/rtl/prim_ram_1p_pkg.sv
$RTL/vendor/lowrisc_ip/ip/prim/rtl/prim_cipher_pkg.sv
$RTL/rtl/ibex_pkg.sv
