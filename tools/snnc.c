/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * snnc.c - the command line: reads arguments, calls the library, prints.
 */
#include "snnc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snn.h"
#include "terminal.h"

enum { MAX_ARRAYS = 256 };

/* What the command line says. */
typedef struct arguments {
    const char *command;
    const char *directory;
    const char *stage;
    bool json;
    snn_options options;
    snn_array in[MAX_ARRAYS], out[MAX_ARRAYS], probe[MAX_ARRAYS],
        set[MAX_ARRAYS], data[MAX_ARRAYS], measure[MAX_ARRAYS];
    snn_run_options run;
    snn_array expect[MAX_ARRAYS];
    snn_verify_options verify;
    snn_plot_options plot;
    const char *nodes[MAX_ARRAYS]; /* that plot takes */
} arguments;

/*===- help -----------------------------------------------------------------*/

static const char usage[] =
    "snnc - compiles spiking neural networks (NIR files) to C\n"
    "\n"
    "  snnc build MODEL -o DIR     write DIR/NAME.h and DIR/NAME.c, and, "
    "where\n"
    "                              they are many, weights to DIR/NAME.weights\n"
    "  snnc run MODEL --in X.npy --out Y.npy\n"
    "                              run the network on arrays\n"
    "  snnc verify MODEL --in X.npy --expect NODE=Y.npy [--json]\n"
    "                              run it, and compare with what was recorded\n"
    "  snnc check MODEL [--json]   report every problem of a file\n"
    "  snnc inspect MODEL [--json] show what is in a file and what it costs\n"
    "  snnc plot MODEL --in X.npy [--probe NODE ...] [-o FILE.svg]\n"
    "                              draw what nodes emit, here or as SVG\n"
    "  snnc mlir MODEL --stage=S   print the IR: network, step, quantized,\n"
    "                              linalg, loops\n"
    "\n"
    "What a .nir file does not say:\n"
    "  --semantics=S   what a time step computes: auto (default): as the "
    "framework\n"
    "                  that wrote the file, where the file tells; nir "
    "(forward\n"
    "                  Euler), nir-exact (exponential decay), nir-reference, "
    "or "
    "as\n"
    "                  a simulator does: snntorch, snntorch-subtract, norse,\n"
    "                  norse-lifcell, sinabs, rockpool, spyx, spyx-1.0,\n"
    "                  spikingjelly, lava, lava-fixed, lava-dl, nengo\n"
    "  --dt=T          the time step, in the file's unit of tau, seconds in\n"
    "                  most; needed where the network has time constants and\n"
    "                  the simulator has no default: snntorch, spikingjelly\n"
    "                  and lava 1e-4, norse 1e-3, sinabs and spyx 1\n"
    "  --reset=R       zero, value (v_reset) or subtract; default: as S does\n"
    "  --reset-delay   a spike resets in the step behind it\n"
    "  --feedback=F    what a node on a loop gives before the first step: its\n"
    "                  answer to zeros, zero, or never its bias (no-bias);\n"
    "                  default: as S does\n"
    "  --strict-nir    what the simulator's importer leaves out of a file (r,\n"
    "                  v_leak, v_reset, w_in, the bias of feedback) counts\n"
    "  --set NODE.PARAM=VALUE   what an exporter lost: a number or FILE.npy,\n"
    "                  for a parameter of the node, or floor (or none),\n"
    "                  norm_input, single_spike, tau_syn, dt, w_rec; '*' in "
    "the\n"
    "                  place of NODE means all neurons\n"
    "\n"
    "How numbers are computed:\n"
    "  --type=T        f32 (default) or f64\n"
    "  --input-kind=K  real (default), or spikes: Inputs are 0 or 1\n"
    "  --input-events  Inputs are lists of the indices that spike; needs\n"
    "                  --input-kind=spikes\n"
    "  --fold=F        exact (default): fold nodes where no bit of a result\n"
    "                  changes; all: where rounding does, too; none\n"
    "  --dense         no event loops: every weight in every step\n"
    "  --weights=W     inline: in the C; file: in a file that NAME_init gets;\n"
    "                  auto (default): file beyond a million numbers\n"
    "\n"
    "build:\n"
    "  -o DIR          where the files go\n"
    "  --name=NAME     the network's name in C; default: the file's stem\n"
    "\n";

