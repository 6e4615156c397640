/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * dialect.h - the door from C to the snn dialect.
 *
 * mlirGetDialectHandle__snn__() registers and loads it. Its operations are made
 * with ir.h.
 */
#ifndef SNN_IR_DIALECT_H
#define SNN_IR_DIALECT_H

#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

MLIR_DECLARE_CAPI_DIALECT_REGISTRATION(SNN, snn);

#ifdef __cplusplus
}
#endif

#endif
