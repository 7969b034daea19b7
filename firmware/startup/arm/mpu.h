/* The memory protection unit of Armv7-M and Armv8-M Main (PMSAv7, PMSAv8). */
#ifndef STARTUP_MPU_H
#define STARTUP_MPU_H

/* From here on code and constants cannot be written and RAM cannot be executed; devices stay as the architecture maps them. Does
 * nothing on a core without regions. Called once, by start-up; the handlers of NMI and HardFault run without it. */
void mpu_start(void);

#endif
