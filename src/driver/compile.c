/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * compile.c - which room runs when, and MLIR's diagnostics as ours.
 */
#include "driver/compile.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "driver/decide.h"
#include "driver/guard.h"
#include "driver/quantize.h"
#include "driver/settings.h"
#include "import/import.h"
#include "ir/ir.h"
#include "mlir-c/Diagnostics.h"
#include "mlir-c/Pass.h"
#include "passes/passes.h"

const char *snn_version(void) { return SNN_VERSION; }

/*===- diagnostics ----------------------------------------------------------*/

static void forward(diag_severity severity, const char *where, const char *text,
                    void *user)
{
    static const snn_severity severities[] = {SNN_ERROR, SNN_WARNING, SNN_NOTE,
                                              SNN_HELP};
    const snn_options *o = user;
    if (o->report) {
        o->report(severities[severity], where, text, o->user);
    }
}

static bool ask(void *user)
{
    const snn_options *o = user;
    return o->interrupted(o->user);
}

diag compile_diag(const snn_options *options)
{
    return (diag){.report = forward,
                  .interrupted = options->interrupted ? ask : NULL,
                  .user = (void *)(uintptr_t)options};
}

void *compile_memory(const snn_options *options, const char *where,
                     int64_t bytes)
{
    void *memory = calloc(1, bytes > 0 ? (size_t)bytes : 1);
    if (!memory) {
        diag d = compile_diag(options);
        diag_error(&d, where, "there is no memory for %" PRId64 " bytes",
                   bytes);
    }
    return memory;
}

bool compile_interrupted(compilation *c) { return diag_interrupted(&c->d); }

const char *compile_file(const snn_options *options)
{
    return options->file ? options->file : options->model;
}

static void append(MlirStringRef piece, void *user)
{
    buf_bytes(user, piece.data, (int64_t)piece.length);
}

/* "file:node" of an operation's location, or "file". */
static const char *where_of(const compilation *c, MlirLocation loc, arena *a)
{
    const char *name = ir_loc_name(loc, a);
    return *name ? text_printf(a, "%s:%s", c->options->model, name)
                 : c->options->model;
}

static MlirLogicalResult on_diagnostic(MlirDiagnostic diagnostic, void *user)
{
    compilation *c = user;
    buf text = {.a = &c->a};
    buf_text(&text, "");
    mlirDiagnosticPrint(diagnostic, append, &text);
    const char *where =
        where_of(c, mlirDiagnosticGetLocation(diagnostic), &c->a);
    switch (mlirDiagnosticGetSeverity(diagnostic)) {
    case MlirDiagnosticError:
        diag_error(&c->d, where, "%s", text.text);
        break;
    case MlirDiagnosticWarning:
        diag_warning(&c->d, where, "%s", text.text);
        break;
    case MlirDiagnosticRemark:
        diag_note(&c->d, where, "%s", text.text);
        break;
    default:
        break; /* notes say which operation it was, in MLIR's words */
    }
    return mlirLogicalResultSuccess();
}

/*===- names ----------------------------------------------------------------*/

/* The C locale's, whatever the locale is. */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool starts_with_letter(const char *name)
{
    return strspn(name, LETTERS) > 0;
}

/* C++ reserves names with "__", and NAME_step must not become one. */
static bool is_identifier(const char *name)
{
    return starts_with_letter(name) &&
           name[strspn(name, LETTERS DIGITS "_")] == '\0' &&
           !strstr(name, "__") && name[strlen(name) - 1] != '_';
}

/* The file's name without folders and ending, made an identifier. */
static const char *stem(const char *path, arena *a)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t n = dot && dot != base ? (size_t)(dot - base) : strlen(base);
    buf name = {.a = a};
    buf_text(&name, starts_with_letter(base) ? "" : "net");
    for (const char *c = base; c < base + n; c++) {
        bool letter = strchr(LETTERS DIGITS, *c) != NULL;
        bool joint = !starts_with_letter(base) && c == base;
        if (letter && (joint || (c > base && !strchr(LETTERS DIGITS, c[-1])))) {
            buf_text(&name, "_");
        }
        buf_bytes(&name, c, letter ? 1 : 0);
    }
    return name.text;
}

