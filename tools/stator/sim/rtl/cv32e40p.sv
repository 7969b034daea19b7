// CV32E40P behind the ports that system.cpp drives. The parameters are the board's (board.yml: simulator.parameters).
// It knows no bus errors: they become interrupt 31, which a program that wants to hear of them enables.
//
// counters_read: the instruction that leaves execution reads mcycle; `cycles` and `instructions` are what mcycle and minstret hold then.
module core
  import cv32e40p_pkg::*;
#(
    parameter bit COREV_PULP = 1'b1  // the Xpulp instructions
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
  logic bus_error, taken;
  logic [4:0] number;

  always_ff @(posedge clock or negedge reset_n) begin
    if (!reset_n) bus_error <= 1'b0;
    else if (data_valid && data_error) bus_error <= 1'b1;
    else if (taken && number == 5'd31) bus_error <= 1'b0;
  end

  cv32e40p_top #(
      .COREV_PULP(COREV_PULP)
  ) cv32e40p (
      .clk_i(clock),
      .rst_ni(reset_n),
      .pulp_clock_en_i(1'b0),
      .scan_cg_en_i(1'b0),

      .boot_addr_i(boot_address + 32'h80),
      .mtvec_addr_i(boot_address),
      .dm_halt_addr_i('0),
      .hart_id_i('0),
      .dm_exception_addr_i('0),

      .instr_req_o(fetch_request),
      .instr_gnt_i(fetch_grant),
      .instr_rvalid_i(fetch_valid),
      .instr_addr_o(fetch_address),
      .instr_rdata_i(fetch_data),

      .data_req_o(data_request),
      .data_gnt_i(data_grant),
      .data_rvalid_i(data_valid),
      .data_we_o(data_write),
      .data_be_o(data_bytes),
      .data_addr_o(data_address),
      .data_wdata_o(data_to),
      .data_rdata_i(data_from),

      .irq_i({bus_error, 19'b0, external_interrupt, 3'b0, timer_interrupt, 7'b0}),
      .irq_ack_o(taken),
      .irq_id_o(number),

      .debug_req_i(1'b0),
      .debug_havereset_o(),
      .debug_running_o(),
      .debug_halted_o(),

      .fetch_enable_i(1'b1),
      .core_sleep_o(asleep)
  );

  // csr_access_ex stays until another instruction comes; the enable of its destination does not.
  assign counters_read = cv32e40p.core_i.ex_valid && cv32e40p.core_i.csr_access_ex && cv32e40p.core_i.regfile_alu_we_ex
      && cv32e40p.core_i.csr_addr == CSR_MCYCLE;
  assign cycles = cv32e40p.core_i.cs_registers_i.mhpmcounter_q[0];
  assign instructions = cv32e40p.core_i.cs_registers_i.mhpmcounter_q[2];
endmodule
