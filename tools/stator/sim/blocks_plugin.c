/* QEMU plugin (TCG plugin API, version 1): how often each block of instructions ran between two passes of a marked address, and
 * how often it was left by a jump. Compiled for this machine by stator.sim.blocks, and loaded with
 *
 *   -plugin <file>.so,mark=<address>,out=<file>
 *
 * Each time the block at `mark` is entered, `out` gets a record per block that has run since the last time, then one of zeros;
 * all little endian. No header of QEMU's is at hand where only its package is installed, so its functions are declared here.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t qemu_plugin_id_t;

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                                  void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*entered)(unsigned cpu, void *data), int flags,
                                                 void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED extern int qemu_plugin_version;
EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

int qemu_plugin_version = 1;

/* `at` and `bytes` of a block; `runs` and `jumps` since the last mark. A jump goes elsewhere than to the block's end. */
struct block {
    uint32_t at;
    uint32_t bytes;
    uint64_t runs;
    uint64_t jumps;
    struct block *next;
};

#define BUCKETS 4096u
static struct block *blocks[BUCKETS];
static struct block *last; /* that was entered */
static uint32_t mark;
static FILE *out;

static struct block *found(uint32_t at, uint32_t bytes) {
    struct block **bucket = &blocks[(at >> 1) % BUCKETS];
    for (struct block *b = *bucket; b; b = b->next) {
        if (b->at == at && b->bytes == bytes) {
            return b;
        }
    }
    struct block *fresh = calloc(1, sizeof(*fresh));
    if (!fresh) {
        abort();
    }
    fresh->at = at;
    fresh->bytes = bytes;
    fresh->next = *bucket;
    return *bucket = fresh;
}

static void write_all(void) {
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct block *b = blocks[i]; b; b = b->next) {
            if (b->runs) {
                fwrite(b, offsetof(struct block, next), 1, out);
                b->runs = b->jumps = 0;
            }
        }
    }
    static const struct block end;
    fwrite(&end, offsetof(struct block, next), 1, out);
    fflush(out); /* QEMU is killed when the firmware has said all */
}

static void entered(unsigned cpu, void *data) {
    struct block *b = data;
    (void)cpu;
    if (last && b->at != last->at + last->bytes) {
        last->jumps++;
    }
    if (b->at == mark) {
        write_all();
    }
    b->runs++;
    last = b;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    /* By its first halfword: the size that QEMU tells counts, before the end of a page, a part of the instruction behind it. */
    const struct qemu_plugin_insn *end = qemu_plugin_tb_get_insn(tb, qemu_plugin_tb_n_insns(tb) - 1);
    const uint8_t *code = qemu_plugin_insn_data(end);
    uint32_t at = (uint32_t)qemu_plugin_tb_vaddr(tb);
    uint32_t bytes = (uint32_t)qemu_plugin_insn_vaddr(end) - at + (code[1] >= 0xe8 ? 4u : 2u);
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(tb, entered, 0, found(at, bytes));
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!strncmp(argv[i], "mark=", 5)) {
            mark = (uint32_t)strtoul(argv[i] + 5, NULL, 0);
        } else if (!strncmp(argv[i], "out=", 4)) {
            out = fopen(argv[i] + 4, "wb");
        }
    }
    if (!out || !mark) {
        fprintf(stderr, "blocks: mark=<address>,out=<file>\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
