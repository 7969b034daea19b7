#include "gd32_usart/gd32_usart.h"

#include <stdbool.h>

#include "gd32_dma/gd32_dma.h"
#include "register/register.h"

#include "stator/fail.h"
#include "stator/uart.h"

#include "registers.h"

#define CLOCK_HZ STATOR_CLOCK_HZ /* APB2 runs as fast as the core */
#define BAUD     115200u

#define PIN              9u
#define ALTERNATE_50_MHZ 0xbu    /* GPIO CTL and MD: alternate function, push-pull, 50 MHz */
#define TRIES            100000u /* reads of a register, 5 ms or more; a byte takes 0.1 ms */

static volatile bool sending;

void stator_uart_init(void) {
    sending = false;
    stator_change32(RCU_BASE + RCU_AHBEN, 0, RCU_AHBEN_DMA0EN_Msk);
    stator_change32(RCU_BASE + RCU_APB2EN, 0, RCU_APB2EN_PAEN_Msk | RCU_APB2EN_USART0EN_Msk);
    stator_change32(RCU_BASE + RCU_APB2RST, 0, RCU_APB2RST_USART0RST_Msk);
    stator_change32(RCU_BASE + RCU_APB2RST, RCU_APB2RST_USART0RST_Msk, 0);
    stator_change32(GPIOA_BASE + GPIOA_CTL1, 0xfu << (4u * (PIN - 8u)), ALTERNATE_50_MHZ << (4u * (PIN - 8u)));
    stator_write32(USART0_BASE + USART_BAUD, (CLOCK_HZ + BAUD / 2u) / BAUD); /* in sixteenths of a 16-fold oversampled bit */
    stator_write32(USART0_BASE + USART_CTL2, USART_CTL2_DENT_Msk);
    stator_write32(USART0_BASE + USART_CTL0, USART_CTL0_UEN_Msk | USART_CTL0_TEN_Msk); /* 8 bits, no parity, one stop bit */
}

int stator_uart_send(const uint8_t *data, size_t bytes) {
    if (!data || bytes == 0 || bytes > DMA_CH0CNT_CNT_Msk) {
        return -EINVAL;
    }
    if (sending) {
        return -EBUSY;
    }
    sending = true;
    gd32_dma_start(GD32_DMA_USART0_TX, DMA_CH0CTL_MNAGA_Msk | DMA_CH0CTL_DIR_Msk | DMA_CH0CTL_ERRIE_Msk | DMA_CH0CTL_FTFIE_Msk,
                   USART0_BASE + USART_DATA, STATOR_ADDRESS(data), (uint32_t)bytes);
    return 0;
}

void gd32_usart_dma_interrupt(void) {
    uint32_t flags = gd32_dma_take(GD32_DMA_USART0_TX);
    if (flags & GD32_DMA_ERROR) {
        stator_fail("DMA0 channel 3: bus error");
    }
    if (flags & GD32_DMA_FULL) {
        sending = false;
        stator_uart_sent_from_isr();
    }
}

void stator_uart_panic(const char *text) {
    if ((stator_read32(RCU_BASE + RCU_APB2EN) & RCU_APB2EN_USART0EN_Msk) == 0) {
        stator_uart_init();
    }
    gd32_dma_stop(GD32_DMA_USART0_TX);
    for (; *text != '\0'; text++) {
        (void)stator_wait_set(USART0_BASE + USART_STAT, USART_STAT_TBE_Msk, TRIES);
        stator_write32(USART0_BASE + USART_DATA, (uint8_t)*text);
    }
    (void)stator_wait_set(USART0_BASE + USART_STAT, USART_STAT_TC_Msk, TRIES);
}
