/* How a kernel's variants are named and declared.
 *
 * A kernel folder lists its variants in kernels.inc, one line each:
 *     STATOR_KERNEL(<op>_<types>, <isa>, <tile>)
 *     STATOR_KERNEL_PACKED(<op>_<types>, <isa>, <tile>)
 * PACKED: constants lie in a layout of the variant's own, which tools/stator/variants/<op>_<types>__<isa><tile>.py makes.
 * <tile> is empty or starts with an underscore. The variant's function is stator_<op>_<types>__<isa><tile>, its source file
 * <folder>_<isa><tile>.c or .S, or one of each. The folder's header declares them all by including kernels.inc.
 */
#ifndef STATOR_KERNELS_COMMON_KERNEL_H
#define STATOR_KERNELS_COMMON_KERNEL_H

#include "stator/common.h"

#define STATOR_KERNEL_NAME(op, isa, tile) stator_##op##__##isa##tile

/* Whether all `count` pointers of a list are there; count below 1 is refused too. */
static inline int stator_all_there(const void *const *pointers, int32_t count) {
    if (!pointers || count < 1) {
        return 0;
    }
    for (int32_t i = 0; i < count; i++) {
        if (!pointers[i]) {
            return 0;
        }
    }
    return 1;
}

#endif
