/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * array.c - numbers, shapes and places of a network that is in memory.
 */
#include "nir/nir.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

double nir_number(const nir_array *array, int64_t i)
{
    int64_t at = array->count == 1 ? 0 : i;
    assert(at >= 0 && at < array->count);
    switch (array->type) {
    case NIR_F32:
        return (double)array->f32[at];
    case NIR_F64:
        return array->f64[at];
    case NIR_I64:
        return (double)array->i64[at];
    case NIR_ABSENT:
        break;
    }
    assert(array->type != NIR_ABSENT);
    return 0.0;
}

const char *nir_number_text(const nir_array *array, int64_t i, arena *a)
{
    double value = nir_number(array, i);
    return array->type == NIR_F32 ? text_float(a, (float)value)
                                  : text_number(a, value);
}

const char *nir_shape_text(const nir_shape *shape, arena *a)
{
    buf b = {.a = a};
    buf_text(&b, "(");
    for (int i = 0; i < shape->rank; i++) {
        buf_printf(&b, i ? ", %" PRId64 : "%" PRId64, shape->dim[i]);
    }
    buf_text(&b, ")");
    return b.text;
}

bool nir_shape_equal(const nir_shape *x, const nir_shape *y)
{
    return x->rank == y->rank &&
           memcmp(x->dim, y->dim, (size_t)x->rank * sizeof x->dim[0]) == 0;
}

const char *nir_where(const nir_net *net, const nir_node *node, arena *a)
{
    return text_printf(a, "%s:%s", net->file, node->name);
}
