/* The GD32VF103 around its core: what the firmware's drivers rely on, moved by register contents (User Manual 1.5; addresses from
 * the SVD file). Runs an image as it would be flashed:
 *
 *     gd32vf103 firmware.elf signal.s16 FRAMES [SHAKE [CLOCKS]]
 *
 * signal.s16: little-endian int16 counts for ADC0, looped. Standard output gets what USART0 sends. Ends after FRAMES
 * records (telemetry.cddl), with status 0; with status 1 and a message where the firmware says FAIL or does what the chip
 * forbids. The last line on standard error says how many interrupts there were. With SHAKE, a seed, interrupts that nobody needs
 * come at random moments, some hundred instructions apart: tick, task switch and both DMA channels; nothing may come of them but
 * time; 0 is none. An instruction takes one clock, or CLOCKS in every second stretch of 70 million clocks: with many the core
 * cannot keep up there, and tasks interrupt each other in the middle of their work. Order and values are real here, times are
 * not.
 */
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "nuclei_eclic/nuclei_eclic.h"
#include "nuclei_timer/nuclei_timer.h"
#include "registers.h"

#define FLASH_AT    0x08000000u
#define FLASH_BYTES 0x00020000u
#define RAM_AT      0x20000000u
#define RAM_BYTES   0x00008000u
#define BYTE_CLOCKS 9380u /* of 108 MHz for ten bits at 115,138 baud */
#define STRETCH     70000000ull
#define PATIENCE    20000000ull /* clocks for a frame of 9,216,000, before it is too late */

static struct cpu cpu;
static uint8_t flash[FLASH_BYTES], ram[RAM_BYTES];
static int16_t *signal_counts;
static size_t signal_samples, next_sample;
static long frames, seen;

/* Registers that only keep what is written: one word each, by address. */
static uint32_t rcu[16], gpioa[8], adc[32], dma[32], timer1[32], timer2[32], usart[8], dbg[2];
static uint32_t fwdgt[4] = {0, 0, 0xfff, 0};
static bool fwdgt_on, fwdgt_open;
static uint64_t clocks;                                                   /* the core's, sleep included */
static uint64_t next_trigger, sent_at, compare = ~0ull, bites_at = ~0ull; /* when something happens; ~0: never */
static uint32_t software, done[7], dma_flags;
static char line[512];
static size_t line_length;
static uint64_t triggers, conversions, transfers;