/* A string may have 4095 characters. */
static const char integers_usage[] =
    "Integers, in the place of floats:\n"
    "  --quantize=Q    int4, int8, int16, int32: bits of weights; auto: for "
    "each\n"
    "                  layer as few as keep the spikes; FILE.json: a choice "
    "that\n"
    "                  was saved\n"
    "  --data [NAME=]FILE.npy   what an Input gets in use, as for --in: for "
    "the\n"
    "                  ranges of real numbers, and for auto\n"
    "  --state=B       bits of states: 32 (default) or 16\n"
    "  --granularity=G a scale for each channel (default) of a weight, or one "
    "for\n"
    "                  the tensor\n"
    "  --scales=S      free (default) or power-of-two\n"
    "  --rounding=R    of weights: nearest (default), or data: as keeps spikes "
    "on\n"
    "                  the data best; takes a while\n"
    "  --borders=B     real Inputs and Outputs in C: codes (default) or float\n"
    "  --target-f1=F   what auto has to keep; default 0.999\n"
    "  --max-rom=N, --max-ram=N   bytes that auto's choice may take\n"
    "  --quantize-out=FILE.json   build: save the choice\n"
    "\n";

/* The rest. */
static const char more_usage[] =
    "run:\n"
    "  --in [NAME=]FILE.npy     an Input: (steps, *shape), or (samples, "
    "steps,\n"
    "                           *shape); NAME where there are several\n"
    "  --out [NAME=]FILE.npy    an Output, with the same leading axes: uint8\n"
    "                           for spikes, else float32 or float64\n"
    "  --probe NODE=FILE.npy    what a node emitted in each step; NODE.v and\n"
    "                           NODE.i: its membrane and current after it\n"
    "                           a name ends at its first '='; write '==' for "
    "a\n"
    "                           '=' in it, and give a name where FILE has one\n"
    "  --reference              interpret; else the C is compiled with $CC\n"
    "                           (cc) and $CFLAGS (-O2) and run\n"
    "\n"
    "verify: --in and --reference as for run, and\n"
    "  --expect [NODE=]FILE.npy what NODE (or NODE.v, NODE.i) must give, in "
    "the\n"
    "                           shape that run writes; no NODE: the Output\n"
    "  --both                   interpret, compile, and compare to the bit\n"
    "  --atol=A, --rtol=R       real numbers may differ by A + R |expected|;\n"
    "                           default 0\n"
    "  --min-f1=F               spikes may differ down to this F1; default: "
    "not\n"
    "                           at all\n"
    "                           exit status 0 if all is equal or within that\n"
    "\n"
    "plot, which takes --in and --reference, too:\n"
    "  --probe NODE    a panel for a node; default: neurons and Outputs, at "
    "most 8\n"
    "  --data NAME=FILE.npy     a panel for recorded numbers, (steps, "
    "*shape);\n"
    "                           MODEL may be left out\n"
    "  -o FILE.svg     draw to a file; default: characters, as wide as "
    "$COLUMNS\n"
    "  --ascii         no other characters; default where the locale has none\n"
    "  --steps=A:B     steps from A up to but not B; either may be left out\n"
    "  --neurons=LIST  indices and ranges: 0,3,8:12\n"
    "  --sample=N      which sample; arrays of --data then have an axis of "
    "them\n"
    "  --style=S       raster, curves or map; default: raster for spikes, "
    "curves\n"
    "                  for real numbers, a map for those of more than 8 "
    "neurons\n"
    "\n"
    "  --help, --version\n"
    "\n"
    "Example:\n"
    "  snnc run lif.nir --semantics=nir --dt=1e-4 --in x.npy --out "
    "spikes.npy\n";

/*===- messages -------------------------------------------------------------*/

static void report(snn_severity severity, const char *where, const char *text,
                   void *user)
{
    static const char *const names[] = {"error", "warning", "note", "help"};
    (void)user;
    fprintf(stderr, "%s: %s: %s\n", where, names[severity], text);
}

static int complain(const char *what, const char *which)
{
    fprintf(stderr, "snnc: error: %s%s; see snnc --help\n", what, which);
    return 1;
}

/* A hundred times in a run, on a terminal only. */
static void progress(int64_t done, int64_t steps, void *user)
{
    (void)user;
    int64_t part = steps / 100 > 0 ? steps / 100 : 1;
    if (done % part == 0 || done == steps) {
        fprintf(stderr, "\rstep %" PRId64 " of %" PRId64 "%s", done, steps,
                done == steps ? "\n" : "");
    }
}

