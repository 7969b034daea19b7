#include "gd32_adc/gd32_adc.h"

#include "gd32_dma/gd32_dma.h"
#include "gd32_timer/gd32_timer.h"
#include "register/register.h"

#include "stator/clock.h"
#include "stator/fail.h"
#include "stator/sensor.h"
#include "stator/stream.h"

#include "memory_plan.h"
#include "registers.h"

#define RAM_AT    0x20000000u
#define RAM_BYTES 0x00008000u

/* Codes of the manual's tables; the SVD file has no names for them. */
#define TIMER2_TRGO 4u /* CTL1.ETSRC */
#define CYCLES_55_5 5u /* SAMPT: with 12.5 for the conversion 5 us at 13.5 MHz, of 83 us */
#define WIDTH_16    1u /* DMA CTL.PWIDTH, MWIDTH */
#define ULTRA_HIGH  3u /* DMA CTL.PRIO */

#define TRIES    100000u  /* reads of a register, 5 ms or more; calibration takes some 10 us */
#define SETTLE   200u     /* reads that take at least 14 ADC clocks (112 of the core) */
#define TRIGGERS 0x10000u /* the counter's modulus */

static uint32_t half_samples;
static uint32_t seen;  /* the trigger counter at the last interrupt */
static uint32_t begun; /* triggers of the half that was not full yet then */
static uint32_t full;  /* halves since the start, the missed ones too */
static uint64_t ticks; /* end of the last of them */

_Static_assert(STATOR_CHANNELS <= 6u, "RSQ2 names six");
_Static_assert(STATOR_SAMPLE_DIVIDER >= 2 && STATOR_SAMPLE_DIVIDER <= TRIGGERS, "TIMER2 has 16 bits");

int stator_sensor_init(int16_t *half0, int16_t *half1, uint32_t samples) {
    uint32_t at = STATOR_ADDRESS(half0);
    if (!half0 || (at & 3u) || samples == 0 || samples > DMA_CH0CNT_CNT_Msk / 2u || half1 != half0 + samples || at < RAM_AT ||
        at - RAM_AT > RAM_BYTES - 4u * samples) {
        return -EINVAL;
    }
    half_samples = samples;
    seen = begun = full = 0;
    ticks = 0;

    stator_change32(RCU_BASE + RCU_AHBEN, 0, RCU_AHBEN_DMA0EN_Msk);
    stator_change32(RCU_BASE + RCU_APB2EN, 0, RCU_APB2EN_PAEN_Msk | RCU_APB2EN_ADC0EN_Msk);
    stator_change32(RCU_BASE + RCU_APB2RST, 0, RCU_APB2RST_ADC0RST_Msk);
    stator_change32(RCU_BASE + RCU_APB2RST, RCU_APB2RST_ADC0RST_Msk, 0);

    uint32_t pins = 0, times = 0, order = 0;
    for (uint32_t i = 0; i < STATOR_CHANNELS; i++) {
        const uint32_t channel = gd32_adc_channels[i];
        pins |= 0xfu << (4u * channel);
        times |= CYCLES_55_5 << (3u * channel);
        order |= channel << (5u * i);
    }
    stator_change32(GPIOA_BASE + GPIOA_CTL0, pins, 0); /* analog input */
    stator_write32(ADC0_BASE + ADC_SAMPT1, times);
    stator_write32(ADC0_BASE + ADC_RSQ0, STATOR_FIELD(ADC_RSQ0_RL, STATOR_CHANNELS - 1u));
    stator_write32(ADC0_BASE + ADC_RSQ2, order);
    if (STATOR_CHANNELS > 1u) {
        stator_write32(ADC0_BASE + ADC_CTL0, ADC_CTL0_SM_Msk); /* all of the group at one trigger */
    }

    /* On, 14 clocks to settle, calibrate. ADCON is never written again with no other bit changed: that would convert. */
    const uint32_t on = ADC_CTL1_ADCON_Msk | ADC_CTL1_ETERC_Msk | STATOR_FIELD(ADC_CTL1_ETSRC, TIMER2_TRGO);
    stator_write32(ADC0_BASE + ADC_CTL1, on);
    (void)stator_wait_set(ADC0_BASE + ADC_CTL1, ADC_CTL1_RSTCLB_Msk, SETTLE);
    stator_write32(ADC0_BASE + ADC_CTL1, on | ADC_CTL1_RSTCLB_Msk);
    if (stator_wait_clear(ADC0_BASE + ADC_CTL1, ADC_CTL1_RSTCLB_Msk, TRIES)) {
        return -EIO;
    }
    stator_write32(ADC0_BASE + ADC_CTL1, on | ADC_CTL1_CLB_Msk);
    if (stator_wait_clear(ADC0_BASE + ADC_CTL1, ADC_CTL1_CLB_Msk, TRIES)) {
        return -EIO;
    }

    gd32_dma_start(GD32_DMA_ADC0,
                   STATOR_FIELD(DMA_CH0CTL_PRIO, ULTRA_HIGH) | STATOR_FIELD(DMA_CH0CTL_MWIDTH, WIDTH_16) |
                       STATOR_FIELD(DMA_CH0CTL_PWIDTH, WIDTH_16) | DMA_CH0CTL_MNAGA_Msk | DMA_CH0CTL_CMEN_Msk |
                       DMA_CH0CTL_ERRIE_Msk | DMA_CH0CTL_HTFIE_Msk | DMA_CH0CTL_FTFIE_Msk,
                   ADC0_BASE + ADC_RDATA, at, 2u * samples);
    stator_write32(ADC0_BASE + ADC_CTL1, on | ADC_CTL1_DMA_Msk);
    gd32_timer_prepare(STATOR_SAMPLE_DIVIDER);
    return 0;
}

int stator_sensor_start(void) {
    gd32_timer_start();
    return 0;
}

void gd32_adc_dma_interrupt(void) {
    uint32_t entered_at = stator_clock_now();
    uint32_t flags = gd32_dma_take(GD32_DMA_ADC0);
    if (flags & GD32_DMA_ERROR) {
        stator_fail("DMA0 channel 0: bus error");
    }
    if ((flags & (GD32_DMA_HALF | GD32_DMA_FULL)) == 0) {
        return;
    }
    unsigned index = flags & GD32_DMA_FULL ? 1 : 0;
    if ((flags & GD32_DMA_HALF) && (flags & GD32_DMA_FULL)) {
        /* Held up for longer than a half: only the half that the DMA does not write is whole. */
        index = gd32_dma_left(GD32_DMA_ADC0) > half_samples ? 1 : 0;
    }
    uint32_t now = gd32_timer_triggers();
    begun += (now - seen) & (TRIGGERS - 1u);
    seen = now;
    const uint32_t half_scans = half_samples / STATOR_CHANNELS;
    uint32_t fresh = begun / half_scans;
    begun -= fresh * half_scans;
    full += fresh;
    ticks += (uint64_t)(fresh * half_scans) * STATOR_SAMPLE_DIVIDER;
    if (((full - 1u) & 1u) != index) {
        stator_fail("ADC0: a sample was lost");
    }
    stator_stream_filled(index, ticks, entered_at);
}
