/* GD32VF103 free watchdog timer on the internal 40 kHz clock, which it starts itself. Implements stator/watchdog.h. That clock
 * is between 30 and 60 kHz (datasheet), so it bites after 1.0 to 2.0 s. Stands still while a debugger holds the core. */
#include "register/register.h"

#include "stator/watchdog.h"

#include "registers.h"

#define UNLOCK 0x5555u
#define FEED   0xaaaau
#define START  0xccccu
#define BY_16  2u
#define RC_HZ  40000u
#define TRIES  100000u /* reads; an update takes some clocks of 40 kHz */

const char *const stator_watchdog_name = "fwdgt";

static void command(uint32_t word) {
    stator_write32(FWDGT_BASE + FWDGT_CTL, STATOR_FIELD(FWDGT_CTL_CMD, word));
}

void stator_watchdog_start(void) {
    stator_change32(DBG_BASE + DBG_CTL, 0, DBG_CTL_FWDGT_HOLD_Msk);
    command(START);
    command(UNLOCK);
    stator_write32(FWDGT_BASE + FWDGT_PSC, STATOR_FIELD(FWDGT_PSC_PSC, BY_16));
    stator_write32(FWDGT_BASE + FWDGT_RLD, STATOR_FIELD(FWDGT_RLD_RLD, RC_HZ / 16u * STATOR_WATCHDOG_MS / 1000u));
    /* Should the settings never arrive, the reset values hold: a bite after 0.4 s. */
    (void)stator_wait_clear(FWDGT_BASE + FWDGT_STAT, FWDGT_STAT_PUD_Msk | FWDGT_STAT_RUD_Msk, TRIES);
    command(FEED);
}

void stator_watchdog_feed(void) {
    command(FEED);
}

bool stator_watchdog_bit(void) {
    bool bit = (stator_read32(RCU_BASE + RCU_RSTSCK) & RCU_RSTSCK_FWDGTRSTF_Msk) != 0;
    stator_change32(RCU_BASE + RCU_RSTSCK, 0, RCU_RSTSCK_RSTFC_Msk); /* clears all of the flags */
    return bit;
}
