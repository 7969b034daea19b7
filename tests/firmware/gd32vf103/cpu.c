#include "cpu.h"

#include <string.h>

#define MIE  (1u << 3)
#define MPIE (1u << 7)
#define MPP  (3u << 11)

enum { NORMAL, INTERRUPT, EXCEPTION };

/* --- Proof that contexts survive: every register of an interrupted task is noted, and compared when the task goes on. --- */

#define TASKS 8
static struct {
    bool used;
    uint32_t pc, x[32];
} interrupted[TASKS];
static int last_task = -1;

static void note(const struct cpu *cpu) {
    int place = -1;
    for (int i = 0; i < TASKS; i++) {
        if (interrupted[i].used && interrupted[i].x[2] == cpu->x[2] && interrupted[i].pc == cpu->pc) {
            stop("two tasks at pc %08x on one stack", cpu->pc);
        }
        if (!interrupted[i].used && place < 0) {
            place = i;
        }
    }
    if (place < 0) {
        stop("more interrupted tasks than there are tasks");
    }
    interrupted[place].used = true;
    interrupted[place].pc = cpu->pc;
    memcpy(interrupted[place].x, cpu->x, sizeof(cpu->x));
    last_task = place;
}

static void compare(struct cpu *cpu) {
    for (int i = 0; i < TASKS; i++) {
        if (interrupted[i].used && interrupted[i].x[2] == cpu->x[2] && interrupted[i].pc == cpu->pc) {
            for (int r = 1; r < 32; r++) {
                if (interrupted[i].x[r] != cpu->x[r]) {
                    stop("x%d was %08x and is %08x after an interrupt at %08x", r, interrupted[i].x[r], cpu->x[r], cpu->pc);
                }
            }
            interrupted[i].used = false;
            cpu->resumed++;
            cpu->switched += i != last_task;
            return;
        }
    }
    /* A task that was never interrupted: its first instruction. */
    cpu->switched++;
}

/* --- Interrupts --- */

/* The level of an interrupt as the core compares it: NLBITS upper bits of CTL, the rest ones. */
static uint32_t level_of(const struct cpu *cpu, uint32_t id) {
    uint32_t bits = (cpu->cfg >> 1) & 15u;
    return bits >= 8 ? cpu->ctl[id] : (cpu->ctl[id] | (0xffu >> bits));
}

/* The most urgent interrupt that waits and has more than `level`; -1: none. Of equals, the higher number. */
static int waiting(const struct cpu *cpu, uint32_t level) {
    int best = -1;
    uint32_t most = level > cpu->mth ? level : cpu->mth;
    for (uint32_t id = 0; id < CPU_INTERRUPTS; id++) {
        if (cpu->ip[id] && cpu->ie[id]) {
            uint32_t its = level_of(cpu, id);
            if (its > most || (best >= 0 && its == most)) {
                best = (int)id;
                most = its;
            }
        }
    }
    return best;
}

static uint32_t load(struct cpu *cpu, uint32_t at, unsigned bytes) {
    if (at % bytes) {
        stop("load of %u bytes at %08x, pc %08x", bytes, at, cpu->pc);
    }
    const uint8_t *from = chip_memory(at, bytes, false);
    uint32_t value = 0;
    if (!from) {
        return chip_read(at, bytes);
    }
    memcpy(&value, from, bytes);
    return value;
}

static void store(struct cpu *cpu, uint32_t at, uint32_t value, unsigned bytes) {
    if (at % bytes) {
        stop("store of %u bytes at %08x, pc %08x", bytes, at, cpu->pc);
    }
    uint8_t *to = chip_memory(at, bytes, true);
    if (!to) {
        chip_write(at, value, bytes);
        return;
    }
    memcpy(to, &value, bytes);
}

static uint32_t vector(struct cpu *cpu, int id) {
    uint32_t to = load(cpu, cpu->mtvt + 4u * (uint32_t)id, 4);
    if (to == 0) {
        stop("interrupt %d has no handler", id);
    }
    return to;
}

static uint32_t cause(const struct cpu *cpu, uint32_t code) {
    return code | ((cpu->mstatus & MPP) >> 11 << 28) | ((cpu->mstatus & MPIE) ? 1u << 27 : 0) | (cpu->level << 16);
}

