/* GigaDevice USART0 of the GD32VF103: sends on PA9 by DMA0 channel 3. GD32VF103 User Manual. Implements stator/uart.h. */
#ifndef GD32_USART_H
#define GD32_USART_H

/* The handler of the DMA0_Channel3 interrupt. */
void gd32_usart_dma_interrupt(void);

#endif
