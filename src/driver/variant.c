/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * variant.c - the table of what files of each writer can mean, since their
 * exporters leave it out; and which meanings differ for a network.
 */
#include "driver/variant.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "driver/formula.h"
#include "ir/ir.h"
#include "passes/passes.h"

/* What a network must have for a variant to differ from the one before it. */
typedef enum trait {
    WITH_CURRENT = 1,   /* a CubaLIF */
    WITH_V_RESET = 2,   /* a v_reset that is not 0 */
    WITH_IF = 4,        /* an IF */
    WITH_TAU = 8,       /* a LIF or LI */
    WITHOUT_RESET = 16, /* a v_reset of 0 */
    WITH_LATE = 32      /* a current or a loop, where a late reset is seen */
} trait;

typedef struct variant {
    nir_writer writer; /* NIR_WRITER_COUNT: a file without fingerprint */
    const char *semantics;
    const char *resets; /* to what; NULL: as the file says */
    bool reset_given;   /* ... by an option */
    bool reset_delay;
    const snn_array *settings;
    int64_t n_settings;
    unsigned traits;
    const char *meaning;
} variant;

static const snn_array no_floor[] = {{.node = "*.floor", .path = "none"}};
static const snn_array normed[] = {{.node = "*.norm_input", .path = "1"}};
static const snn_array no_floor_normed[] = {
    {.node = "*.floor", .path = "none"}, {.node = "*.norm_input", .path = "1"}};

static const variant variants[] = {
    {NIR_BY_SNNTORCH, "snntorch", "zero", false, false, NULL, 0, 0,
     "reset_mechanism=\"zero\", reset_delay=False"},
    {NIR_BY_SNNTORCH, "snntorch", "zero", false, true, NULL, 0, WITH_LATE,
     "reset_mechanism=\"zero\", reset_delay=True"},
    {NIR_BY_SNNTORCH, "snntorch-subtract", "subtract", false, false, NULL, 0, 0,
     "reset_mechanism=\"subtract\", reset_delay=False"},
    {NIR_BY_SNNTORCH, "snntorch-subtract", "subtract", false, true, NULL, 0, 0,
     "reset_mechanism=\"subtract\", reset_delay=True, snnTorch's defaults"},
    {NIR_BY_NORSE, "norse", "zero", false, false, NULL, 0, 0,
     "box cells, as Norse imports the file"},
    {NIR_BY_NORSE, "norse", "value", true, false, NULL, 0, WITH_V_RESET,
     "box cells that reset to v_reset, as before the export"},
    {NIR_BY_NORSE, "norse-lifcell", "zero", false, false, NULL, 0, WITH_CURRENT,
     "LIFCell, as before the export"},
    {NIR_BY_NORSE, "norse-lifcell", "value", true, false, NULL, 0,
     WITH_CURRENT | WITH_V_RESET, "LIFCell that resets to v_reset"},
    {NIR_BY_SINABS, "sinabs", NULL, false, false, NULL, 0, 0,
     "as Sinabs imports the file: norm_input=False, of an IAF min_v_mem = "
     "-threshold"},
    {NIR_BY_SINABS, "sinabs", NULL, false, false, no_floor, 1, WITH_IF,
     "min_v_mem=None"},
    {NIR_BY_SINABS, "sinabs", NULL, false, false, normed, 1, WITH_TAU,
     "norm_input=True, the default of Sinabs' LIF"},
    {NIR_BY_SINABS, "sinabs", NULL, false, false, no_floor_normed, 2,
     WITH_IF | WITH_TAU, "min_v_mem=None, norm_input=True"},
    {NIR_BY_ROCKPOOL, "rockpool", "subtract", false, false, NULL, 0, 0,
     "Rockpool's torch modules"},
    {NIR_BY_SPYX, "spyx-1.0", "subtract", false, false, NULL, 0, 0,
     "Spyx 1.0 and later"},
    {NIR_BY_SPYX, "spyx", "subtract", false, false, NULL, 0, 0,
     "Spyx 0.1, whose importer scales weights"},
    {NIR_BY_SPIKINGJELLY, "spikingjelly", "value", false, false, NULL, 0, 0,
     "v_reset=0.0 or another number: hard reset"},
    {NIR_BY_SPIKINGJELLY, "spikingjelly", "subtract", true, false, NULL, 0,
     WITHOUT_RESET, "v_reset=None: soft reset"},
    {NIR_WRITER_COUNT, "nir", NULL, false, false, NULL, 0, 0,
     "forward Euler of the file's equations"},
    {NIR_WRITER_COUNT, "nir-exact", NULL, false, false, NULL, 0, 0,
     "their exact solution over a step of constant input"},
};