static bool choose_name(compilation *c)
{
    const snn_options *o = c->options;
    c->name = o->name ? o->name : stem(o->model, &c->a);
    if (!is_identifier(c->name)) {
        return diag_error(&c->d, o->model,
                          "name is '%s', expected letters, digits and single "
                          "'_' between them, a letter first",
                          c->name);
    }
    return true;
}

int64_t compile_seek_node(compilation *c, const char *name)
{
    const nir_net *net = &c->net;
    for (int64_t i = 0; i < net->n_nodes; i++) {
        if (strcmp(net->nodes[i].name, name) == 0) {
            return i;
        }
    }
    for (int64_t i = 0; i < net->n_nodes; i++) {
        char *dotted = text_printf(&c->a, "%s", net->nodes[i].name);
        for (char *s = dotted; *s; s++) {
            *s = *s == '/' ? '.' : *s;
        }
        if (strcmp(dotted, name) == 0) {
            return i;
        }
    }
    return -1;
}

int64_t compile_find_node(compilation *c, const char *name)
{
    const nir_net *net = &c->net;
    int64_t found = compile_seek_node(c, name);
    if (found >= 0) {
        return found;
    }
    enum { SHOWN = 20 };
    buf list = {.a = &c->a};
    for (int64_t i = 0; i < net->n_nodes && i < SHOWN; i++) {
        buf_printf(&list, "%s%s", i > 0 ? ", " : "", net->nodes[i].name);
    }
    diag_error(&c->d, net->file, "no node is called '%s'; there are: %s%s",
               name, list.text, net->n_nodes > SHOWN ? ", ..." : "");
    return -1;
}

const char *compile_dt(const snn_options *o)
{
    return o->dt || !o->semantics ? o->dt : passes_default_dt(o->semantics);
}

/*===- options --------------------------------------------------------------*/

/* Not given, or one of three words; third may be null. */
static bool is_one_of(const char *value, const char *first, const char *second,
                      const char *third)
{
    return !value || strcmp(value, first) == 0 || strcmp(value, second) == 0 ||
           (third && strcmp(value, third) == 0);
}

static const char *const weights_names[EMIT_WEIGHTS_COUNT] = {
    [EMIT_WEIGHTS_AUTO] = "auto",
    [EMIT_WEIGHTS_INLINE] = "inline",
    [EMIT_WEIGHTS_FILE] = "file"};

emit_weights compile_weights(const char *name)
{
    int i = 0;
    while (name && i < EMIT_WEIGHTS_COUNT &&
           strcmp(weights_names[i], name) != 0) {
        i++;
    }
    return (emit_weights)i;
}

/* Text that goes into a pipeline must not end its option. */
static bool is_plain(const char *value)
{
    return !value || value[strspn(value, LETTERS DIGITS "+-._")] == '\0';
}

static bool is_positive(const char *value)
{
    char *end;
    double number = value ? text_read_number(value, &end) : 1.0;
    return !value || (*end == '\0' && number > 0.0 && number < HUGE_VAL);
}

static bool check_options(compilation *c)
{
    const snn_options *o = c->options;
    if (!is_one_of(o->type, "f32", "f64", NULL)) {
        return diag_error(&c->d, o->model, "type is '%s', expected f32 or f64",
                          o->type);
    }
    if (!is_one_of(o->input_kind, "real", "spikes", NULL)) {
        return diag_error(&c->d, o->model,
                          "input kind is '%s', expected real or spikes",
                          o->input_kind);
    }
    if (!is_one_of(o->fold, "exact", "all", "none")) {
        return diag_error(&c->d, o->model,
                          "fold is '%s', expected exact, all or none", o->fold);
    }
    if (compile_weights(o->weights) == EMIT_WEIGHTS_COUNT) {
        return diag_error(&c->d, o->model,
                          "weights is '%s', expected auto, inline or file",
                          o->weights);
    }
    if (!is_plain(o->dt) || !is_positive(o->dt)) {
        return diag_error(&c->d, o->model,
                          "dt is '%s', expected a positive number", o->dt);
    }
    if (!decide_is_open(o) && !passes_knows_semantics(o->semantics)) {
        return diag_error(&c->d, o->model,
                          "semantics is '%s', expected auto, %s", o->semantics,
                          passes_semantics(&c->a));
    }
    if (!is_one_of(o->reset, "zero", "value", "subtract")) {
        return diag_error(&c->d, o->model,
                          "reset is '%s', expected zero, value or subtract",
                          o->reset);
    }
    if (!is_one_of(o->feedback, "answer", "zero", "no-bias")) {
        return diag_error(&c->d, o->model,
                          "feedback is '%s', expected answer, zero or no-bias",
                          o->feedback);
    }
    return quantize_check(c) && choose_name(c);
}