static void enter(struct cpu *cpu, uint32_t type) {
    cpu->mepc = cpu->pc;
    cpu->mstatus = (cpu->mstatus & ~(MPIE | MIE)) | (cpu->mstatus & MIE ? MPIE : 0) | MPP;
    cpu->msubm = ((cpu->msubm >> 6) & 3u) << 8 | type << 6;
    cpu->has_reserved = false;
}

static void interrupt(struct cpu *cpu, int id) {
    if (cpu->level == 0) {
        note(cpu);
    } else {
        cpu->nested++;
    }
    cpu->taken++;
    enter(cpu, INTERRUPT);
    cpu->mcause = 0x80000000u | cause(cpu, (uint32_t)id);
    cpu->level = level_of(cpu, (uint32_t)id);
    if (cpu->attr[id] & 1u) {
        cpu->pc = vector(cpu, id);
    } else if (cpu->mtvt2 & 1u) {
        cpu->pc = cpu->mtvt2 & ~3u;
    } else {
        stop("interrupt %d is not vectored, and mtvt2 is off", id);
    }
}

static void exception(struct cpu *cpu, uint32_t code, uint32_t value) {
    enter(cpu, EXCEPTION);
    cpu->mcause = cause(cpu, code);
    cpu->mtval = value;
    cpu->pc = cpu->mtvec & ~63u;
}

static void mret(struct cpu *cpu) {
    if ((cpu->mstatus & MPP) != MPP) {
        stop("mret leaves machine mode, pc %08x", cpu->pc);
    }
    cpu->pc = cpu->mepc;
    cpu->level = (cpu->mcause >> 16) & 0xffu;
    cpu->mstatus = (cpu->mstatus & ~(MIE | MPP)) | (cpu->mstatus & MPIE ? MIE : 0) | MPIE;
    cpu->msubm = ((cpu->msubm >> 8) & 3u) << 6;
    if (cpu->msubm >> 6 != (cpu->level != 0 ? INTERRUPT : NORMAL)) {
        stop("mret to level %u with msubm %03x", cpu->level, cpu->msubm);
    }
    if (cpu->level == 0) {
        compare(cpu);
    }
}

uint8_t eclic_read(const struct cpu *cpu, uint32_t offset) {
    if (offset == 0) {
        return cpu->cfg;
    }
    if (offset == 0xb) {
        return cpu->mth;
    }
    uint32_t id = (offset - 0x1000u) / 4u;
    if (offset < 0x1000u || id >= CPU_INTERRUPTS) {
        stop("ECLIC has nothing at %x", offset);
    }
    const uint8_t *const blocks[] = {cpu->ip, cpu->ie, cpu->attr, cpu->ctl};
    return blocks[offset % 4u][id];
}

void eclic_write(struct cpu *cpu, uint32_t offset, uint8_t value) {
    uint32_t id = (offset - 0x1000u) / 4u;
    if (offset == 0) {
        cpu->cfg = value & 0x1e;
    } else if (offset == 0xb) {
        cpu->mth = value;
    } else if (offset < 0x1000u || id >= CPU_INTERRUPTS) {
        stop("ECLIC has nothing at %x", offset);
    } else if (offset % 4u == 1) {
        cpu->ie[id] = value & 1u;
    } else if (offset % 4u == 2) {
        cpu->attr[id] = value & 7u;
    } else if (offset % 4u == 3) {
        cpu->ctl[id] = value | 0x0f; /* four bits exist */
    } /* the pending bit of a level-triggered interrupt is its line */
}

/* --- CSRs --- */

static bool csr_read(struct cpu *cpu, uint32_t number, uint32_t *value) {
    switch (number) {
    case 0x300:
        *value = cpu->mstatus;
        return true;
    case 0x305:
        *value = cpu->mtvec;
        return true;
    case 0x307:
        *value = cpu->mtvt;
        return true;
    case 0x320:
        *value = cpu->mcountinhibit;
        return true;
    case 0x340:
        *value = cpu->mscratch;
        return true;
    case 0x341:
        *value = cpu->mepc;
        return true;
    case 0x342:
        *value = (cpu->mcause & ~0x38000000u) | ((cpu->mstatus & MPP) >> 11 << 28) | ((cpu->mstatus & MPIE) ? 1u << 27 : 0);
        return true;
    case 0x343:
        *value = cpu->mtval;
        return true;
    case 0x346:
        *value = cpu->level << 24;
        return true;
    case 0x7c4:
        *value = cpu->msubm;
        return true;
    case 0x7d0:
        *value = cpu->mmisc_ctl;
        return true;
    case 0x7ec:
        *value = cpu->mtvt2;
        return true;
    case 0xb00:
    case 0xb02:
        *value = (uint32_t)cpu->instructions;
        return true;
    case 0xb80:
    case 0xb82:
        *value = (uint32_t)(cpu->instructions >> 32);
        return true;
    default:
        return false;
    }
}

