#include "gd32_dma/gd32_dma.h"

#include "register/register.h"

#include "registers.h"

#define STRIDE (DMA_CH1CTL - DMA_CH0CTL)
#define FLAGS  (GD32_DMA_FULL | GD32_DMA_HALF | GD32_DMA_ERROR)

static uint32_t at(uint32_t channel, uint32_t offset) {
    return DMA0_BASE + offset + channel * STRIDE;
}

void gd32_dma_start(uint32_t channel, uint32_t control, uint32_t peripheral, uint32_t memory, uint32_t count) {
    gd32_dma_stop(channel); /* the other registers may only be written then */
    stator_write32(DMA0_BASE + DMA_INTC, FLAGS << (4u * channel));
    stator_write32(at(channel, DMA_CH0CTL), control);
    stator_write32(at(channel, DMA_CH0PADDR), peripheral);
    stator_write32(at(channel, DMA_CH0MADDR), memory);
    stator_write32(at(channel, DMA_CH0CNT), count);
    stator_write32(at(channel, DMA_CH0CTL), control | DMA_CH0CTL_CHEN_Msk);
}

void gd32_dma_stop(uint32_t channel) {
    stator_write32(at(channel, DMA_CH0CTL), 0);
}

uint32_t gd32_dma_take(uint32_t channel) {
    uint32_t flags = (stator_read32(DMA0_BASE + DMA_INTF) >> (4u * channel)) & FLAGS;
    stator_write32(DMA0_BASE + DMA_INTC, flags << (4u * channel));
    return flags;
}

uint32_t gd32_dma_left(uint32_t channel) {
    return stator_read32(at(channel, DMA_CH0CNT)) & DMA_CH0CNT_CNT_Msk;
}