/*===- stages ---------------------------------------------------------------*/

static const char *const stage_names[STAGE_COUNT] = {
    "network", "step", "quantized", "linalg", "loops"};

stage compile_stage(const char *name)
{
    int i = 0;
    while (i < STAGE_COUNT && strcmp(stage_names[i], name) != 0) {
        i++;
    }
    return (stage)i;
}

/* The passes that lead to a stage from the one before. */
static void add_passes(compilation *c, buf *pipeline, stage s)
{
    const snn_options *o = c->options;
    switch (s) {
    case STAGE_STEP:
        buf_printf(pipeline, "snn-fold{level=%s},snn-discretize{",
                   o->fold ? o->fold : "exact");
        if (o->dt) {
            buf_printf(pipeline, "dt=%s ", o->dt);
        }
        if (o->semantics) {
            buf_printf(pipeline, "semantics=%s ", o->semantics);
        }
        if (o->reset) {
            buf_printf(pipeline, "reset=%s ", o->reset);
        }
        if (o->feedback) {
            buf_printf(pipeline, "feedback=%s ", o->feedback);
        }
        buf_printf(pipeline, "reset-delay=%s strict-nir=%s",
                   o->reset_delay ? "true" : "false",
                   o->strict_nir ? "true" : "false");
        buf_text(pipeline, "}");
        break;
    case STAGE_QUANTIZED:
        quantize_pass(&c->quantization, pipeline);
        break;
    case STAGE_LINALG:
        buf_printf(pipeline,
                   "convert-snn-to-linalg{dense=%s input-events=%s}"
                   ",canonicalize",
                   o->dense ? "true" : "false",
                   o->input_events ? "true" : "false");
        break;
    case STAGE_LOOPS:
        buf_text(pipeline,
                 "eliminate-empty-tensors,one-shot-bufferize{"
                 "bufferize-function-boundaries "
                 "function-boundary-type-conversion=identity-layout-map}"
                 ",drop-equivalent-buffer-results,canonicalize"
                 ",convert-linalg-to-loops,snn-fold-rows"
                 ",canonicalize,cse");
        break;
    default:
        break;
    }
}

static bool run_passes(compilation *c, stage s)
{
    buf pipeline = {.a = &c->a};
    buf_text(&pipeline, "builtin.module(");
    add_passes(c, &pipeline, s);
    buf_text(&pipeline, ")");
    buf errors = {.a = &c->a};
    MlirPassManager pm = mlirPassManagerCreate(c->ctx);
    MlirOpPassManager all = mlirPassManagerGetAsOpPassManager(pm);
    bool good = mlirLogicalResultIsSuccess(mlirParsePassPipeline(
        all, mlirStringRefCreateFromCString(pipeline.text), append, &errors));
    assert(good && "options have been checked");
    mlirPassManagerEnableVerifier(pm, true);
    int64_t before = c->d.errors;
    good = mlirLogicalResultIsSuccess(
        mlirPassManagerRunOnOp(pm, mlirModuleGetOperation(c->module)));
    assert((good || c->d.errors > before) && "a pass that fails says why");
    (void)before;
    mlirPassManagerDestroy(pm);
    return good;
}

static void make_context(compilation *c)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, passes_register);
    MlirDialectRegistry registry = mlirDialectRegistryCreate();
    passes_register_dialects(registry);
    c->ctx = mlirContextCreateWithRegistry(registry, false);
    mlirDialectRegistryDestroy(registry);
    mlirContextLoadAllAvailableDialects(c->ctx);
    mlirContextAttachDiagnosticHandler(c->ctx, on_diagnostic, c, NULL);
}