static bool csr_write(struct cpu *cpu, uint32_t number, uint32_t value) {
    switch (number) {
    case 0x300:
        cpu->mstatus = value & (MIE | MPIE | MPP);
        return true;
    case 0x305:
        cpu->mtvec = value;
        return true;
    case 0x307:
        if (value % 512u) {
            stop("mtvt %08x: 65 to 128 interrupts need 512-byte alignment", value);
        }
        cpu->mtvt = value;
        return true;
    case 0x320:
        cpu->mcountinhibit = value;
        return true;
    case 0x340:
        cpu->mscratch = value;
        return true;
    case 0x341:
        cpu->mepc = value & ~1u;
        return true;
    case 0x342:
        cpu->mcause = value & 0xb8ff0fffu;
        cpu->mstatus = (cpu->mstatus & ~(MPP | MPIE)) | ((value >> 28 & 3u) << 11) | (value >> 27 & 1u ? MPIE : 0);
        return true;
    case 0x7c4:
        cpu->msubm = value & 0x3c0u;
        return true;
    case 0x7d0:
        cpu->mmisc_ctl = value;
        return true;
    case 0x7ec:
        cpu->mtvt2 = value;
        return true;
    default:
        return false;
    }
}

/* False: no such instruction. Moves pc itself only for jalmnxti. */
static bool csr(struct cpu *cpu, uint32_t i, uint32_t *next) {
    uint32_t number = i >> 20, rd = i >> 7 & 31u, rs1 = i >> 15 & 31u, funct = i >> 12 & 7u, old;
    if (number == 0x349 && funct == 1) { /* mscratchcswl */
        bool from_task = (cpu->mcause >> 16 & 0xffu) == 0, now_task = cpu->level == 0;
        old = cpu->x[rs1];
        if (from_task != now_task) {
            uint32_t swap = cpu->mscratch;
            cpu->mscratch = old;
            old = swap;
        }
        if (rd) {
            cpu->x[rd] = old;
        }
        return true;
    }
    if (number == 0x7ed && funct == 1) { /* jalmnxti */
        if (cpu->x[1] == cpu->pc) {      /* back from a handler, which was free to use these */
            static const uint8_t free_to_use[] = {5, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31};
            for (unsigned r = 0; r < sizeof(free_to_use); r++) {
                cpu->x[free_to_use[r]] = 0x5c5c5c5cu;
            }
        }
        int id = waiting(cpu, cpu->mcause >> 16 & 0xffu);
        if (id >= 0 && (cpu->attr[id] & 1u) == 0) {
            cpu->level = level_of(cpu, (uint32_t)id);
            cpu->mcause = (cpu->mcause & ~0xfffu) | 0x80000000u | (uint32_t)id;
            cpu->mstatus |= MIE;
            cpu->x[rd] = cpu->pc;
            *next = vector(cpu, id);
        }
        return true;
    }
    if (!csr_read(cpu, number, &old)) {
        return false;
    }
    uint32_t operand = funct & 4u ? rs1 : cpu->x[rs1];
    switch (funct & 3u) {
    case 1:
        break;
    case 2:
        operand = old | operand;
        break;
    case 3:
        operand = old & ~operand;
        break;
    default:
        return false;
    }
    if (((funct & 3u) == 1 || rs1 != 0) && !csr_write(cpu, number, operand)) {
        return false;
    }
    if (rd) {
        cpu->x[rd] = old;
    }
    return true;
}

/* --- Instructions --- */

#define BITS(value, high, low) ((uint32_t)(value) >> (low) & ((2u << ((high) - (low))) - 1u))
#define SIGNED(value, bits)    ((uint32_t)((int32_t)((uint32_t)(value) << (32 - (bits))) >> (32 - (bits))))

static uint32_t r_type(uint32_t funct7, uint32_t rs2, uint32_t rs1, uint32_t funct3, uint32_t rd) {
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33u;
}

static uint32_t i_type(uint32_t imm, uint32_t rs1, uint32_t funct3, uint32_t rd, uint32_t opcode) {
    return (imm & 0xfffu) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}

