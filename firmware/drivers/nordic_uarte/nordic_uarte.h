/* Nordic UARTE0: sends by EasyDMA. nRF5340 Product Specification. Implements stator/uart.h. EasyDMA reads RAM only: a text in
 * flash is refused. */
#ifndef NORDIC_UARTE_H
#define NORDIC_UARTE_H

#include <stdint.h>

/* The board's: port (0 or 1) and pin (0 to 31) of TXD. */
extern const struct nordic_uarte_pins {
    uint32_t port;
    uint32_t pin;
} nordic_uarte_txd;

/* The handler of the SERIAL0 interrupt. */
void nordic_uarte_interrupt(void);

#endif
