/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * dlpack.h - arrays of other frameworks, by the DLPack protocol.
 */
#ifndef SNN_PYTHON_DLPACK_H
#define SNN_PYTHON_DLPACK_H

#include "array.h"

/*
 * Fills the tensor, the strides and what is to be given back. ValueError: not
 * on a CPU, or damaged. TypeError: of no integers, bools or floats.
 */
MUST_CHECK bool dlpack_take(array *a, PyObject *object, place at);

void dlpack_release(array *a);

#endif
