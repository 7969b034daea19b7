/* GigaDevice DMA0 of the GD32VF103: seven channels, each for certain peripherals. GD32VF103 User Manual. */
#ifndef GD32_DMA_H
#define GD32_DMA_H

#include <stdint.h>

/* Channels by what they serve (UM, table of DMA0 requests). */
#define GD32_DMA_ADC0      0u
#define GD32_DMA_USART0_TX 3u

/* What gd32_dma_take() tells. */
#define GD32_DMA_FULL  (1u << 1)
#define GD32_DMA_HALF  (1u << 2)
#define GD32_DMA_ERROR (1u << 3)

/* Starts a transfer of `count` (1 to 65,535) items. `control`: bits of DMA_CH0CTL but CHEN; `peripheral` and `memory`: addresses.
 * What the channel did before ends. */
void gd32_dma_start(uint32_t channel, uint32_t control, uint32_t peripheral, uint32_t memory, uint32_t count);

/* Ends the channel's transfer. */
void gd32_dma_stop(uint32_t channel);

/* The flags that are set, GD32_DMA_...; exactly these are cleared, so none that comes in between is lost. */
uint32_t gd32_dma_take(uint32_t channel);

/* Items left to transfer; a circular transfer starts over at `count`. */
uint32_t gd32_dma_left(uint32_t channel);

#endif