/* A table of layers, RAM and ROM. */
static void show(const snn_summary *s, void *user)
{
    (void)user;
    int node = 4;
    int size = 4;
    for (int64_t i = 0; i < s->n_layers; i++) {
        int n = (int)strlen(s->layers[i].node);
        int m = (int)strlen(s->layers[i].size);
        node = n > node ? n : node;
        size = m > size ? m : size;
    }
    printf("%-*s  %-9s  %-*s  parameters\n", node, "node", "kind", size,
           "size");
    for (int64_t i = 0; i < s->n_layers; i++) {
        const snn_layer *l = &s->layers[i];
        printf("%-*s  %-9s  %-*s%s%s\n", node, l->node, l->kind,
               *l->parameters ? size : 0, l->size, *l->parameters ? "  " : "",
               l->parameters);
    }
    printf("RAM %" PRId64 " bytes (state), ROM %" PRId64 " bytes (constants)\n",
           s->ram_bytes, s->rom_bytes);
    if (s->weights) {
        printf("weights file %" PRId64 " bytes\n", s->weights_bytes);
    }
    printf("%s\n%s\n", s->header, s->source);
    if (s->weights) {
        printf("%s\n", s->weights);
    }
}

static void write_out(const char *text, int64_t size, void *user)
{
    (void)user;
    fwrite(text, 1, (size_t)size, stdout);
}

/*===- arguments ------------------------------------------------------------*/

/* Where the value of an option goes. */
typedef struct option {
    const char *name;
    const char *command; /* that alone takes it; NULL: all do */
    const char **value;  /* or: */
    bool *flag;
    snn_array *arrays; /* or: a list, with its length */
    int64_t *n;
    bool named; /* its arrays need a name */
} option;

/*
 * The NAME of "NAME=FILE", and in *file what is behind it: it ends at the first
 * '=' that is not doubled, and has one '=' for two. NULL if there is none.
 */
static char *split_name(const char *text, const char **file)
{
    const char *at = text;
    char *name = malloc(strlen(text) + 1);
    size_t n = 0;
    if (!name) {
        abort();
    }
    while (*at != '\0' && (at[0] != '=' || at[1] == '=')) {
        at += at[0] == '=';
        name[n++] = *at++;
    }
    name[n] = '\0';
    if (*at == '\0') {
        free(name);
        return NULL;
    }
    *file = at + 1;
    return name;
}

/* "NAME=FILE" or "FILE". The exit status. */
static int add_array(const option *o, const char *text)
{
    if (*o->n == MAX_ARRAYS) {
        return complain(o->name, " is given too often");
    }
    snn_array array = {.path = text};
    array.node = split_name(text, &array.path);
    if (o->named && !array.node) {
        return complain(o->name, " needs a name, '=' and what it is");
    }
    o->arrays[(*o->n)++] = array;
    return 0;
}

static void release_arrays(const snn_array *arrays, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        free((void *)(uintptr_t)arrays[i].node);
    }
}

/* The option that a word names, up to its '='; NULL if there is none. */
static const option *find_option(const option *options, size_t n,
                                 const char *command, const char *word)
{
    const option *found = NULL;
    size_t length = strcspn(word, "=");
    for (size_t k = 0; k < n; k++) {
        const option *o = &options[k];
        if (strlen(o->name) == length && strncmp(o->name, word, length) == 0) {
            found = o;
            if (!o->command || strcmp(o->command, command) == 0) {
                break; /* else another row may be for this command */
            }
        }
    }
    return found;
}

/*
 * Takes "--name=value", "--name value" or "--name" at *i, and moves *i behind
 * it. The exit status.
 */
static int take(const arguments *a, const option *o, char **words, int count,
                int *i)
{
    const char *equals = strchr(words[*i], '=');
    const char *value = equals ? equals + 1 : NULL;
    if (o->command && strcmp(o->command, a->command) != 0) {
        return complain(o->name, " is no option of this command");
    }
    if (o->flag) {
        *o->flag = true;
        *i += 1;
        return value ? complain(o->name, " takes no value") : 0;
    }
    if (!value && *i + 1 < count) {
        *i += 1;
        value = words[*i];
    }
    *i += 1;
    if (!value) {
        return complain(o->name, " needs a value");
    }
    if (o->value) {
        *o->value = value;
        return 0;
    }
    return add_array(o, value);
}