static uint32_t s_type(uint32_t imm, uint32_t rs2, uint32_t rs1) {
    return BITS(imm, 11, 5) << 25 | rs2 << 20 | rs1 << 15 | 2u << 12 | BITS(imm, 4, 0) << 7 | 0x23u;
}

static uint32_t b_type(uint32_t imm, uint32_t rs1, uint32_t funct3) {
    return BITS(imm, 12, 12) << 31 | BITS(imm, 10, 5) << 25 | rs1 << 15 | funct3 << 12 | BITS(imm, 4, 1) << 8 |
           BITS(imm, 11, 11) << 7 | 0x63u;
}

static uint32_t j_type(uint32_t imm, uint32_t rd) {
    return BITS(imm, 20, 20) << 31 | BITS(imm, 10, 1) << 21 | BITS(imm, 11, 11) << 20 | BITS(imm, 19, 12) << 12 | rd << 7 | 0x6fu;
}

/* The 32-bit form of a compressed instruction; 0: there is none. */
static uint32_t expand(uint32_t c) {
    uint32_t rd = BITS(c, 11, 7), rs2 = BITS(c, 6, 2), rdp = BITS(c, 4, 2) + 8u, rs1p = BITS(c, 9, 7) + 8u;
    uint32_t imm6 = SIGNED(BITS(c, 12, 12) << 5 | BITS(c, 6, 2), 6);
    uint32_t jump = SIGNED(BITS(c, 12, 12) << 11 | BITS(c, 8, 8) << 10 | BITS(c, 10, 9) << 8 | BITS(c, 6, 6) << 7 |
                               BITS(c, 7, 7) << 6 | BITS(c, 2, 2) << 5 | BITS(c, 11, 11) << 4 | BITS(c, 5, 3) << 1,
                           12);
    uint32_t branch =
        SIGNED(BITS(c, 12, 12) << 8 | BITS(c, 6, 5) << 6 | BITS(c, 2, 2) << 5 | BITS(c, 11, 10) << 3 | BITS(c, 4, 3) << 1, 9);
    uint32_t word = BITS(c, 12, 10) << 3 | BITS(c, 6, 6) << 2 | BITS(c, 5, 5) << 6;
    switch ((c & 3u) << 3 | BITS(c, 15, 13)) {
    case 0 << 3 | 0: { /* addi4spn */
        uint32_t imm = BITS(c, 12, 11) << 4 | BITS(c, 10, 7) << 6 | BITS(c, 6, 6) << 2 | BITS(c, 5, 5) << 3;
        return imm ? i_type(imm, 2, 0, rdp, 0x13) : 0;
    }
    case 0 << 3 | 2:
        return i_type(word, rs1p, 2, rdp, 0x03);
    case 0 << 3 | 6:
        return s_type(word, rdp, rs1p);
    case 1 << 3 | 0:
        return i_type(imm6, rd, 0, rd, 0x13);
    case 1 << 3 | 1:
        return j_type(jump, 1);
    case 1 << 3 | 2:
        return i_type(imm6, 0, 0, rd, 0x13);
    case 1 << 3 | 3:
        if (rd == 2) {
            uint32_t imm = SIGNED(
                BITS(c, 12, 12) << 9 | BITS(c, 6, 6) << 4 | BITS(c, 5, 5) << 6 | BITS(c, 4, 3) << 7 | BITS(c, 2, 2) << 5, 10);
            return imm ? i_type(imm, 2, 0, 2, 0x13) : 0;
        }
        return imm6 ? (imm6 << 12 | rd << 7 | 0x37u) : 0;
    case 1 << 3 | 4:
        switch (BITS(c, 11, 10)) {
        case 0:
            return i_type(BITS(c, 6, 2), rs1p, 5, rs1p, 0x13);
        case 1:
            return i_type(0x400u | BITS(c, 6, 2), rs1p, 5, rs1p, 0x13);
        case 2:
            return i_type(imm6, rs1p, 7, rs1p, 0x13);
        default:
            break;
        }
        if (BITS(c, 12, 12)) {
            return 0;
        }
        switch (BITS(c, 6, 5)) {
        case 0:
            return r_type(0x20, rdp, rs1p, 0, rs1p);
        case 1:
            return r_type(0, rdp, rs1p, 4, rs1p);
        case 2:
            return r_type(0, rdp, rs1p, 6, rs1p);
        default:
            return r_type(0, rdp, rs1p, 7, rs1p);
        }
    case 1 << 3 | 5:
        return j_type(jump, 0);
    case 1 << 3 | 6:
        return b_type(branch, rs1p, 0);
    case 1 << 3 | 7:
        return b_type(branch, rs1p, 1);
    case 2 << 3 | 0:
        return BITS(c, 12, 12) ? 0 : i_type(BITS(c, 6, 2), rd, 1, rd, 0x13);
    case 2 << 3 | 2:
        return rd ? i_type(BITS(c, 12, 12) << 5 | BITS(c, 6, 4) << 2 | BITS(c, 3, 2) << 6, 2, 2, rd, 0x03) : 0;
    case 2 << 3 | 4:
        if (rs2 == 0) {
            return rd ? i_type(0, rd, 0, BITS(c, 12, 12), 0x67) : (BITS(c, 12, 12) ? 0x00100073u : 0); /* jr, jalr, ebreak */
        }
        return r_type(0, rs2, BITS(c, 12, 12) ? rd : 0, 0, rd);
    case 2 << 3 | 6:
        return s_type(BITS(c, 12, 9) << 2 | BITS(c, 8, 7) << 6, rs2, 2);
    default:
        return 0;
    }
}

