/* FreeRTOS on RV32IMAC with Nuclei's ECLIC (GD32VF103): what the kernel asks of a port. Ours, since the kernel's RISC-V port
 * expects the standard trap: here mcause also carries levels, interrupts have a vector table and an entry of their own, and they
 * nest.
 *
 * Interrupts. A peripheral's handler is an ordinary function behind the common entry (entry.S), on the interrupt stack; levels
 * nest. The tick is one of them, at level 0, the lowest.
 *
 * The switch between tasks happens in one place only, the software interrupt, at level 0 and vectored: it can come to a task,
 * never to a handler, so every task is left and entered in the same state (mcause.MPIL 0, MPIE 1, msubm.PTYP 0) and needs no CSR
 * in its context but mepc. Whoever wants a switch, task or handler, raises that interrupt; it happens when nothing more urgent is
 * left.
 *
 * Critical sections clear mstatus.MIE. The alternative, the ECLIC's threshold MTH, would let levels above the kernel's through,
 * but no interrupt of this firmware stays away from the kernel; and it costs a store to the bus and a wait for it where MIE is
 * one instruction that takes effect at once. From a handler likewise: levels nest, so the kernel's lists need it there too.
 */
#ifndef PORTMACRO_H
#define PORTMACRO_H

#include <stdint.h>

typedef uint32_t StackType_t;
typedef int32_t BaseType_t;
typedef uint32_t UBaseType_t;
typedef uint32_t TickType_t;

#define portCHAR              char
#define portSTACK_TYPE        uint32_t
#define portBASE_TYPE         int32_t
#define portUBASE_TYPE        uint32_t
#define portPOINTER_SIZE_TYPE uint32_t
#define portMAX_DELAY         ((TickType_t)0xffffffffu)

#define portSTACK_GROWTH        (-1)
#define portBYTE_ALIGNMENT      16
#define portTICK_PERIOD_MS      ((TickType_t)1000 / configTICK_RATE_HZ)
#define portTICK_TYPE_IS_ATOMIC 1

#define portMSTATUS_MIE 8u

void vPortYield(void);
#define portYIELD() vPortYield()
#define portEND_SWITCHING_ISR(yes)                                                                                               \
    do {                                                                                                                         \
        if (yes)                                                                                                                 \
            vPortYield();                                                                                                        \
    } while (0)
#define portYIELD_FROM_ISR(yes) portEND_SWITCHING_ISR(yes)

void vPortEnterCritical(void);
void vPortExitCritical(void);
#define portDISABLE_INTERRUPTS() __asm__ volatile("csrci mstatus, 8" : : : "memory")
#define portENABLE_INTERRUPTS()  __asm__ volatile("csrsi mstatus, 8" : : : "memory")
#define portENTER_CRITICAL()     vPortEnterCritical()
#define portEXIT_CRITICAL()      vPortExitCritical()

static inline UBaseType_t uxPortMaskFromIsr(void) {
    UBaseType_t before;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before) : : "memory");
    return before & portMSTATUS_MIE;
}

static inline void vPortUnmaskFromIsr(UBaseType_t before) {
    __asm__ volatile("csrs mstatus, %0" : : "r"(before) : "memory");
}

#define portSET_INTERRUPT_MASK_FROM_ISR()         uxPortMaskFromIsr()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(before) vPortUnmaskFromIsr(before)

#define portTASK_FUNCTION_PROTO(function, parameters) void function(void *parameters)
#define portTASK_FUNCTION(function, parameters)       void function(void *parameters)

#define portNOP()            __asm__ volatile("nop")
#define portMEMORY_BARRIER() __asm__ volatile("" : : : "memory")
#define portFORCE_INLINE     inline __attribute__((always_inline))
#define portINLINE           inline

#endif