static int parse(arguments *a, int count, char **words)
{
    snn_options *o = &a->options;
    snn_plot_options *p = &a->plot;
    const option options[] = {
        {"-o", "build", &a->directory, NULL, NULL, NULL, false},
        {"--name", NULL, &o->name, NULL, NULL, NULL, false},
        {"--stage", "mlir", &a->stage, NULL, NULL, NULL, false},
        {"--dt", NULL, &o->dt, NULL, NULL, NULL, false},
        {"--semantics", NULL, &o->semantics, NULL, NULL, NULL, false},
        {"--reset", NULL, &o->reset, NULL, NULL, NULL, false},
        {"--reset-delay", NULL, NULL, &o->reset_delay, NULL, NULL, false},
        {"--feedback", NULL, &o->feedback, NULL, NULL, NULL, false},
        {"--strict-nir", NULL, NULL, &o->strict_nir, NULL, NULL, false},
        {"--set", NULL, NULL, NULL, a->set, &o->n_settings, true},
        {"--type", NULL, &o->type, NULL, NULL, NULL, false},
        {"--weights", NULL, &o->weights, NULL, NULL, NULL, false},
        {"--quantize", NULL, &o->quantize, NULL, NULL, NULL, false},
        {"--state", NULL, &o->state_bits, NULL, NULL, NULL, false},
        {"--granularity", NULL, &o->granularity, NULL, NULL, NULL, false},
        {"--scales", NULL, &o->scales, NULL, NULL, NULL, false},
        {"--rounding", NULL, &o->rounding, NULL, NULL, NULL, false},
        {"--borders", NULL, &o->borders, NULL, NULL, NULL, false},
        {"--target-f1", NULL, &o->target_f1, NULL, NULL, NULL, false},
        {"--max-rom", NULL, &o->max_rom, NULL, NULL, NULL, false},
        {"--max-ram", NULL, &o->max_ram, NULL, NULL, NULL, false},
        {"--quantize-out", "build", &o->quantize_out, NULL, NULL, NULL, false},
        {"--input-kind", NULL, &o->input_kind, NULL, NULL, NULL, false},
        {"--fold", NULL, &o->fold, NULL, NULL, NULL, false},
        {"--json", "check", NULL, &a->json, NULL, NULL, false},
        {"--json", "verify", NULL, &a->json, NULL, NULL, false},
        {"--json", "inspect", NULL, &a->json, NULL, NULL, false},
        {"--dense", NULL, NULL, &o->dense, NULL, NULL, false},
        {"--input-events", NULL, NULL, &o->input_events, NULL, NULL, false},
        {"-o", "plot", &p->path, NULL, NULL, NULL, false},
        {"--steps", "plot", &p->steps, NULL, NULL, NULL, false},
        {"--neurons", "plot", &p->neurons, NULL, NULL, NULL, false},
        {"--sample", "plot", &p->sample, NULL, NULL, NULL, false},
        {"--style", "plot", &p->style, NULL, NULL, NULL, false},
        {"--ascii", "plot", NULL, &p->ascii, NULL, NULL, false},
        {"--data", "plot", NULL, NULL, a->data, &p->n_data, true},
        {"--data", NULL, NULL, NULL, a->measure, &o->n_data, false},
        {"--in", "plot", NULL, NULL, a->in, &p->n_inputs, false},
        {"--probe", "plot", NULL, NULL, a->probe, &p->n_nodes, false},
        {"--reference", "plot", NULL, &p->reference, NULL, NULL, false},
        {"--reference", "run", NULL, &a->run.reference, NULL, NULL, false},
        {"--in", "run", NULL, NULL, a->in, &a->run.n_inputs, false},
        {"--out", "run", NULL, NULL, a->out, &a->run.n_outputs, false},
        {"--probe", "run", NULL, NULL, a->probe, &a->run.n_probes, true},
        {"--in", "verify", NULL, NULL, a->in, &a->verify.n_inputs, false},
        {"--expect", "verify", NULL, NULL, a->expect, &a->verify.n_expected,
         false},
        {"--reference", "verify", NULL, &a->verify.reference, NULL, NULL,
         false},
        {"--both", "verify", NULL, &a->verify.both, NULL, NULL, false},
        {"--atol", "verify", &a->verify.atol, NULL, NULL, NULL, false},
        {"--rtol", "verify", &a->verify.rtol, NULL, NULL, NULL, false},
        {"--min-f1", "verify", &a->verify.min_f1, NULL, NULL, NULL, false},
    };
    int status = 0;
    for (int i = 2; i < count && status == 0;) {
        const option *found = find_option(
            options, sizeof options / sizeof *options, a->command, words[i]);
        if (found) {
            status = take(a, found, words, count, &i);
        } else if (words[i][0] == '-') {
            status = complain("unknown option ", words[i]);
        } else if (o->model) {
            status =
                complain("one model is enough, this is a second: ", words[i]);
        } else {
            o->model = words[i++];
        }
    }
    o->settings = a->set;
    o->data = a->measure;
    bool needs_model = p->n_data == 0;
    return status == 0 && !o->model && needs_model
               ? complain("no model given", "")
               : status;
}

/*===- commands -------------------------------------------------------------*/