void stop(const char *why, ...) {
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "gd32vf103: after %llu instructions, pc %08x: ", (unsigned long long)cpu.instructions, cpu.pc);
    va_start(arguments, why);
    vfprintf(stderr, why, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

uint8_t *chip_memory(uint32_t at, uint32_t bytes, bool write) {
    if (at >= RAM_AT && at - RAM_AT <= RAM_BYTES - bytes) {
        return ram + (at - RAM_AT);
    }
    if (!write && at >= FLASH_AT && at - FLASH_AT <= FLASH_BYTES - bytes) {
        return flash + (at - FLASH_AT);
    }
    if (!write && at <= FLASH_BYTES - bytes && cpu.instructions < 8) {
        return flash + at; /* the alias, out of reset; nothing later should read there */
    }
    return NULL;
}

/* The address as a bus master that is not the core sees it. */
static uint8_t *bus(uint32_t at, uint32_t bytes, bool write) {
    uint8_t *memory = chip_memory(at, bytes, write);
    if (!memory) {
        stop("DMA0 reaches no memory at %08x", at);
    }
    return memory;
}

static void say(uint8_t byte) {
    if ((usart[3] & (USART_CTL0_UEN_Msk | USART_CTL0_TEN_Msk)) != (USART_CTL0_UEN_Msk | USART_CTL0_TEN_Msk) || usart[2] != 938) {
        stop("USART0 sends without being set up");
    }
    putchar(byte);
    if (byte == 0) { /* behind the stuffing's first byte: a list, the first is kind 1 */
        seen += line_length > 3 && (line[1] & 0xe0) == 0x80 && line[2] == 1;
        line_length = 0;
        return;
    }
    if (line_length < sizeof(line) - 1) {
        line[line_length++] = (char)byte;
    }
    line[line_length] = '\0';
    const char *failed = byte == '\n' ? strstr(line, "FAIL ") : NULL;
    if (failed) {
        stop("the firmware says %s", failed);
    }
}

static void lines(void) {
    /* Level-triggered: pending as long as the cause is there. */
    uint32_t enabled0 = dma[2] & 0xeu, enabled3 = dma[17] & 0xeu;
    cpu.ip[DMA0_Channel0_IRQn] = (dma_flags & enabled0) != 0;
    cpu.ip[DMA0_Channel3_IRQn] = (dma_flags >> 12 & enabled3) != 0;
    cpu.ip[NUCLEI_SOFTWARE_INTERRUPT] = software & 1u;
    cpu.ip[NUCLEI_TIMER_INTERRUPT] = clocks / NUCLEI_TIMER_DIVIDES >= compare;
}

/* TIMER2 has come round: TRGO. */
static void trigger(void) {
    next_trigger += timer2[0x2c / 4] + 1u;
    triggers++;
    if (timer1[0] & 1u && (timer1[2] & 0x77u) == 0x27u) {
        timer1[0x24 / 4] = (timer1[0x24 / 4] + 1u) & 0xffffu;
    }
    const uint32_t wanted = ADC_CTL1_ADCON_Msk | ADC_CTL1_ETERC_Msk | 4u << ADC_CTL1_ETSRC_Pos;
    if ((timer2[1] & TIMER_CTL1_MMC_Msk) != 2u << TIMER_CTL1_MMC_Pos || (adc[2] & (wanted | ADC_CTL1_ETSRC_Msk)) != wanted) {
        return;
    }
    conversions++;
    int16_t count = signal_counts[next_sample];
    next_sample = (next_sample + 1) % signal_samples;
    uint32_t control = dma[2];
    if (adc[1] & ADC_CTL0_ICA_Msk) {
        adc[15] = 1800; /* IDATA0: 1.45 V of 3.3, 25 degrees */
    }
    if (adc[2] & ADC_CTL1_DMA_Msk && control & 1u) {
        if ((control & 0xf50u) != 0x500u || dma[4] != ADC0_BASE + ADC_RDATA) {
            stop("DMA0 channel 0 is not set up for 16-bit samples: %08x", control);
        }
        memcpy(bus(dma[5] + 2u * done[0], 2, true), &count, 2);
        transfers++;
        done[0]++;
        dma_flags |= done[0] == dma[3] / 2u ? 5u : 0u;
        if (done[0] == dma[3]) {
            dma_flags |= 3u;
            done[0] = 0;
            dma[2] &= control & DMA_CH0CTL_CMEN_Msk ? ~0u : ~1u;
        }
    }
}

/* Lines that come up for no reason; those of the DMA go down again as soon as the handler has written INTC. */
static uint32_t shaken; /* the generator's state; 0: no shaking */
static uint64_t next_shake = ~0ull;

static void shake(void) {
    static const uint8_t lines[] = {NUCLEI_SOFTWARE_INTERRUPT, NUCLEI_TIMER_INTERRUPT, DMA0_Channel0_IRQn, DMA0_Channel3_IRQn};
    shaken ^= shaken << 13;
    shaken ^= shaken >> 17;
    shaken ^= shaken << 5;
    uint8_t which = lines[shaken >> 8 & 3u];
    if (cpu.ie[which] && compare != ~0ull) {
        cpu.ip[which] = 1;
        software |= which == NUCLEI_SOFTWARE_INTERRUPT;
    }
    next_shake = cpu.instructions + 20u + (shaken >> 16 & 255u);
}

/* The watchdog on its 40 kHz clock: started, unlocked and fed by words; settings hold from the next feed on. */
static void write_fwdgt_ctl(uint32_t value) {
    if (value == 0xccccu) {
        fwdgt_on = true;
    }
    fwdgt_open = value == 0x5555u;
    if (fwdgt_on && value != 0x5555u) {
        uint64_t counts = (uint64_t)(fwdgt[2] + 1u) * (4u << fwdgt[1]);
        bites_at = clocks + counts * (108000000u / 40000u);
    }
}

static void happen(void) {
    if (clocks >= bites_at) {
        stop("the watchdog bites");
    }
    while (clocks >= next_trigger) {
        trigger();
    }
    if (clocks >= sent_at) {
        for (uint32_t i = 0; i < dma[18]; i++) {
            say(*bus(dma[20] + i, 1, false));
        }
        sent_at = ~0ull;
        dma_flags |= 3u << 12;
    }
    lines();
}

static uint32_t *word(uint32_t *block, uint32_t words, uint32_t base, uint32_t address) {
    return address >= base && address - base < 4u * words ? &block[(address - base) / 4u] : NULL;
}

static uint32_t *find(uint32_t address) {
    static const struct {
        uint32_t base, words;
        uint32_t *block;
        int bus, bit; /* its clock: word of the RCU, bit */
    } blocks[] = {
        {RCU_BASE, 16, rcu, -1, 0},     {GPIOA_BASE, 8, gpioa, 6, 2},    {ADC0_BASE, 32, adc, 6, 9},
        {DMA0_BASE, 32, dma, 5, 0},     {TIMER1_BASE, 32, timer1, 7, 0}, {TIMER2_BASE, 32, timer2, 7, 1},
        {USART0_BASE, 8, usart, 6, 14}, {FWDGT_BASE, 4, fwdgt, -1, 0},   {DBG_BASE, 2, dbg, -1, 0},
    };
    for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        uint32_t *at = word(blocks[i].block, blocks[i].words, blocks[i].base, address);
        if (at) {
            if (blocks[i].bus >= 0 && !(rcu[blocks[i].bus] >> blocks[i].bit & 1u)) {
                stop("%08x accessed without its clock", address);
            }
            return at;
        }
    }
    stop("no peripheral at %08x", address);
}

