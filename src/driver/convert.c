/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * convert.c - snn_convert: numbers in memory as a port takes them.
 */
#include <assert.h>
#include <stdlib.h>

#include "driver/compile.h"
#include "driver/npy.h"

static number_type type_of(const snn_port *port)
{
    static const struct {
        char kind;
        int itemsize;
        number_type type;
    } types[] = {{'u', 1, NUMBER_I1},
                 {'i', 4, NUMBER_I32},
                 {'f', 4, NUMBER_F32},
                 {'f', 8, NUMBER_F64}};
    int i = 0;
    while (types[i].kind != port->kind || types[i].itemsize != port->itemsize) {
        i++;
        assert(i < 4 && "a port has one of these");
    }
    return types[i].type;
}

bool snn_convert(const snn_options *options, const char *name,
                 const snn_tensor *tensor, const snn_port *port, void **numbers)
{
    arena a = {0};
    npy array;
    diag d = compile_diag(options);
    number_type type = type_of(port);
    *numbers = NULL;
    bool good =
        npy_open(&(snn_array){port->name, name, tensor}, &a, &d, &array);
    if (good && npy_is(&array, type)) {
        good = npy_check(&array, type, &a, &d);
        *numbers = good ? (void *)(uintptr_t)tensor->data : NULL;
    } else if (good) {
        void *to =
            compile_memory(options, name, array.count * number_size(type));
        good = to && npy_copy(&array, type, &a, &d, to);
        *numbers = good ? to : NULL;
        if (!good) {
            free(to);
        }
    }
    arena_free(&a);
    return good;
}