static int build(arguments *a)
{
    if (!a->directory) {
        return complain("build needs -o DIR", "");
    }
    return snn_build(&a->options, a->directory, show) ? 0 : 1;
}

static int run(arguments *a)
{
    if (a->run.n_outputs + a->run.n_probes == 0) {
        return complain("run needs --out or --probe", "");
    }
    a->run.inputs = a->in;
    a->run.outputs = a->out;
    a->run.probes = a->probe;
    a->run.progress = isatty(2) ? progress : NULL;
    return snn_run(&a->options, &a->run) ? 0 : 1;
}

static int verify(arguments *a)
{
    if (a->verify.both && a->verify.reference) {
        return complain("--both interprets, too: leave out --reference", "");
    }
    a->verify.inputs = a->in;
    a->verify.expected = a->expect;
    a->verify.json = a->json;
    a->verify.progress = isatty(2) ? progress : NULL;
    return snn_verify(&a->options, &a->verify, write_out) ? 0 : 1;
}

/* Nodes, in place of "NODE" or "NODE=FILE". The exit status. */
static int take_nodes(arguments *a)
{
    for (int64_t i = 0; i < a->plot.n_nodes; i++) {
        snn_array *probe = &a->probe[i];
        if (probe->node) {
            return complain("plot writes no file for --probe ", probe->node);
        }
        const char *file;
        size_t n = strlen(probe->path);
        char *text = malloc(n + 2);
        if (!text) {
            abort();
        }
        memcpy(text, probe->path, n);
        memcpy(text + n, "=", 2);
        probe->node = split_name(text, &file); /* "==" is a '=' */
        a->nodes[i] = probe->node;
        free(text);
    }
    return 0;
}

static int plot(arguments *a)
{
    snn_plot_options *p = &a->plot;
    int status = take_nodes(a);
    if (status != 0) {
        return status;
    }
    p->inputs = a->in;
    p->nodes = a->nodes;
    p->data = a->data;
    p->columns = terminal_columns();
    p->ascii = p->ascii || !terminal_is_utf8();
    p->progress = isatty(2) ? progress : NULL;
    p->write = write_out;
    return snn_plot(&a->options, p) ? 0 : 1;
}

static int mlir(arguments *a)
{
    if (!a->stage) {
        return complain(
            "mlir needs --stage=network, step, quantized, linalg or loops", "");
    }
    return snn_mlir(&a->options, a->stage, write_out) ? 0 : 1;
}

static int check(arguments *a)
{
    return snn_check(&a->options, a->json, write_out) ? 0 : 1;
}

static int inspect(arguments *a)
{
    return snn_inspect(&a->options, a->json, write_out) ? 0 : 1;
}

typedef struct command {
    const char *name;
    int (*run)(arguments *a);
} command;

static const command commands[] = {
    {"build", build},     {"run", run},       {"mlir", mlir}, {"check", check},
    {"inspect", inspect}, {"verify", verify}, {"plot", plot},
};

static int execute(const command *c, int count, char **words)
{
    arguments *a = calloc(1, sizeof *a); /* large for a stack */
    if (!a) {
        abort();
    }
    a->command = c->name;
    a->options.report = report;
    int status = parse(a, count, words);
    status = status == 0 ? c->run(a) : status;
    release_arrays(a->in,
                   a->run.n_inputs + a->verify.n_inputs + a->plot.n_inputs);
    release_arrays(a->expect, a->verify.n_expected);
    release_arrays(a->out, a->run.n_outputs);
    release_arrays(a->probe, a->run.n_probes + a->plot.n_nodes);
    release_arrays(a->data, a->plot.n_data);
    release_arrays(a->set, a->options.n_settings);
    release_arrays(a->measure, a->options.n_data);
    free(a);
    return status;
}

static int dispatch(int count, char **words)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(words[1], commands[i].name) == 0) {
            return execute(&commands[i], count, words);
        }
    }
    return complain("no such command: ", words[1]);
}

/* The exit status, with what standard output says to it: it may be full. */
static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "snnc: error: standard output cannot be written: %s\n",
                strerror(errno));
        return 1;
    }
    return status;
}

int snnc_main(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0) {
            fputs(usage, stdout);
            fputs(integers_usage, stdout);
            fputs(more_usage, stdout);
            return finish(0);
        }
        if (strcmp(words[i], "--version") == 0) {
            printf("snnc %s\n", snn_version());
            return finish(0);
        }
    }
    if (count < 2) {
        fputs(usage, stderr);
        fputs(integers_usage, stderr);
        fputs(more_usage, stderr);
        return 1;
    }
    return finish(dispatch(count, words));
}
