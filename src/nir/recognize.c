/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * recognize.c - which framework wrote a network: the table of fingerprints.
 *
 * A rule of a framework is a fact of the network that all its files have, or a
 * mark: a fact that its files have, and no other file that fits its rules. What
 * the facts are is in recognize_facts.c.
 */
#include "nir/recognize.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"

enum { MAX_RULES = 12, SHOWN = 3 };

#define BIT(kind) (1U << (kind))
#define PORTS (BIT(NIR_INPUT) | BIT(NIR_OUTPUT))
#define DENSE (BIT(NIR_LINEAR) | BIT(NIR_AFFINE))
#define CONV (BIT(NIR_CONV1D) | BIT(NIR_CONV2D) | BIT(NIR_FLATTEN))
#define LIFS (BIT(NIR_LIF) | BIT(NIR_CUBA_LIF))
#define NOT_PORTS ((1U << NIR_KIND_COUNT) - 1U - PORTS)

/* What a rule looks at, and how it is said in a message. */
typedef struct rule {
    bool mark; /* else all files of the framework have it */
    bool (*holds)(const facts *f);
    const char *text;
    unsigned nodes; /* the kinds of which names follow the text; 0: none */
} rule;

/* Where a framework's files have their time step. */
typedef struct row {
    const char *framework;
    unsigned kinds; /* of nodes that its exporter writes */
    rule rules[MAX_RULES];
    const relation *(*time)(const facts *f); /* NULL: they do not have it */
    const char *time_text;
} row;

/*===- rules ----------------------------------------------------------------*/

static bool f32(const facts *f) { return f->f32; }
static bool f64(const facts *f) { return f->f64; }
static bool no_leak(const facts *f) { return f->no_leak; }
static bool no_reset(const facts *f) { return f->no_reset; }
static bool rests(const facts *f) { return f->leak_is_reset; }
static bool uniform(const facts *f) { return f->uniform; }
static bool no_loop(const facts *f) { return !f->loop; }
static bool unit_r(const facts *f) { return f->unit_r; }
static bool unit_w_in(const facts *f) { return f->unit_w_in; }
static bool tau_in_seconds(const facts *f) { return f->most_tau < 1.0; }
static bool tau_in_steps(const facts *f) { return f->least_tau >= 1.0; }

static bool is_tenth_of_ms(const relation *r)
{
    return r->holds && r->n > 0 && r->dt > 0.99999e-4 && r->dt < 1.00001e-4;
}

/*
 * One pair of r and tau always gives some dt: it is believed if it is a plain
 * number, or if other pairs give it, too.
 */
static bool is_sound(const relation *r)
{
    return r->holds && r->n > 0 && (r->several || facts_is_plain(r->dt));
}

/* r = tau / dt, and w_in = tau_syn / dt with the same dt. */
static bool gain_is_one(const facts *f)
{
    double ratio = f->by_tau_syn.dt / f->by_tau.dt;
    return (is_sound(&f->by_tau) || (f->by_tau.holds && f->flattened)) &&
           (f->by_tau_syn.n == 0 ||
            (f->by_tau_syn.holds && ratio > 0.99999 && ratio < 1.00001));
}

static bool gain_is_one_at_tenth(const facts *f)
{
    return is_tenth_of_ms(&f->by_tau);
}

static bool current_gain_at_tenth(const facts *f)
{
    return is_tenth_of_ms(&f->by_tau_syn);
}

static bool gain_after_decay(const facts *f)
{
    return is_sound(&f->by_decay) || (f->by_decay.holds && f->class_names);
}

static bool gain_after_decay_twice(const facts *f)
{
    return gain_after_decay(f) && f->by_decay.several;
}

static bool r_is_decay(const facts *f) { return is_sound(&f->by_beta); }

static bool r_is_decay_twice(const facts *f)
{
    return r_is_decay(f) && f->by_beta.several;
}

static bool r_is_decay_of_one(const facts *f)
{
    return r_is_decay(f) && f->by_beta.dt > 0.9999 && f->by_beta.dt < 1.0001;
}

/* An r of 1 (decay_input) or of tau / dt, and of an IF 1 / dt. */
static bool jelly_gains(const facts *f)
{
    return f->jelly.holds && (f->if_r.n == 0 || f->if_r.dt < 1.0);
}

