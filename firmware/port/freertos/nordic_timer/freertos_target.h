/* A Cortex-M33 whose tick is TIMER0's. */
#include "../cortex-m33/freertos_target.h"