uint32_t chip_read(uint32_t address, unsigned bytes) {
    if (address - NUCLEI_ECLIC_BASE < 0x2000u && bytes == 1) {
        return eclic_read(&cpu, address - NUCLEI_ECLIC_BASE);
    }
    if (bytes != 4) {
        stop("%08x read by %u bytes", address, bytes);
    }
    switch (address) {
    case NUCLEI_TIMER_TIME:
        return (uint32_t)(clocks / NUCLEI_TIMER_DIVIDES);
    case NUCLEI_TIMER_TIME + 4u:
        return (uint32_t)(clocks / NUCLEI_TIMER_DIVIDES >> 32);
    case NUCLEI_TIMER_SOFTWARE:
        return software;
    case DMA0_BASE + DMA_INTF:
        return dma_flags;
    case DMA0_BASE + DMA_CH0CNT:
        return dma[3] - done[0];
    case USART0_BASE + USART_STAT:
        return USART_STAT_TBE_Msk | USART_STAT_TC_Msk;
    default:
        return *find(address);
    }
}

static void write_rcu_ctl(uint32_t value) {
    rcu[0] = value & ~(RCU_CTL_HXTALSTB_Msk | RCU_CTL_PLLSTB_Msk);
    rcu[0] |= value & RCU_CTL_HXTALEN_Msk ? RCU_CTL_HXTALSTB_Msk : 0;
    rcu[0] |= value & RCU_CTL_PLLEN_Msk ? RCU_CTL_PLLSTB_Msk : 0;
}

void chip_write(uint32_t address, uint32_t value, unsigned bytes) {
    if (address - NUCLEI_ECLIC_BASE < 0x2000u && bytes == 1) {
        eclic_write(&cpu, address - NUCLEI_ECLIC_BASE, (uint8_t)value);
        return;
    }
    if (bytes != 4) {
        stop("%08x written by %u bytes", address, bytes);
    }
    switch (address) {
    case NUCLEI_TIMER_SOFTWARE:
        software = value;
        break;
    case NUCLEI_TIMER_COMPARE:
        compare = (compare & ~0xffffffffull) | value;
        break;
    case NUCLEI_TIMER_COMPARE + 4u:
        compare = (compare & 0xffffffffull) | (uint64_t)value << 32;
        break;
    case RCU_BASE + RCU_CTL:
        write_rcu_ctl(value);
        break;
    case RCU_BASE + RCU_CFG0:
        rcu[1] = (value & ~RCU_CFG0_SCSS_Msk) | (value & 3u) << 2;
        break;
    case ADC0_BASE + ADC_CTL1:
        *find(address) = value & ~(ADC_CTL1_RSTCLB_Msk | ADC_CTL1_CLB_Msk); /* done at once */
        break;
    case FWDGT_BASE + FWDGT_CTL:
        write_fwdgt_ctl(value);
        break;
    case FWDGT_BASE + FWDGT_PSC:
    case FWDGT_BASE + FWDGT_RLD:
        if (!fwdgt_open) {
            stop("%08x written while it is locked", address);
        }
        *find(address) = value;
        break;
    case RCU_BASE + RCU_RSTSCK:
        *find(address) = value & RCU_RSTSCK_RSTFC_Msk ? 0 : value;
        break;
    case DMA0_BASE + DMA_INTC:
        dma_flags &= ~value;
        break;
    case TIMER2_BASE + TIMER_CTL0:
        *find(address) = value;
        next_trigger = value & 1u ? clocks + timer2[0x2c / 4] + 1u : ~0ull;
        break;
    case USART0_BASE + USART_DATA:
        say((uint8_t)value);
        break;
    default: {
        uint32_t *at = find(address);
        for (unsigned channel = 0; channel < 7; channel++) {
            uint32_t *control = &dma[2 + 5 * channel];
            if (at > control && at <= control + 3 && *control & 1u) {
                stop("DMA0 channel %u written while it is on", channel);
            }
            if (at == control && value & ~*control & 1u) {
                done[channel] = 0;
                sent_at = channel == 3 ? clocks + (uint64_t)control[1] * BYTE_CLOCKS : sent_at;
            }
        }
        *at = value;
    }
    }
    lines();
}

