/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tune-run FILE.mlir SAMPLES STEPS WEIGHTS SEED PERMUTATIONS WHAT TRIES: tunes
 * the first snn.step on data from standard input, each input's array behind the
 * other, and prints the module with "plan" and "ranges" on the step. WHAT has
 * the letters of what is wanted: c (codes), r (ranges), s (room of states).
 * Diagnostics go to stderr, exit 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ir/dialect.h"
#include "ir/ir.h"
#include "mlir-c/Dialect/Quant.h"
#include "mlir-c/Dialect/Tensor.h"
#include "passes/passes.h"
#include "tune/tune.h"

enum { MAX_INPUTS = 16 };

static void report(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)user;
    fprintf(stderr, "%s: %s: %s\n", where,
            severity == DIAG_ERROR ? "error" : "note", text);
}

static void load(MlirContext context, MlirDialectHandle dialect)
{
    mlirDialectHandleRegisterDialect(dialect, context);
    mlirDialectHandleLoadDialect(dialect, context);
}

static const char *read_all(FILE *f, arena *a)
{
    buf text = {.a = a};
    char block[4096];
    for (size_t n = 1; f && n > 0;) {
        n = fread(block, 1, sizeof block, f);
        buf_bytes(&text, block, (int64_t)n);
    }
    return text.text;
}

static int64_t bytes_of(MlirValue v)
{
    MlirType type = ir_element(v);
    int64_t bits = mlirTypeIsAF64(type)   ? 64
                   : mlirTypeIsAF32(type) ? 32
                                          : mlirIntegerTypeGetWidth(type);
    return (bits + 7) / 8 * ir_count(v);
}

/* snn-quantize on a copy of the step, with 8 bits for weights and 16 for
 * states. */
static MlirModule quantize(MlirOperation step, void *user)
{
    static const char *const options[] = {"8", "16", "channel", "free",
                                          "codes"};
    (void)user;
    MlirModule module = mlirModuleCreateEmpty(mlirOperationGetLocation(step));
    mlirBlockAppendOwnedOperation(mlirModuleGetBody(module),
                                  mlirOperationClone(step));
    for (int64_t i = 0; i < pass_count; i++) {
        if (strcmp(passes[i].name, "snn-quantize") == 0 &&
            !passes[i].run(mlirModuleGetOperation(module), options)) {
            abort();
        }
    }
    return module;
}

static bool tune(MlirOperation step, char **words, arena *a)
{
    diag d = {.report = report};
    tune_data data = {.samples = atoll(words[0]), .steps = atoll(words[1])};
    tune_options how = {.weights = atoi(words[2]),
                        .seed = strtoull(words[3], NULL, 10),
                        .permutations = atoll(words[4]),
                        .tries = atoll(words[6]),
                        .quantize = quantize};
    const void *inputs[MAX_INPUTS];
    intptr_t n = mlirArrayAttrGetNumElements(ir_get(step, "input_names"));
    for (intptr_t i = 0; i < n && i < MAX_INPUTS; i++) {
        MlirValue v = mlirBlockGetArgument(ir_body(step, 0), i);
        size_t bytes = (size_t)(data.samples * data.steps * bytes_of(v));
        void *array = arena_alloc(a, (int64_t)bytes, 1);
        if (fread(array, 1, bytes, stdin) != bytes) {
            fputs("tune-run: too little data\n", stderr);
            return false;
        }
        inputs[i] = array;
    }
    data.inputs = inputs;
    MlirAttribute plan = ir_get(step, "plan");
    MlirAttribute ranges = ir_get(step, "ranges");
    if (strchr(words[5], 'c') && !tune_round(step, &data, &how, &d, &plan)) {
        return false;
    }
    if (strchr(words[5], 'r') && !tune_ranges(step, &data, &d, &ranges)) {
        return false;
    }
    if (strchr(words[5], 's') &&
        !tune_states(step, &data, &how, &d, plan, &ranges)) {
        return false;
    }
    if (!mlirAttributeIsNull(plan)) {
        mlirOperationSetAttributeByName(
            step, mlirStringRefCreateFromCString("plan"), plan);
    }
    if (!mlirAttributeIsNull(ranges)) {
        mlirOperationSetAttributeByName(
            step, mlirStringRefCreateFromCString("ranges"), ranges);
    }
    return true;
}

static void print(MlirStringRef text, void *to)
{
    fwrite(text.data, 1, text.length, to);
}

int main(int argc, char **argv)
{
    arena a = {0};
    FILE *f = argc == 9 ? fopen(argv[1], "rb") : NULL;
    if (!f) {
        fputs("usage: tune-run FILE.mlir SAMPLES STEPS WEIGHTS SEED "
              "PERMUTATIONS WHAT TRIES\n",
              stderr);
        return EXIT_FAILURE;
    }
    const char *text = read_all(f, &a);
    fclose(f);
    MlirContext context = mlirContextCreate();
    load(context, mlirGetDialectHandle__quant__());
    load(context, mlirGetDialectHandle__tensor__());
    load(context, mlirGetDialectHandle__snn__());
    MlirModule module =
        mlirModuleCreateParse(context, mlirStringRefCreateFromCString(text));
    bool good = !mlirModuleIsNull(module) &&
                tune(mlirBlockGetFirstOperation(mlirModuleGetBody(module)),
                     argv + 2, &a);
    if (good) {
        mlirOperationPrint(mlirModuleGetOperation(module), print, stdout);
    }
    if (!mlirModuleIsNull(module)) {
        mlirModuleDestroy(module);
    }
    mlirContextDestroy(context);
    arena_free(&a);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
