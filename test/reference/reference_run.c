/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * reference_run.c - reference-run FILE.mlir: interprets the first snn.step.
 *
 * Standard input has the inputs of each step, one behind the other, as the
 * interpreter takes them (reference.h), until it ends; standard output gets the
 * outputs. Diagnostics go to stderr, exit 1.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "ir/dialect.h"
#include "ir/ir.h"
#include "mlir-c/Dialect/Quant.h"
#include "mlir-c/Dialect/Tensor.h"
#include "reference/reference.h"

enum { MAX_ARRAYS = 256 };

/* The arrays of the inputs, or outputs, of a step. */
typedef struct arrays {
    void *data[MAX_ARRAYS];
    size_t bytes[MAX_ARRAYS];
    intptr_t n;
} arrays;

static void report(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)severity;
    (void)user;
    fprintf(stderr, "%s: error: %s\n", where, text);
}

static void load(MlirContext context, MlirDialectHandle dialect)
{
    mlirDialectHandleRegisterDialect(dialect, context);
    mlirDialectHandleLoadDialect(dialect, context);
}

static const char *read_all(const char *path, arena *a)
{
    FILE *f = fopen(path, "rb");
    buf text = {.a = a};
    char block[4096];
    for (size_t n = 1; f && n > 0;) {
        n = fread(block, 1, sizeof block, f);
        buf_bytes(&text, block, (int64_t)n);
    }
    if (f) {
        fclose(f);
    }
    return text.text;
}

static void add(arrays *to, MlirValue value, arena *a)
{
    MlirType type = ir_element(value);
    type = mlirTypeIsAQuantizedType(type)
               ? mlirQuantizedTypeGetStorageType(type)
               : type;
    int64_t size = mlirTypeIsAF64(type) ? 8
                   : mlirTypeIsAF32(type)
                       ? 4
                       : (mlirIntegerTypeGetWidth(type) + 7) / 8;
    int64_t bytes = size * ir_count(value);
    if (to->n == MAX_ARRAYS) {
        abort();
    }
    to->data[to->n] = arena_alloc(a, bytes, 1);
    to->bytes[to->n++] = (size_t)bytes;
}

static bool read_inputs(const arrays *in)
{
    for (intptr_t i = 0; i < in->n; i++) {
        if (fread(in->data[i], 1, in->bytes[i], stdin) != in->bytes[i]) {
            return false;
        }
    }
    return true;
}

static bool run(MlirOperation step, arena *a)
{
    diag d = {.report = report};
    reference *r = reference_create(step, a, &d);
    MlirBlock body = ir_body(step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    intptr_t states = mlirArrayAttrGetNumElements(ir_get(step, "state_names"));
    arrays in = {0};
    arrays out = {0};
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(body) - states; i++) {
        add(&in, mlirBlockGetArgument(body, i), a);
    }
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(yield) - states; i++) {
        add(&out, mlirOperationGetOperand(yield, i), a);
    }
    while (r && read_inputs(&in)) {
        reference_step(r, (const void *const *)in.data, out.data);
        for (intptr_t i = 0; i < out.n; i++) {
            fwrite(out.data[i], 1, out.bytes[i], stdout);
        }
    }
    return r != NULL;
}

int main(int argc, char **argv)
{
    arena a = {0};
    const char *text = argc == 2 ? read_all(argv[1], &a) : NULL;
    if (!text) {
        fputs("usage: reference-run FILE.mlir\n", stderr);
        return EXIT_FAILURE;
    }
    MlirContext context = mlirContextCreate();
    load(context, mlirGetDialectHandle__quant__());
    load(context, mlirGetDialectHandle__tensor__());
    load(context, mlirGetDialectHandle__snn__());
    MlirModule module =
        mlirModuleCreateParse(context, mlirStringRefCreateFromCString(text));
    bool good = !mlirModuleIsNull(module) &&
                run(mlirBlockGetFirstOperation(mlirModuleGetBody(module)), &a);
    if (!mlirModuleIsNull(module)) {
        mlirModuleDestroy(module);
    }
    mlirContextDestroy(context);
    arena_free(&a);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
