"""Faults into a running firmware: QEMU stops where it is told, something is changed, and what the firmware then says is judged.

`gdb` speaks to QEMU's debug server, `session` runs one image from reset, `kinds` says what is changed and where, `judge` compares with a
run without a fault, `campaign` does all of them and keeps what it has. docs/health.md has the meaning of the figures.
"""
