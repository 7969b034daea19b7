/* sources: firmware/drivers/riscv_clint/riscv_clint.c
 * The CLINT is memory here: mtime stands still until it is set. */
#include "riscv_clint/riscv_clint.h"

#include "check.h"

static uint32_t registers[0xc000 / 4];
const uintptr_t riscv_clint_base = (uintptr_t)registers;

static void set_time(uint64_t time) {
    registers[0xbff8 / 4] = (uint32_t)time;
    registers[0xbffc / 4] = (uint32_t)(time >> 32);
}

static uint64_t compare(void) {
    return ((uint64_t)registers[0x4004 / 4] << 32) | registers[0x4000 / 4];
}

int main(void) {
    set_time(0x1fffffff0u);
    CHECK(riscv_clint_now() == 0x1fffffff0u);
    CHECK(!riscv_clint_due(RISCV_CLINT_TICK) && !riscv_clint_due(RISCV_CLINT_SAMPLE)); /* nobody has armed it */

    riscv_clint_arm(RISCV_CLINT_SAMPLE, 0x200000010u); /* the low word wraps on the way */
    CHECK(compare() == 0x200000010u);
    riscv_clint_arm(RISCV_CLINT_TICK, 0x1fffffff8u);
    CHECK(compare() == 0x1fffffff8u);
    CHECK(!riscv_clint_due(RISCV_CLINT_TICK));

    set_time(0x1fffffff8u);
    CHECK(riscv_clint_due(RISCV_CLINT_TICK) && !riscv_clint_due(RISCV_CLINT_SAMPLE));
    riscv_clint_arm(RISCV_CLINT_TICK, 0x200000010u);
    CHECK(compare() == 0x200000010u);

    set_time(0x200000011u); /* both, and late: each stays due until it is armed again */
    CHECK(riscv_clint_due(RISCV_CLINT_TICK) && riscv_clint_due(RISCV_CLINT_SAMPLE));
    riscv_clint_arm(RISCV_CLINT_SAMPLE, 0x200000030u);
    CHECK(riscv_clint_due(RISCV_CLINT_TICK) && !riscv_clint_due(RISCV_CLINT_SAMPLE));
    CHECK(compare() == 0x200000010u);
    return 0;
}
