#include "gd32_rcu/gd32_rcu.h"

#include "register/register.h"

#include "registers.h"

/* Codes of the manual's tables; the SVD file has no names for them. */
#define APB1_HALF  4u  /* CK_AHB / 2 */
#define ADC_EIGHTH 3u  /* CK_APB2 / 8: ADCPSC[2:0] = 011; at most 14 MHz are allowed */
#define PREDV0_2   1u  /* divided by 2 */
#define PLL_27     10u /* PLLMF[4:0] = 11010: times 27; these are bits 3 to 0 */
#define SYS_PLL    2u

#define TRIES 100000u /* reads of one register, at 8 MHz: more than 60 ms */

int gd32_rcu_start(void) {
    uint32_t crystal = RCU_CFG0_PLLSEL_Msk;
    /* Back to where a reset would have left it: a boot loader may have the PLL running, whose settings may only change while off.
     */
    stator_change32(RCU_BASE + RCU_CTL, 0, RCU_CTL_IRC8MEN_Msk);
    if (stator_wait_set(RCU_BASE + RCU_CTL, RCU_CTL_IRC8MSTB_Msk, TRIES)) {
        return -EIO;
    }
    stator_change32(RCU_BASE + RCU_CFG0, RCU_CFG0_SCS_Msk, 0);
    if (stator_wait_clear(RCU_BASE + RCU_CFG0, RCU_CFG0_SCSS_Msk, TRIES)) {
        return -EIO;
    }
    stator_change32(RCU_BASE + RCU_CTL, RCU_CTL_PLLEN_Msk, 0);
    stator_change32(RCU_BASE + RCU_CTL, 0, RCU_CTL_HXTALEN_Msk);
    if (stator_wait_set(RCU_BASE + RCU_CTL, RCU_CTL_HXTALSTB_Msk, TRIES)) {
        crystal = 0; /* the PLL takes the internal 8 MHz / 2 */
    }
    /* Buses before the clock gets faster: none may exceed its limit at any moment. */
    stator_change32(RCU_BASE + RCU_CFG0,
                    RCU_CFG0_SCS_Msk | RCU_CFG0_AHBPSC_Msk | RCU_CFG0_APB1PSC_Msk | RCU_CFG0_APB2PSC_Msk |
                        RCU_CFG0_ADCPSC_1_0_Msk | RCU_CFG0_ADCPSC_2_Msk | RCU_CFG0_PLLSEL_Msk | RCU_CFG0_PLLMF_3_0_Msk |
                        RCU_CFG0_PLLMF_4_Msk,
                    STATOR_FIELD(RCU_CFG0_APB1PSC, APB1_HALF) | STATOR_FIELD(RCU_CFG0_ADCPSC_1_0, ADC_EIGHTH) | crystal |
                        STATOR_FIELD(RCU_CFG0_PLLMF_3_0, PLL_27) | RCU_CFG0_PLLMF_4_Msk);
    stator_change32(RCU_BASE + RCU_CFG1, RCU_CFG1_PREDV0SEL_Msk | RCU_CFG1_PREDV0_Msk, STATOR_FIELD(RCU_CFG1_PREDV0, PREDV0_2));
    stator_change32(RCU_BASE + RCU_CTL, 0, RCU_CTL_PLLEN_Msk);
    if (stator_wait_set(RCU_BASE + RCU_CTL, RCU_CTL_PLLSTB_Msk, TRIES)) {
        return -EIO;
    }
    stator_change32(RCU_BASE + RCU_CFG0, RCU_CFG0_SCS_Msk, STATOR_FIELD(RCU_CFG0_SCS, SYS_PLL));
    if (stator_wait_set(RCU_BASE + RCU_CFG0, STATOR_FIELD(RCU_CFG0_SCSS, SYS_PLL), TRIES)) {
        return -EIO;
    }
    return crystal ? 0 : -EIO;
}
