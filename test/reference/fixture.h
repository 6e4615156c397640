/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fixture.h - a snn.step in text, interpreted; for the tests of src/reference.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ir/dialect.h"
#include "mlir-c/Dialect/Quant.h"
#include "mlir-c/Dialect/Tensor.h"
#include "reference/reference.h"

typedef struct fixture {
    arena a;
    MlirContext context;
    MlirModule module;
    diag d;
    buf messages; /* "where: text", a line each */
    reference *r; /* of the first operation; NULL after a diagnostic */
} fixture;

static void report(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    assert(severity == DIAG_ERROR);
    buf_printf(user, "%s: %s\n", where, text);
}

static void load(MlirContext context, MlirDialectHandle dialect)
{
    mlirDialectHandleRegisterDialect(dialect, context);
    mlirDialectHandleLoadDialect(dialect, context);
}

/* What stands behind every module: w is 1, 2, 3 in f32, after its alignment. */
static const char RESOURCES[] =
    "{-# dialect_resources: { builtin: { w:"
    " \"0x040000000000803F0000004000004040\" } } #-}";

/* f is zero before; the step is the only operation of text. */
static void start(fixture *f, const char *text)
{
    f->context = mlirContextCreate();
    load(f->context, mlirGetDialectHandle__quant__());
    load(f->context, mlirGetDialectHandle__tensor__());
    load(f->context, mlirGetDialectHandle__snn__());
    const char *module =
        text_printf(&f->a, "module {\n%s\n}\n%s", text, RESOURCES);
    f->module = mlirModuleCreateParse(f->context,
                                      mlirStringRefCreateFromCString(module));
    assert(!mlirModuleIsNull(f->module));
    f->messages = (buf){.a = &f->a};
    f->d = (diag){.report = report, .user = &f->messages};
    MlirBlock body = mlirModuleGetBody(f->module);
    f->r = reference_create(mlirBlockGetFirstOperation(body), &f->a, &f->d);
}

static void finish(fixture *f)
{
    mlirModuleDestroy(f->module);
    mlirContextDestroy(f->context);
    arena_free(&f->a);
}

/* One step with one input and one output. */
static void step(fixture *f, const void *x, void *y)
{
    const void *inputs[] = {x};
    void *outputs[] = {y};
    reference_step(f->r, inputs, outputs);
}

/* Compiles text and compares the bits of one step's output. */
static void check(const char *text, const void *x, const void *expected,
                  size_t bytes)
{
    fixture f = {0};
    unsigned char y[256] = {0};
    assert(bytes <= sizeof y);
    start(&f, text);
    assert(f.r);
    step(&f, x, y);
    assert(memcmp(y, expected, bytes) == 0);
    finish(&f);
}