static uint32_t multiply(uint32_t a, uint32_t b, uint32_t funct) {
    int64_t sa = (int32_t)a, sb = (int32_t)b;
    switch (funct) {
    case 0:
        return a * b;
    case 1:
        return (uint32_t)((uint64_t)(sa * sb) >> 32);
    case 2:
        return (uint32_t)((uint64_t)(sa * (int64_t)b) >> 32);
    case 3:
        return (uint32_t)((uint64_t)a * b >> 32);
    case 4:
        return b == 0 ? ~0u : (a == 0x80000000u && b == ~0u) ? a : (uint32_t)((int32_t)a / (int32_t)b);
    case 5:
        return b == 0 ? ~0u : a / b;
    case 6:
        return b == 0 ? a : (a == 0x80000000u && b == ~0u) ? 0 : (uint32_t)((int32_t)a % (int32_t)b);
    default:
        return b == 0 ? a : a % b;
    }
}

static uint32_t arithmetic(uint32_t a, uint32_t b, uint32_t funct, bool alternate) {
    switch (funct) {
    case 0:
        return alternate ? a - b : a + b;
    case 1:
        return a << (b & 31u);
    case 2:
        return (int32_t)a < (int32_t)b;
    case 3:
        return a < b;
    case 4:
        return a ^ b;
    case 5:
        return alternate ? (uint32_t)((int32_t)a >> (b & 31u)) : a >> (b & 31u);
    case 6:
        return a | b;
    default:
        return a & b;
    }
}

static bool taken(uint32_t a, uint32_t b, uint32_t funct) {
    bool yes = funct < 4 ? a == b : funct < 6 ? (int32_t)a < (int32_t)b : a < b;
    return yes != (funct & 1u);
}

static bool atomic(struct cpu *cpu, uint32_t i, uint32_t rd, uint32_t at, uint32_t operand) {
    uint32_t old = load(cpu, at, 4), result;
    switch (i >> 27) {
    case 2: /* lr */
        cpu->reserved = at;
        cpu->has_reserved = true;
        break;
    case 3: /* sc */
        old = !(cpu->has_reserved && cpu->reserved == at);
        if (!old) {
            store(cpu, at, operand, 4);
        }
        cpu->has_reserved = false;
        break;
    case 1:
        result = operand;
        goto write;
    case 0:
        result = old + operand;
        goto write;
    case 4:
        result = old ^ operand;
        goto write;
    case 8:
        result = old | operand;
        goto write;
    case 12:
        result = old & operand;
        goto write;
    case 16:
        result = (int32_t)old < (int32_t)operand ? old : operand;
        goto write;
    case 20:
        result = (int32_t)old > (int32_t)operand ? old : operand;
        goto write;
    case 24:
        result = old < operand ? old : operand;
        goto write;
    case 28:
        result = old > operand ? old : operand;
        goto write;
    default:
        return false;
    write:
        store(cpu, at, result, 4);
    }
    if (rd) {
        cpu->x[rd] = old;
    }
    return true;
}

