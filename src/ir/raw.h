/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * raw.h - the bytes of an elements attribute.
 */
#ifndef SNN_IR_RAW_H
#define SNN_IR_RAW_H

#include <stdint.h>

#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The elements of dense<...> or dense_resource<...>, row-major, in their type
 * and the machine's byte order; a splat has one element. They belong to the
 * attribute. Null, and size 0, if there are none.
 */
const void *ir_raw_data(MlirAttribute elements, int64_t *size);

#ifdef __cplusplus
}
#endif

#endif
