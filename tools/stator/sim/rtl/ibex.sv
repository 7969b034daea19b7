// Ibex behind the ports that system.cpp drives. The parameters are the board's (board.yml: simulator.parameters).
//
// counters_read: the instruction that leaves decoding reads mcycle; `cycles` and `instructions` are what mcycle and minstret hold then.
module core
  import ibex_pkg::*;
#(
    parameter int RV32M = 2,  // rv32m_e: 1 slow, 2 fast, 3 single cycle
    parameter int RV32B = 0,  // rv32b_e: 0 none, 1 balanced
    parameter bit BranchTargetALU = 1'b0,
    parameter bit WritebackStage = 1'b0
) (
    input logic clock,
    input logic reset_n,
    input logic [31:0] boot_address,

    output logic fetch_request,
    output logic [31:0] fetch_address,
    input logic fetch_grant,
    input logic fetch_valid,
    input logic [31:0] fetch_data,
    input logic fetch_error,

    output logic data_request,
    output logic data_write,
    output logic [3:0] data_bytes,
    output logic [31:0] data_address,
    output logic [31:0] data_to,
    input logic data_grant,
    input logic data_valid,
    input logic [31:0] data_from,
    input logic data_error,

    input logic timer_interrupt,
    input logic external_interrupt,

    output logic asleep,
    output logic counters_read,
    output logic [63:0] cycles,
    output logic [63:0] instructions
);
  ibex_top #(
      .RV32M(rv32m_e'(RV32M)),
      .RV32B(rv32b_e'(RV32B)),
      .BranchTargetALU(BranchTargetALU),
      .WritebackStage(WritebackStage)
  ) ibex (
      .clk_i(clock),
      .rst_ni(reset_n),
      .test_en_i(1'b0),
      .ram_cfg_i('0),
      .hart_id_i('0),
      .boot_addr_i(boot_address),

      .instr_req_o(fetch_request),
      .instr_gnt_i(fetch_grant),
      .instr_rvalid_i(fetch_valid),
      .instr_addr_o(fetch_address),
      .instr_rdata_i(fetch_data),
      .instr_rdata_intg_i('0),
      .instr_err_i(fetch_error),

      .data_req_o(data_request),
      .data_gnt_i(data_grant),
      .data_rvalid_i(data_valid),
      .data_we_o(data_write),
      .data_be_o(data_bytes),
      .data_addr_o(data_address),
      .data_wdata_o(data_to),
      .data_wdata_intg_o(),
      .data_rdata_i(data_from),
      .data_rdata_intg_i('0),
      .data_err_i(data_error),

      .irq_software_i(1'b0),
      .irq_timer_i(timer_interrupt),
      .irq_external_i(external_interrupt),
      .irq_fast_i('0),
      .irq_nm_i(1'b0),

      .scramble_key_valid_i('0),
      .scramble_key_i('0),
      .scramble_nonce_i('0),
      .scramble_req_o(),

      .debug_req_i(1'b0),
      .crash_dump_o(),
      .double_fault_seen_o(),

      .fetch_enable_i(IbexMuBiOn),
      .alert_minor_o(),
      .alert_major_internal_o(),
      .alert_major_bus_o(),
      .core_sleep_o(asleep),
      .scan_rst_ni(reset_n)
  );

  assign counters_read = ibex.u_ibex_core.cs_registers_i.csr_op_en_i && ibex.u_ibex_core.cs_registers_i.csr_addr_i == CSR_MCYCLE;
  assign cycles = ibex.u_ibex_core.cs_registers_i.mhpmcounter[0];
  assign instructions = ibex.u_ibex_core.cs_registers_i.mhpmcounter[2];
endmodule