bool cpu_step(struct cpu *cpu) {
    if (cpu->mstatus & MIE) {
        int id = waiting(cpu, cpu->level);
        if (id >= 0) {
            interrupt(cpu, id);
        }
    }
    const uint8_t *code = (cpu->pc & 1u) ? 0 : chip_memory(cpu->pc, 2, false);
    if (!code) {
        stop("no code at %08x", cpu->pc);
    }
    uint32_t i = code[0] | (uint32_t)code[1] << 8, length = 4, raw = i;
    if ((i & 3u) != 3) {
        length = 2;
        i = expand(i);
    } else {
        code = chip_memory(cpu->pc, 4, false);
        i |= (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
        raw = i;
    }
    cpu->instructions++;
    uint32_t rd = i >> 7 & 31u, funct = i >> 12 & 7u, a = cpu->x[i >> 15 & 31u], b = cpu->x[i >> 20 & 31u];
    uint32_t imm = SIGNED(i >> 20, 12), next = cpu->pc + length, result = 0;
    bool known = true, writes = true;
    switch (i & 0x7fu) {
    case 0x37:
        result = i & ~0xfffu;
        break;
    case 0x17:
        result = cpu->pc + (i & ~0xfffu);
        break;
    case 0x6f:
        result = next;
        next = cpu->pc + SIGNED(i >> 31 << 20 | BITS(i, 19, 12) << 12 | BITS(i, 20, 20) << 11 | BITS(i, 30, 21) << 1, 21);
        break;
    case 0x67:
        result = next;
        next = (a + imm) & ~1u;
        break;
    case 0x63:
        writes = false;
        known = funct != 2 && funct != 3;
        if (known && taken(a, b, funct)) {
            next = cpu->pc + SIGNED(i >> 31 << 12 | BITS(i, 7, 7) << 11 | BITS(i, 30, 25) << 5 | BITS(i, 11, 8) << 1, 13);
        }
        break;
    case 0x03:
        known = funct != 3 && funct < 6;
        if (known) {
            result = load(cpu, a + imm, 1u << (funct & 3u));
            result = funct == 0 ? SIGNED(result, 8) : funct == 1 ? SIGNED(result, 16) : result;
        }
        break;
    case 0x23:
        writes = false;
        known = funct < 3;
        if (known) {
            store(cpu, a + SIGNED(BITS(i, 31, 25) << 5 | BITS(i, 11, 7), 12), b, 1u << funct);
        }
        break;
    case 0x13:
        known = (funct != 1 || i >> 25 == 0) && (funct != 5 || (i >> 25 & ~0x20u) == 0);
        result = arithmetic(a, imm, funct, funct == 5 && i >> 30 & 1u);
        break;
    case 0x33:
        known = i >> 25 == 1 || i >> 25 == 0 || (i >> 25 == 0x20 && (funct == 0 || funct == 5));
        result = i >> 25 == 1 ? multiply(a, b, funct) : arithmetic(a, b, funct, i >> 30 & 1u);
        break;
    case 0x0f:
        writes = false;
        break;
    case 0x2f:
        writes = false;
        known = funct == 2 && atomic(cpu, i, rd, a, b);
        break;
    case 0x73:
        writes = false;
        if (i == 0x30200073u) {
            mret(cpu);
            return true;
        }
        if (i == 0x10500073u) { /* wfi */
            cpu->pc = next;
            return waiting(cpu, cpu->level) >= 0;
        }
        if (i == 0x00000073u || i == 0x00100073u) {
            exception(cpu, i == 0x73u ? 11 : 3, 0);
            return true;
        }
        known = funct != 0 && funct != 4 && csr(cpu, i, &next);
        break;
    default:
        known = false;
    }
    if (!known) {
        exception(cpu, 2, raw);
        return true;
    }
    if (writes && rd) {
        cpu->x[rd] = result;
    }
    cpu->pc = next;
    return true;
}

void cpu_reset(struct cpu *cpu, uint32_t pc) {
    memset(cpu, 0, sizeof(*cpu));
    cpu->pc = pc;
    cpu->mcause = 0x00550000u; /* as a boot loader may leave it */
    cpu->msubm = 0x280;
    for (int r = 1; r < 32; r++) {
        cpu->x[r] = 0xdeadbeefu; /* nobody may count on anything */
    }
    for (uint32_t id = 0; id < CPU_INTERRUPTS; id++) {
        cpu->ctl[id] = 0x0f;
    }
}
