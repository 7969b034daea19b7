/* What the application asks of the operating system, and what interrupts may tell it. firmware/port/<port>/ implements it; no
 * other folder includes a header of an RTOS.
 *
 * Three tasks, one after another along the path of data, connected by two queues of fixed length. Names, priorities, stacks
 * and lengths stand in firmware/app/tasks.yml.
 */
#ifndef STATOR_PORT_H
#define STATOR_PORT_H

#include "stator/common.h"

struct stator_column; /* monitor.h: what the feature task hands to the inference task */
struct stator_record; /* monitor.h: what the inference task hands to the telemetry task */

/* Makes the tasks and queues out of the memory plan and starts the scheduler. From main, once. Does not return. */
_Noreturn void stator_port_start(void);

/* Interrupt context; does not block: a half is full, the feature task may run. */
void stator_port_half_ready_from_isr(void);

/* The feature task waits for a half. Several halves since the last wait are one wake. */
void stator_port_wait_half(void);

/* Feature task to inference task. The item is copied. Sending never blocks: -EAGAIN, the queue is full and the item was not
 * taken. Receiving blocks. */
STATOR_MUST_CHECK int stator_port_send_column(const struct stator_column *column);
void stator_port_receive_column(struct stator_column *column);

/* Inference task to telemetry task, likewise. */
STATOR_MUST_CHECK int stator_port_send_record(const struct stator_record *record);
void stator_port_receive_record(struct stator_record *record);

/* The telemetry task waits until the driver has called stator_uart_sent_from_isr() (uart.h) once. */
void stator_port_wait_sent(void);

/* Looks at the ends of all stacks and at what of the kernel's objects must always hold. NULL, or what is damaged, in a few words.
 * Task context, of the least urgent task. */
const char *stator_port_damage(void);

/* Stacks of the image, and the most bytes of each that were ever in use. Index from 0; NULL past the last.
 * Task context; reads the whole stack, so not in a hurry. */
const char *stator_port_stack_name(unsigned index);
size_t stator_port_stack_used(unsigned index);

#endif
