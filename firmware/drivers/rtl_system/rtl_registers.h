/* What lies around a core that runs as RTL: the one list of addresses that the firmware's drivers and the simulated system
 * (tools/stator/sim/rtl/system.cpp) share. Words only. C and C++.
 *
 * CLINT: mtime counts core clocks. PLIC: sources below, one context; priorities are kept and not looked at.
 */
#ifndef RTL_REGISTERS_H
#define RTL_REGISTERS_H

#define RTL_CLINT     0x02000000u
#define RTL_PLIC      0x0c000000u
#define RTL_REGISTERS 0x40000000u

/* Offsets from RTL_REGISTERS. */
#define RTL_EXIT           0x00u /* write: ends the simulation with this status */
#define RTL_SERIAL_BYTE    0x04u /* write: sends a byte, at once */
#define RTL_SERIAL_FROM    0x08u /* write: address of a message */
#define RTL_SERIAL_BYTES   0x0cu /* write: its length; sends it at 115200 baud. read: 0, or not sent yet */
#define RTL_SENSOR_HALF0   0x10u /* write: address of the first half of the buffer */
#define RTL_SENSOR_HALF1   0x14u /* write: and of the second */
#define RTL_SENSOR_SAMPLES 0x18u /* write: int16 samples per half */
#define RTL_SENSOR_DIVIDER 0x1cu /* write: core clocks per sample; sampling starts */
#define RTL_SENSOR_HALVES  0x20u /* read: halves filled since then */
#define RTL_SENSOR_SIGNAL  0x24u /* read: halves of the recording that stands for the sensor; 0: there is none */
#define RTL_CLOCK_HZ       0x28u /* write: what the serial port's speed is derived from */

/* PLIC sources; a half has been filled, a message has been sent. */
#define RTL_SENSOR_SOURCE 1u
#define RTL_SERIAL_SOURCE 2u

#endif