static void load_image(const char *name) {
    static uint8_t file[1 << 22];
    FILE *in = fopen(name, "rb");
    size_t size = in ? fread(file, 1, sizeof(file), in) : 0;
    Elf32_Ehdr head;
    if (size < sizeof(head)) {
        stop("cannot read %s", name);
    }
    fclose(in);
    memcpy(&head, file, sizeof(head));
    for (unsigned i = 0; i < head.e_phnum; i++) {
        Elf32_Phdr part;
        memcpy(&part, file + head.e_phoff + i * sizeof(part), sizeof(part));
        if (part.p_type == PT_LOAD && part.p_filesz > 0) {
            if (part.p_paddr < FLASH_AT || part.p_paddr - FLASH_AT > FLASH_BYTES - part.p_filesz ||
                part.p_offset > size - part.p_filesz) {
                stop("a part of the image does not lie in flash: %08x", part.p_paddr);
            }
            memcpy(flash + (part.p_paddr - FLASH_AT), file + part.p_offset, part.p_filesz);
        }
    }
}

static void load_signal(const char *name) {
    FILE *in = fopen(name, "rb");
    if (!in || fseek(in, 0, SEEK_END)) {
        stop("cannot read %s", name);
    }
    signal_samples = (size_t)ftell(in) / 2u;
    rewind(in);
    signal_counts = malloc(2u * signal_samples + 2u);
    if (!signal_samples || !signal_counts || fread(signal_counts, 2, signal_samples, in) != signal_samples) {
        stop("cannot read %s", name);
    }
    fclose(in);
}

int main(int argc, char **argv) {
    if (argc < 4 || argc > 6) {
        fprintf(stderr, "usage: gd32vf103 firmware.elf signal.s16 FRAMES [SHAKE [CLOCKS]]\n");
        return 2;
    }
    memset(flash, 0xff, sizeof(flash));
    memset(ram, 0xa7, sizeof(ram)); /* nobody may count on zeros */
    load_image(argv[1]);
    load_signal(argv[2]);
    frames = strtol(argv[3], NULL, 10);
    uint64_t each = argc > 5 ? strtoul(argv[5], NULL, 10) : 1;
    if (argc > 4 && strtoul(argv[4], NULL, 10) > 0) {
        shaken = 2u * (uint32_t)strtoul(argv[4], NULL, 10) + 1u;
        next_shake = 0;
    }
    next_trigger = sent_at = ~0ull;
    rcu[0] = 0x83;
    rcu[5] = 0x14;
    gpioa[0] = gpioa[1] = 0x44444444u;
    cpu_reset(&cpu, 0); /* BOOT0 low: flash seen at 0 */
    while (seen < frames) {
        uint64_t before = cpu.instructions;
        bool awake = cpu_step(&cpu);
        clocks += (cpu.instructions - before) * (clocks / STRETCH % 2 ? each : 1);
        uint64_t tick = compare < ~0ull / 8 ? compare * NUCLEI_TIMER_DIVIDES : ~0ull;
        uint64_t soonest = next_trigger < sent_at ? next_trigger : sent_at;
        soonest = !cpu.ip[NUCLEI_TIMER_INTERRUPT] && tick < soonest ? tick : soonest;
        if (!awake && soonest == ~0ull) {
            stop("sleeps for ever");
        }
        if (!awake && soonest > clocks) {
            clocks = soonest;
        }
        if (clocks >= soonest) {
            happen();
        }
        if (cpu.instructions >= next_shake) {
            shake();
        }
        if (clocks > PATIENCE * ((uint64_t)frames + 1)) {
            stop("%ld of %ld frames in %llu clocks", seen, frames, (unsigned long long)clocks);
        }
    }
    fflush(stdout);
    fprintf(stderr, "interrupts=%llu nested=%llu resumed=%llu switched=%llu instructions=%llu triggers=%llu transfers=%llu\n",
            (unsigned long long)cpu.taken, (unsigned long long)cpu.nested, (unsigned long long)cpu.resumed,
            (unsigned long long)cpu.switched, (unsigned long long)cpu.instructions, (unsigned long long)triggers,
            (unsigned long long)transfers);
    return conversions == transfers ? 0 : 1;
}