enum { N_VARIANTS = sizeof variants / sizeof *variants };

bool variant_is_of(nir_writer writer, const char *semantics)
{
    bool found = false;
    for (int i = 0; i < N_VARIANTS; i++) {
        found = found || (variants[i].writer == writer &&
                          strcmp(variants[i].semantics, semantics) == 0);
    }
    return found;
}

const char *variant_lost(nir_writer writer)
{
    static const char *const lost[NIR_WRITER_COUNT] = {
        [NIR_BY_SNNTORCH] = "reset_mechanism and reset_delay",
        [NIR_BY_NORSE] = "what a CubaLIF and v_reset mean",
        [NIR_BY_SINABS] = "min_v_mem, norm_input, spike_fn, reset_fn and "
                          "tau_syn",
        [NIR_BY_ROCKPOOL] = "biases and recurrent weights of neurons (--set "
                            "NODE.v_leak=... --set NODE.w_rec=...)",
        [NIR_BY_SPYX] = "which Spyx is meant",
        [NIR_BY_SPIKINGJELLY] = "whether the reset is hard or soft",
    };
    return lost[writer];
}

/*===- selection ------------------------------------------------------------*/

static void ignore(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)severity;
    (void)where;
    (void)text;
    (void)user;
}

static bool has_loop(compilation *c)
{
    diag quiet = {.report = ignore};
    bool found = false;
    if (!nir_find_loops(&c->net, 0.0, &c->a, &quiet)) {
        return true; /* compiling will say what is wrong with it */
    }
    for (int64_t e = 0; e < c->net.n_edges && !found; e++) {
        found = c->net.edges[e].feedback;
    }
    return found;
}

/* Whether a spike of the node can tell v_reset from 0, as traits. */
static unsigned traits_of_reset(const nir_node *node)
{
    const nir_array *v = &node->field[NIR_V_RESET];
    unsigned traits = 0;
    for (int64_t i = 0; i < v->count; i++) {
        traits |= nir_number(v, i) != 0.0 ? WITH_V_RESET : WITHOUT_RESET;
    }
    return traits;
}

static unsigned traits_of(compilation *c)
{
    unsigned traits = has_loop(c) ? WITH_LATE : 0;
    for (int64_t n = 0; n < c->net.n_nodes; n++) {
        const nir_node *node = &c->net.nodes[n];
        traits |= traits_of_reset(node);
        traits |= node->kind == NIR_CUBA_LIF ? WITH_CURRENT | WITH_LATE : 0;
        traits |= node->kind == NIR_IF ? WITH_IF : 0;
        traits |= node->kind == NIR_LIF || node->kind == NIR_LI ? WITH_TAU : 0;
    }
    return traits;
}

/* The user's reset is that of no variant, or of this one. */
static bool fits_reset(const variant *v, const char *given)
{
    bool known = false;
    for (int i = 0; i < N_VARIANTS && given; i++) {
        known =
            known || (variants[i].writer == v->writer && variants[i].resets &&
                      strcmp(variants[i].resets, given) == 0);
    }
    return !known || (v->resets && strcmp(v->resets, given) == 0);
}

/* The user's options and those of the variant; the user's settings win. */
static snn_options options_of(const variant *v, const snn_options *given,
                              const char *dt, arena *a)
{
    snn_options o = *given;
    snn_array *settings =
        ARENA_ARRAY(a, snn_array, v->n_settings + given->n_settings + 1);
    for (int64_t i = 0; i < v->n_settings; i++) {
        settings[i] = v->settings[i];
    }
    for (int64_t i = 0; i < given->n_settings; i++) {
        settings[v->n_settings + i] = given->settings[i];
    }
    o.settings = settings;
    o.n_settings += v->n_settings;
    o.semantics = v->semantics;
    o.reset = given->reset ? given->reset : v->reset_given ? v->resets : NULL;
    o.reset_delay = o.reset_delay || v->reset_delay;
    o.dt = given->dt ? given->dt : dt;
    return o;
}

/* What to add to the user's options. */
static const char *options_text(const snn_options *o, const variant *v,
                                const snn_options *given, arena *a)
{
    buf text = {.a = a};
    buf_printf(&text, "--semantics=%s", o->semantics);
    if (o->reset && !given->reset) {
        buf_printf(&text, " --reset=%s", o->reset);
    }
    if (o->reset_delay && !given->reset_delay) {
        buf_text(&text, " --reset-delay");
    }
    for (int64_t i = 0; i < v->n_settings; i++) {
        buf_printf(&text, " --set '%s=%s'", v->settings[i].node,
                   v->settings[i].path);
    }
    if (o->dt && !given->dt) {
        buf_printf(&text, " --dt=%s", o->dt);
    }
    return text.text;
}

