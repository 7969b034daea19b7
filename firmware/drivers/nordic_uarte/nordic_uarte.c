#include "nordic_uarte/nordic_uarte.h"

#include <stdbool.h>

#include "register/register.h"

#include "stator/uart.h"

#include "registers.h"

#define RAM_AT    0x20000000u /* what EasyDMA reaches */
#define RAM_BYTES 0x00080000u

static volatile bool sending;

void stator_uart_init(void) {
    sending = false;
    uint32_t port = GPIO0_BASE + nordic_uarte_txd.port * (GPIO1_BASE - GPIO0_BASE);
    stator_write32(port + GPIO_OUTSET, 1u << nordic_uarte_txd.pin); /* idle is high, also before the UARTE has the pin */
    stator_write32(port + GPIO_DIRSET, 1u << nordic_uarte_txd.pin);
    stator_write32(UARTE0_BASE + UARTE_PSEL_TXD, STATOR_FIELD(UARTE_PSEL_TXD_PIN, nordic_uarte_txd.pin) |
                                                     STATOR_FIELD(UARTE_PSEL_TXD_PORT, nordic_uarte_txd.port));
    stator_write32(UARTE0_BASE + UARTE_CONFIG, 0); /* no flow control, no parity, one stop bit */
    stator_write32(UARTE0_BASE + UARTE_BAUDRATE, UARTE_BAUDRATE_BAUDRATE_Baud115200);
    stator_write32(UARTE0_BASE + UARTE_ENABLE, UARTE_ENABLE_ENABLE_Enabled);
    stator_write32(UARTE0_BASE + UARTE_EVENTS_ENDTX, 0);
    stator_write32(UARTE0_BASE + UARTE_INTENSET, UARTE_INTENSET_ENDTX_Msk);
}

static void start(const uint8_t *data, size_t bytes) {
    stator_write32(UARTE0_BASE + UARTE_TXD_PTR, STATOR_ADDRESS(data));
    stator_write32(UARTE0_BASE + UARTE_TXD_MAXCNT, (uint32_t)bytes);
    stator_write32(UARTE0_BASE + UARTE_TASKS_STARTTX, 1);
}

int stator_uart_send(const uint8_t *data, size_t bytes) {
    uint32_t at = STATOR_ADDRESS(data);
    if (at < RAM_AT || bytes == 0 || bytes > UARTE_TXD_MAXCNT_MAXCNT_Msk || at - RAM_AT > RAM_BYTES - bytes) {
        return -EINVAL;
    }
    if (sending) {
        return -EBUSY;
    }
    sending = true;
    start(data, bytes);
    return 0;
}

void nordic_uarte_interrupt(void) {
    if (stator_read32(UARTE0_BASE + UARTE_EVENTS_ENDTX) == 0) {
        return;
    }
    stator_write32(UARTE0_BASE + UARTE_EVENTS_ENDTX, 0);
    (void)stator_read32(UARTE0_BASE + UARTE_EVENTS_ENDTX); /* the write has arrived before the interrupt returns */
    sending = false;
    stator_uart_sent_from_isr();
}

void stator_uart_panic(const char *text) {
    static uint8_t byte; /* in RAM, for EasyDMA */
    if (stator_read32(UARTE0_BASE + UARTE_ENABLE) != UARTE_ENABLE_ENABLE_Enabled) {
        stator_uart_init();
    }
    stator_write32(UARTE0_BASE + UARTE_INTENCLR, UARTE_INTENCLR_ENDTX_Msk);
    stator_write32(UARTE0_BASE + UARTE_TASKS_STOPTX, 1); /* whatever was being sent ends here */
    (void)stator_wait_set(UARTE0_BASE + UARTE_EVENTS_TXSTOPPED, 1, 100000u);
    stator_write32(UARTE0_BASE + UARTE_EVENTS_TXSTOPPED, 0);
    for (; *text != '\0'; text++) {
        byte = (uint8_t)*text;
        stator_write32(UARTE0_BASE + UARTE_EVENTS_ENDTX, 0);
        start(&byte, 1);
        (void)stator_wait_set(UARTE0_BASE + UARTE_EVENTS_ENDTX, 1, 100000u);
    }
    stator_write32(UARTE0_BASE + UARTE_EVENTS_ENDTX, 0);
}