static bool jelly_if_at_tenth(const facts *f)
{
    return is_tenth_of_ms(&f->if_r);
}

static bool numbered(const facts *f) { return f->numbered; }
static bool underscored(const facts *f) { return f->underscored; }
static bool class_names(const facts *f) { return f->class_names; }
static bool flattened(const facts *f) { return f->flattened; }
static bool input_tensor(const facts *f) { return f->input_tensor; }
static bool input_1(const facts *f) { return f->input_1; }
static bool batch(const facts *f) { return f->batch; }

static const relation *time_of_tau(const facts *f) { return &f->by_tau; }
static const relation *time_of_decay(const facts *f) { return &f->by_decay; }
static const relation *time_of_beta(const facts *f) { return &f->by_beta; }
static const relation *time_of_jelly(const facts *f) { return &f->jelly; }

/*===- table ----------------------------------------------------------------*/

static const row rows[NIR_WRITER_COUNT] = {
    [NIR_BY_SNNTORCH] =
        {"snnTorch",
         PORTS | DENSE | CONV | BIT(NIR_AVG_POOL2D) | LIFS,
         {{false, no_leak, "v_leak = 0", 0},
          {false, no_reset, "v_reset = 0", 0},
          {false, gain_is_one, "r = tau / dt, w_in = tau_syn / dt", 0},
          {true, gain_is_one_at_tenth, "r = tau / 1e-4 in", LIFS},
          {true, current_gain_at_tenth, "w_in = tau_syn / 1e-4 in",
           BIT(NIR_CUBA_LIF)},
          {true, flattened, "neurons and weights called NAME.lif, NAME.w_rec",
           0},
          {true, numbered, "numbers as names:", NOT_PORTS}},
         time_of_tau,
         "r = tau / dt"},
    [NIR_BY_NORSE] =
        {"Norse",
         PORTS | DENSE | CONV | LIFS | BIT(NIR_LI) | BIT(NIR_IF),
         {{false, f32, "parameters in f32", 0},
          {false, unit_r, "r = 1", 0},
          {false, unit_w_in, "w_in = 1", 0},
          {false, tau_in_seconds, "tau below 1 s", 0},
          {false, no_loop, "no recurrence", 0},
          {true, input_tensor, "an Input called input_tensor, r = 1", 0},
          {true, underscored, "names from '_0' on, r = 1 in f32:", NOT_PORTS},
          {true, numbered, "numbers as names, r = 1:", NOT_PORTS}},
         NULL,
         NULL},
    [NIR_BY_SINABS] = {"Sinabs",
                       PORTS | BIT(NIR_AFFINE) | CONV | BIT(NIR_SUM_POOL2D) |
                           BIT(NIR_IF) | BIT(NIR_LIF) | BIT(NIR_LI),
                       {{false, f32, "parameters in f32", 0},
                        {false, unit_r, "r = 1", 0},
                        {false, no_leak, "v_leak = 0", 0},
                        {false, no_reset, "v_reset = 0", 0},
                        {false, tau_in_steps, "tau in steps, 1 or more", 0},
                        {false, no_loop, "no recurrence", 0},
                        {true, numbered,
                         "numbers as names, Affine only, r = 1:", NOT_PORTS}},
                       NULL,
                       NULL},
    [NIR_BY_ROCKPOOL] =
        {"Rockpool",
         PORTS | DENSE | LIFS | BIT(NIR_LI),
         {{false, f32, "parameters in f32", 0},
          {false, no_leak, "v_leak = 0", 0},
          {false, no_reset, "v_reset = 0", 0},
          {false, unit_w_in, "w_in = 1", 0},
          {false, gain_after_decay, "r = tau exp(-dt / tau) / dt", 0},
          {true, gain_after_decay_twice,
           "r = tau exp(-dt / tau) / dt with one dt in", LIFS | BIT(NIR_LI)},
          {true, class_names, "names of place and class:", NOT_PORTS},
          {true, batch, "Input and Output with an axis for the batch", 0}},
         time_of_decay,
         "r = tau exp(-dt / tau) / dt"},
    [NIR_BY_SPYX] = {"Spyx",
                     PORTS | DENSE | CONV | BIT(NIR_SUM_POOL2D) | LIFS |
                         BIT(NIR_LI) | BIT(NIR_IF),
                     {{false, no_leak, "v_leak = 0", 0},
                      {false, no_reset, "v_reset = 0", 0},
                      {false, unit_w_in, "w_in = 1", 0},
                      {false, r_is_decay, "r = 1 - dt / tau", 0},
                      {true, r_is_decay_twice,
                       "r = 1 - dt / tau with one dt in", LIFS},
                      {true, r_is_decay_of_one, "r = 1 - 1 / tau in", LIFS}},
                     time_of_beta,
                     "r = 1 - dt / tau"},
    [NIR_BY_SPIKINGJELLY] =
        {"SpikingJelly",
         PORTS | DENSE | CONV | BIT(NIR_AVG_POOL2D) | BIT(NIR_LIF) |
             BIT(NIR_IF),
         {{false, f64, "parameters in f64", 0},
          {false, uniform, "one number for all of a node", 0},
          {false, rests, "v_leak = v_reset", 0},
          {false, jelly_gains, "r = 1 or tau / dt; of an IF 1 / dt", 0},
          {false, no_loop, "no recurrence", 0},
          {true, jelly_if_at_tenth, "r = 1 / 1e-4 in", BIT(NIR_IF)},
          {true, gain_is_one_at_tenth, "r = tau / 1e-4 in f64 in",
           BIT(NIR_LIF)},
          {true, underscored, "names from '_0' on, f64:", NOT_PORTS},
          {true, input_1, "an Input called input_1", 0}},
         time_of_jelly,
         "r = tau / dt, of an IF 1 / dt"},
};

