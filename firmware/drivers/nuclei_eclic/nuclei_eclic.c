#include "nuclei_eclic/nuclei_eclic.h"

#include "nuclei_eclic/nuclei_csr.h"
#include "register/register.h"

#define MTVEC_ECLIC   3u
#define MTVT2_ON      1u
#define MMISC_CTL_NMI (1u << 9)
#define NLBITS_SHIFT  1u
#define LEVEL_SHIFT   (8u - NUCLEI_ECLIC_CTL_BITS)

void nuclei_eclic_start(const nuclei_vector *vectors, nuclei_vector common, nuclei_vector exceptions) {
    stator_write8(NUCLEI_ECLIC_CFG, NUCLEI_ECLIC_CTL_BITS << NLBITS_SHIFT);
    stator_write8(NUCLEI_ECLIC_MTH, 0);
    for (uint32_t id = 0; id < NUCLEI_ECLIC_COUNT; id++) { /* a reset by the debugger leaves them as they were */
        stator_write8(NUCLEI_ECLIC_IE(id), 0);
        stator_write8(NUCLEI_ECLIC_IP(id), 0);
    }
    stator_csr_set(NUCLEI_MMISC_CTL, MMISC_CTL_NMI);
    stator_csr_write(NUCLEI_MTVT, STATOR_ADDRESS(vectors));
    stator_csr_write(NUCLEI_MTVT2, STATOR_ADDRESS(common) | MTVT2_ON);
    stator_csr_write(NUCLEI_MTVEC, STATOR_ADDRESS(exceptions) | MTVEC_ECLIC);
}

void nuclei_eclic_enable(uint32_t id, uint32_t level, enum nuclei_eclic_entry entry) {
    stator_write8(NUCLEI_ECLIC_ATTR(id), (uint8_t)entry); /* TRIG 0: by level */
    stator_write8(NUCLEI_ECLIC_CTL(id), (uint8_t)(level << LEVEL_SHIFT));
    stator_write8(NUCLEI_ECLIC_IE(id), 1);
}
