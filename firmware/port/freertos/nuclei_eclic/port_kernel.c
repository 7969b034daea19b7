#include "FreeRTOS.h"

#include "task.h"

#include "nuclei_eclic/nuclei_csr.h"
#include "nuclei_eclic/nuclei_eclic.h"
#include "nuclei_timer/nuclei_timer.h"

#include "memory_plan.h"

#define TICK (configCPU_CLOCK_HZ / NUCLEI_TIMER_DIVIDES / configTICK_RATE_HZ)
_Static_assert(configCPU_CLOCK_HZ % (NUCLEI_TIMER_DIVIDES * configTICK_RATE_HZ) == 0, "the tick would drift");

/* A task's context as entry.S lays it on the task's stack, in words from the stack pointer up. */
#define CONTEXT_PC    0
#define CONTEXT_RA    1
#define CONTEXT_A0    7
#define CONTEXT_WORDS 32 /* 29 are used; a stack pointer is a multiple of 16 */

_Noreturn void nuclei_first_task(void); /* entry.S */
void nuclei_switch(void);               /* called by entry.S */

/* Levels of portENTER_CRITICAL(). Not 0 before the first task runs, so that the kernel's own calls until then leave interrupts
 * off. */
static volatile UBaseType_t nesting = 0xaaaaaaaau;

static void returned(void) {
    configASSERT(!"a task returned");
}

StackType_t *pxPortInitialiseStack(StackType_t *top, TaskFunction_t code, void *parameter) {
    StackType_t *context = (StackType_t *)((uintptr_t)(top - CONTEXT_WORDS) & ~(uintptr_t)(portBYTE_ALIGNMENT - 1));
    for (unsigned i = 0; i < CONTEXT_WORDS; i++) {
        context[i] = 0;
    }
    context[CONTEXT_PC] = (StackType_t)code;
    context[CONTEXT_RA] = (StackType_t)returned;
    context[CONTEXT_A0] = (StackType_t)parameter;
    return context;
}

BaseType_t xPortStartScheduler(void) {
    portDISABLE_INTERRUPTS();
    /* main's frames are given up: from here on this stack is the interrupts'. */
    stator_csr_write(0x340 /* mscratch */, (uintptr_t)(stator_stack_main + sizeof(stator_stack_main)));
    nuclei_timer_settle();
    nuclei_timer_start(TICK);
    nuclei_eclic_enable(NUCLEI_SOFTWARE_INTERRUPT, 0, NUCLEI_VECTORED);
    nuclei_eclic_enable(NUCLEI_TIMER_INTERRUPT, 0, NUCLEI_COMMON);
    nesting = 0;
    nuclei_first_task();
}

void vPortEndScheduler(void) {
    configASSERT(!"the scheduler does not end");
}

void vPortYield(void) {
    nuclei_timer_raise();
}

void vPortEnterCritical(void) {
    portDISABLE_INTERRUPTS();
    nesting++;
}

void vPortExitCritical(void) {
    if (--nesting == 0) {
        portENABLE_INTERRUPTS();
    }
}

/* The software interrupt's part in C: on the interrupt stack, interrupts off. */
void nuclei_switch(void) {
    nuclei_timer_settle();
    vTaskSwitchContext();
}

void nuclei_timer_interrupt(void) {
    nuclei_timer_next();
    UBaseType_t before = portSET_INTERRUPT_MASK_FROM_ISR();
    BaseType_t wanted = xTaskIncrementTick();
    portCLEAR_INTERRUPT_MASK_FROM_ISR(before);
    portYIELD_FROM_ISR(wanted);
}
