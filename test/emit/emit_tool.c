/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * emit_tool.c - emit-tool FILE.mlir NAME OUTDIR [file]: prints a module at the
 * loops stage as OUTDIR/NAME.h and OUTDIR/NAME.c; with the word file, its
 * weights go to OUTDIR/NAME.weights. Diagnostics go to stderr, exit 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/emit.h"
#include "mlir-c/Diagnostics.h"
#include "mlir-c/IR.h"
#include "passes/passes.h"

static void print_part(MlirStringRef part, void *user)
{
    (void)user;
    fwrite(part.data, 1, part.length, stderr);
}

static MlirLogicalResult report(MlirDiagnostic diagnostic, void *user)
{
    (void)user;
    fputs("error: ", stderr);
    mlirDiagnosticPrint(diagnostic, print_part, NULL);
    fputs("\n", stderr);
    return mlirLogicalResultSuccess();
}

static char *read_all(const char *path, arena *a)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        return NULL;
    }
    buf text = {.a = a};
    char block[4096];
    for (size_t n = 1; n > 0;) {
        n = fread(block, 1, sizeof block, f);
        buf_bytes(&text, block, (int64_t)n);
    }
    fclose(f);
    return text.text;
}

static bool write_all(arena *a, const char *folder, const char *name,
                      const char *end, const buf *text)
{
    FILE *f = fopen(text_printf(a, "%s/%s.%s", folder, name, end), "wb");
    if (!f) {
        return false;
    }
    size_t n = fwrite(text->text, 1, (size_t)text->size, f);
    return fclose(f) == 0 && n == (size_t)text->size;
}

static bool write_weights(arena *a, char *const *argv, const emit_report *r)
{
    buf bytes = {.a = a};
    for (int64_t i = 0; i < r->n_weights; i++) {
        buf_bytes(&bytes, r->weights[i].data, r->weights[i].size);
    }
    return r->n_weights == 0 ||
           write_all(a, argv[3], argv[2], "weights", &bytes);
}

static bool emit(MlirContext ctx, char *const *argv, arena *a)
{
    static const emit_row rows[] = {
        {"fc1", "Linear", "12 -> 38", ""},
        {"lif", "LIF", "38", "tau 10 ms, v_threshold 1"},
    };
    emit_options options = {.name = argv[2],
                            .title = "a test",
                            .origin = "test.mlir",
                            .version = "0.1.0",
                            .rows = rows,
                            .n_rows = 2,
                            .weights = argv[4] ? EMIT_WEIGHTS_FILE
                                               : EMIT_WEIGHTS_AUTO};
    const char *text = read_all(argv[1], a);
    if (!text) {
        fprintf(stderr, "error: cannot read %s\n", argv[1]);
        return false;
    }
    MlirModule module =
        mlirModuleCreateParse(ctx, mlirStringRefCreateFromCString(text));
    if (mlirModuleIsNull(module)) {
        return false;
    }
    buf header = {.a = a};
    buf source = {.a = a};
    emit_report sizes;
    bool good = emit_module(mlirModuleGetOperation(module), &options, a,
                            &header, &source, &sizes);
    good = good && write_all(a, argv[3], argv[2], "h", &header) &&
           write_all(a, argv[3], argv[2], "c", &source) &&
           write_weights(a, argv, &sizes);
    mlirModuleDestroy(module);
    return good;
}

int main(int argc, char **argv)
{
    bool to_file = argc == 5 && strcmp(argv[4], "file") == 0;
    if (argc != 4 && !to_file) {
        fputs("usage: emit-tool FILE.mlir NAME OUTDIR [file]\n", stderr);
        return EXIT_FAILURE;
    }
    MlirDialectRegistry registry = mlirDialectRegistryCreate();
    passes_register_dialects(registry);
    MlirContext ctx = mlirContextCreateWithRegistry(registry, false);
    mlirContextLoadAllAvailableDialects(ctx);
    mlirContextAttachDiagnosticHandler(ctx, report, NULL, NULL);
    arena a = {0};
    bool good = emit(ctx, argv, &a);
    arena_free(&a);
    mlirContextDestroy(ctx);
    mlirDialectRegistryDestroy(registry);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
