/* How a kernel's variants are named and declared.
 *
 * A kernel folder lists its variants in kernels.inc, one line each:
 *     STATOR_KERNEL(<op>_<types>, <isa>, <tile>)
 * <tile> is empty or starts with an underscore. The variant's function is stator_<op>_<types>__<isa><tile>, its source file
 * <folder>_<isa><tile>.c or .S. The folder's header declares them all by including kernels.inc.
 */
#ifndef STATOR_KERNELS_COMMON_KERNEL_H
#define STATOR_KERNELS_COMMON_KERNEL_H

#include "stator/common.h"

#define STATOR_KERNEL_NAME(op, isa, tile) stator_##op##__##isa##tile

#endif
