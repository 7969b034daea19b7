/* Arm CMSDK dual timer, its first half: paces cmsdk_uart.h. */
#ifndef CMSDK_DUAL_TIMER_H
#define CMSDK_DUAL_TIMER_H

#include <stdint.h>

/* Given by the board, which also puts cmsdk_uart_interrupt() where this timer's interrupt goes. */
extern const uintptr_t cmsdk_dual_timer_base;

#endif