/*===- judgement ------------------------------------------------------------*/

/* The kind of a node that the framework never writes, or a rule. */
static const char *find_against(const row *r, const facts *f)
{
    for (int kind = 0; kind < NIR_KIND_COUNT; kind++) {
        if (f->count[kind] > 0 && (r->kinds & BIT(kind)) == 0) {
            return nir_kind_name((nir_kind)kind);
        }
    }
    for (int i = 0; i < MAX_RULES && r->rules[i].text; i++) {
        if (!r->rules[i].mark && !r->rules[i].holds(f)) {
            return r->rules[i].text;
        }
    }
    return NULL;
}

/* " lif1, lif2, lif3, ..." */
static void add_names(buf *text, const nir_net *net, unsigned kinds)
{
    int64_t found = 0;
    for (int64_t n = 0; n < net->n_nodes && found <= SHOWN; n++) {
        const nir_node *node = &net->nodes[n];
        if ((kinds & BIT(node->kind)) != 0) {
            const char *between = found > 0 ? ", " : " ";
            const char *name = found < SHOWN ? node->name : "...";
            buf_printf(text, "%s%s", between, name);
            found++;
        }
    }
}

static nir_suspect judge(const row *r, const facts *f, const nir_net *net,
                         arena *a)
{
    nir_suspect s = {.framework = r->framework, .against = find_against(r, f)};
    buf text = {.a = a};
    buf_text(&text, "");
    for (int i = 0; i < MAX_RULES && r->rules[i].text; i++) {
        const rule *one = &r->rules[i];
        if (one->mark && one->holds(f)) {
            buf_printf(&text, "%s%s", s.marks > 0 ? "; " : "", one->text);
            add_names(&text, net, one->nodes);
            s.marks++;
        }
    }
    s.evidence = text.text;
    const relation *time = r->time ? r->time(f) : NULL;
    if (!s.against && time && time->holds && time->n > 0) {
        s.dt = facts_round(time->dt);
        s.dt_evidence = r->time_text;
    }
    return s;
}

nir_writer nir_recognize(const nir_net *net, arena *a,
                         nir_suspect suspects[NIR_WRITER_COUNT])
{
    facts f = facts_of_net(net, a);
    int best = NIR_WRITER_COUNT;
    int most = 0;
    for (int w = 0; w < NIR_WRITER_COUNT; w++) {
        suspects[w] = judge(&rows[w], &f, net, a);
        if (f.neurons == 0) { /* nothing tells anything */
            suspects[w].against = "neurons";
        }
        if (!suspects[w].against && suspects[w].marks >= most) {
            best = suspects[w].marks > most ? w : NIR_WRITER_COUNT;
            most = suspects[w].marks;
        }
    }
    return (nir_writer)best;
}
