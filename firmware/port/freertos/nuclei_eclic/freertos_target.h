/* RISC-V with Nuclei's ECLIC and system timer. All of the port is in this folder. */
#ifndef FREERTOS_TARGET_H
#define FREERTOS_TARGET_H

#endif
