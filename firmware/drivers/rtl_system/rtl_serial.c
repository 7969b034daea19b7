/* The serial port: takes a whole message by DMA and tells when it has gone out. Implements stator/uart.h. */
#include "stator/uart.h"

#include "rtl_system/rtl_system.h"

void stator_uart_init(void) {
    *rtl_register(RTL_CLOCK_HZ) = STATOR_CLOCK_HZ;
}

int stator_uart_send(const uint8_t *data, size_t bytes) {
    if (!data || bytes == 0) {
        return -EINVAL;
    }
    if (*rtl_register(RTL_SERIAL_BYTES)) {
        return -EBUSY;
    }
    *rtl_register(RTL_SERIAL_FROM) = (uint32_t)(uintptr_t)data;
    *rtl_register(RTL_SERIAL_BYTES) = (uint32_t)bytes;
    return 0;
}

void rtl_serial_interrupt(void) {
    stator_uart_sent_from_isr();
}

void stator_uart_panic(const char *text) {
    for (; *text != '\0'; text++) {
        *rtl_register(RTL_SERIAL_BYTE) = (uint8_t)*text;
    }
}
