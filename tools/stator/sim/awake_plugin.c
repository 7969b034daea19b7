/* QEMU plugin (TCG plugin API, version 1): how many instructions ran, and how often the idle loop turned round. Compiled for this
 * machine by stator.sim.awake, and loaded with
 *
 *   -plugin <file>.so,mark=<address>[,idle=<address>],out=<file>
 *
 * Each time the block at `mark` is entered, `out` gets three uint64, little endian: instructions so far, entries of the block at
 * `idle` so far, and the fewest instructions from one such entry to the next. No header of QEMU's is at hand where only its
 * package is installed, so its functions are declared here.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;
typedef uint64_t qemu_plugin_id_t;

#define ADD_U64 0 /* enum qemu_plugin_op */

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                                  void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*entered)(unsigned cpu, void *data), int flags,
                                                 void *data);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int operation, void *at, uint64_t value);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED extern int qemu_plugin_version;
EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

int qemu_plugin_version = 1;

static struct {
    uint64_t instructions;
    uint64_t turns;
    uint64_t least;
} so_far = {0, 0, UINT64_MAX};
static uint64_t turned; /* instructions when the idle loop turned last */
static uint64_t mark;
static uint64_t idle;
static FILE *out;

static void marked(unsigned cpu, void *unused) {
    (void)cpu;
    (void)unused;
    fwrite(&so_far, sizeof(so_far), 1, out);
    fflush(out); /* QEMU is killed when the firmware has said all */
}

static void idled(unsigned cpu, void *unused) {
    (void)cpu;
    (void)unused;
    uint64_t turn = so_far.instructions - turned;
    turned = so_far.instructions;
    so_far.turns++;
    so_far.least = turn < so_far.least ? turn : so_far.least;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    (void)id;
    uint64_t at = qemu_plugin_tb_vaddr(tb);
    if (at == mark) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, marked, 0, NULL);
    } else if (at == idle) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, idled, 0, NULL);
    }
    qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_U64, &so_far.instructions, qemu_plugin_tb_n_insns(tb));
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!strncmp(argv[i], "mark=", 5)) {
            mark = strtoull(argv[i] + 5, NULL, 0);
        } else if (!strncmp(argv[i], "idle=", 5)) {
            idle = strtoull(argv[i] + 5, NULL, 0);
        } else if (!strncmp(argv[i], "out=", 4)) {
            out = fopen(argv[i] + 4, "wb");
        }
    }
    if (!out || !mark) {
        fprintf(stderr, "awake: mark=<address>,out=<file>\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return 0;
}
