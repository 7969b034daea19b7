/* Drivers of the system that tools/stator/sim/rtl/system.cpp simulates around a core. */
#ifndef RTL_SYSTEM_H
#define RTL_SYSTEM_H

#include <stdint.h>

#include "rtl_system/rtl_registers.h"

/* A register by its offset in rtl_registers.h. */
static inline volatile uint32_t *rtl_register(uint32_t offset) {
    return (volatile uint32_t *)(RTL_REGISTERS + offset);
}

/* From the external interrupt: a half is full; a message has been sent. */
void rtl_sensor_interrupt(void);
void rtl_serial_interrupt(void);

#endif
