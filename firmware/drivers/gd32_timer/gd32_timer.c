#include "gd32_timer/gd32_timer.h"

#include "register/register.h"

#include "registers.h"

/* Codes of the manual's tables; the SVD file has no names for them. */
#define TRGO_UPDATE    2u /* CTL1.MMC */
#define ITI2           2u /* SMCFG.TRGS: for TIMER1 this is TIMER2's TRGO */
#define EXTERNAL_CLOCK 7u /* SMCFG.SMC: each edge of the selected trigger counts */

void gd32_timer_prepare(uint32_t ticks) {
    const uint32_t timers = RCU_APB1EN_TIMER1EN_Msk | RCU_APB1EN_TIMER2EN_Msk;
    stator_change32(RCU_BASE + RCU_APB1EN, 0, timers);
    stator_change32(RCU_BASE + RCU_APB1RST, 0, timers);
    stator_change32(RCU_BASE + RCU_APB1RST, timers, 0);

    stator_write32(TIMER1_BASE + TIMER_CAR, TIMER_CAR_CARL_Msk);
    stator_write32(TIMER1_BASE + TIMER_SMCFG, STATOR_FIELD(TIMER_SMCFG_TRGS, ITI2));              /* first the source, */
    stator_change32(TIMER1_BASE + TIMER_SMCFG, 0, STATOR_FIELD(TIMER_SMCFG_SMC, EXTERNAL_CLOCK)); /* then what to do with it */
    stator_write32(TIMER1_BASE + TIMER_CTL0, TIMER_CTL0_CEN_Msk);

    stator_write32(TIMER2_BASE + TIMER_PSC, 0);
    stator_write32(TIMER2_BASE + TIMER_CAR, ticks - 1u);
    stator_write32(TIMER2_BASE + TIMER_CTL1, STATOR_FIELD(TIMER_CTL1_MMC, TRGO_UPDATE));
}

void gd32_timer_start(void) {
    stator_write32(TIMER2_BASE + TIMER_CTL0, TIMER_CTL0_CEN_Msk);
}

uint32_t gd32_timer_triggers(void) {
    return stator_read32(TIMER1_BASE + TIMER_CNT) & TIMER_CNT_CNT_Msk;
}
