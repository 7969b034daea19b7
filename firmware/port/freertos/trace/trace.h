/* The trace image (`stator timing` on a simulated board): included before every file of the kernel, whose hooks it fills. */
#ifndef STATOR_TRACE_H
#define STATOR_TRACE_H

/* Notes that the task of this control block runs from now on. From the kernel's switch. */
void stator_trace_task(const void *task);

#define traceTASK_SWITCHED_IN() stator_trace_task(pxCurrentTCB)

#endif