/* The writer's time step, where it is not what the semantics take; or NULL. */
static const char *own_step(const variant *v, double dt, arena *a)
{
    const char *usual = passes_default_dt(v->semantics);
    return dt > 0.0 && !(usual && text_read_number(usual, NULL) == dt)
               ? text_number(a, dt)
               : NULL;
}

void variant_add(variant_list *list, nir_writer writer, compilation *c,
                 double dt, const char *framework)
{
    unsigned traits = traits_of(c);
    if (!list->candidates) {
        list->candidates = ARENA_ARRAY(&c->a, candidate, VARIANT_MAX);
    }
    for (int i = 0; i < N_VARIANTS; i++) {
        const variant *v = &variants[i];
        if (v->writer != writer || (v->traits & ~traits) != 0 ||
            !fits_reset(v, c->given->reset)) {
            continue;
        }
        assert(list->n < VARIANT_MAX);
        snn_options o = options_of(v, c->given, own_step(v, dt, &c->a), &c->a);
        const char *meaning = framework
                                  ? text_printf(&c->a, "if %s wrote it: %s",
                                                framework, v->meaning)
                                  : v->meaning;
        list->options[list->n] = o;
        list->candidates[list->n++] =
            (candidate){.options = options_text(&o, v, c->given, &c->a),
                        .meaning = meaning,
                        .untimed = !o.dt && !passes_default_dt(o.semantics)};
    }
}

/*===- comparison -----------------------------------------------------------*/

typedef struct digest {
    uint64_t value;
    bool known;
} digest;

/* FNV-1a */
static void add_to_digest(MlirStringRef text, void *user)
{
    uint64_t *value = user;
    for (size_t i = 0; i < text.length; i++) {
        *value = (*value ^ (unsigned char)text.data[i]) * 0x100000001b3U;
    }
}

/* Of the step level, but for its name for what it computes. */
static uint64_t digest_of(compilation *c)
{
    int64_t n;
    MlirOperation module = mlirModuleGetOperation(c->module);
    MlirOperation *ops = ir_list(ir_body(module, 0), &c->a, &n);
    for (int64_t i = 0; i < n; i++) {
        if (ir_is(ops[i], "snn.step")) {
            mlirOperationRemoveAttributeByName(
                ops[i], mlirStringRefCreateFromCString("semantics"));
            mlirOperationRemoveAttributeByName(
                ops[i], mlirStringRefCreateFromCString("dt"));
        }
    }
    uint64_t value = 0xcbf29ce484222325U;
    mlirOperationPrint(module, add_to_digest, &value);
    return value;
}

/* Compiles one; false: it does not. */
static bool try(candidate *k, const snn_options *options, compilation *c,
                int64_t node, digest *d)
{
    compilation sub;
    snn_options quiet = *options;
    quiet.report = NULL;
    bool good = compile_open(&sub, &quiet) && compile_to(&sub, STAGE_STEP);
    if (good && node >= 0) {
        const char *formula = formula_of(&sub, node);
        k->node = c->net.nodes[node].name;
        k->formula = formula
                         ? arena_text(&c->a, formula, (int64_t)strlen(formula))
                         : NULL;
    }
    if (good) {
        *d = (digest){digest_of(&sub), true};
    }
    c->d.given_up = c->d.given_up || sub.d.given_up;
    compile_close(&sub);
    return good;
}

static bool is_known(const digest *digests, int64_t n)
{
    bool same = false;
    for (int64_t i = 0; i < n && digests[n].known; i++) {
        same =
            same || (digests[i].known && digests[i].value == digests[n].value);
    }
    return same;
}

void variant_compare(variant_list *list, compilation *c, int64_t node)
{
    digest digests[VARIANT_MAX] = {{0}};
    int64_t kept = 0;
    for (int64_t i = 0; i < list->n && !compile_interrupted(c); i++) {
        candidate k = list->candidates[i];
        digests[kept] = (digest){0};
        bool good = try(&k, &list->options[i], c, node, &digests[kept]);
        if ((good || k.untimed) && !is_known(digests, kept)) {
            list->candidates[kept] = k;
            list->options[kept++] = list->options[i];
        }
    }
    list->n = kept > 0 ? kept : list->n;
}