static bool import(compilation *c)
{
    const snn_options *o = c->options;
    import_options how = {
        .name = c->name,
        .f64 = o->type && strcmp(o->type, "f64") == 0,
        .spike_inputs = o->input_kind && strcmp(o->input_kind, "spikes") == 0,
        .probed = c->probed,
    };
    make_context(c);
    return import_network(&c->net, &how, c->ctx, &c->a, &c->d, &c->module);
}

bool compile_take_on(compilation *c, stage last)
{
    bool good = true;
    while (good && c->reached < last) {
        stage next = (stage)(c->reached + 1);
        bool nothing = next == STAGE_QUANTIZED && !c->options->quantize;
        good = !compile_interrupted(c) && (nothing || run_passes(c, next));
        c->reached = good ? next : c->reached;
    }
    return good;
}

bool compile_to(compilation *c, stage last)
{
    bool good = !compile_interrupted(c) && (c->module.ptr || import(c));
    if (good && last >= STAGE_STEP && !c->decisions[DECIDED_SEMANTICS].what) {
        good = decide(c);
    }
    bool quantize = c->options->quantize && last >= STAGE_QUANTIZED;
    if (good && quantize && c->reached < STAGE_QUANTIZED) {
        good = compile_take_on(c, STAGE_STEP) && quantize_prepare(c);
    }
    return good && compile_take_on(c, last);
}

MlirOperation compile_find_step(compilation *c)
{
    MlirBlock body = ir_body(mlirModuleGetOperation(c->module), 0);
    MlirOperation op = mlirBlockGetFirstOperation(body);
    while (!mlirOperationIsNull(op) && !ir_is(op, "snn.step")) {
        op = mlirOperationGetNextInBlock(op);
    }
    assert(!mlirOperationIsNull(op) && "c is at the step level");
    return op;
}

/* Reads the network. all: goes on with what could be read after errors. */
MUST_CHECK static bool read_network(compilation *c, bool all)
{
    const snn_options *o = c->options;
    bool good = guard_read(compile_file(o), o->model, &c->a, &c->d, &c->net);
    if (!c->net.file) {
        return false;
    }
    c->writer =
        good ? nir_recognize(&c->net, &c->a, c->suspects) : NIR_WRITER_COUNT;
    good = (good || all) && settings_apply(c) && good;
    good = (good || all) && nir_infer_shapes(&c->net, &c->a, &c->d) && good;
    c->probed = ARENA_ARRAY(&c->a, bool, c->net.n_nodes);
    return good;
}

bool compile_open(compilation *c, const snn_options *options)
{
    *c = (compilation){.options = options, .d = compile_diag(options)};
    return check_options(c) && read_network(c, false);
}

bool compile_survey(compilation *c, const snn_options *options, diag d)
{
    *c = (compilation){.options = options, .d = d};
    bool good = check_options(c);
    return read_network(c, true) && good;
}

void compile_close(compilation *c)
{
    if (c->module.ptr) {
        mlirModuleDestroy(c->module);
    }
    if (c->ctx.ptr) {
        mlirContextDestroy(c->ctx);
    }
    arena_free(&c->a);
}

/*===- snn_mlir -------------------------------------------------------------*/

typedef struct writer {
    void (*write)(const char *text, int64_t size, void *user);
    void *user;
} writer;

static void pass_on(MlirStringRef piece, void *user)
{
    const writer *w = user;
    w->write(piece.data, (int64_t)piece.length, w->user);
}

bool snn_mlir(const snn_options *options, const char *stage_name,
              void (*write)(const char *text, int64_t size, void *user))
{
    compilation c;
    stage s = compile_stage(stage_name);
    bool good = compile_open(&c, options);
    if (good && s == STAGE_COUNT) {
        good = diag_error(&c.d, options->model,
                          "stage is '%s', expected network, step, quantized, "
                          "linalg or loops",
                          stage_name);
    }
    if (good && compile_to(&c, s)) {
        writer w = {write, options->user};
        mlirOperationPrint(mlirModuleGetOperation(c.module), pass_on, &w);
    } else {
        good = false;
    }
    compile_close(&c);
    return good;
}
