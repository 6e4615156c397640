/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * interrupt_test.c - calls that the caller gives up: at every place where they
 * ask, one after the other; and while they wait for a child process, or for
 * another thread that does.
 */
#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "snn.h"

enum { STEPS = 12, INPUTS = 3, OUTPUTS = 4 };

/* A caller that gives up when it is asked for the last time, or from a time on.
 */
typedef struct caller {
    int64_t asked;
    int64_t last;
    double until;     /* seconds of the clock; 0: any */
    atomic_bool *end; /* from then on, too; or NULL */
    bool given_up;
    int64_t errors;
} caller;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Says so once: a caller may forget it. */
static bool interrupted(void *user)
{
    caller *c = user;
    assert(!c->given_up && "nobody asks again");
    c->asked++;
    c->given_up = c->asked == c->last ||
                  (c->until > 0.0 && now() >= c->until) || (c->end && *c->end);
    return c->given_up;
}

static void report(snn_severity severity, const char *where, const char *text,
                   void *user)
{
    caller *c = user;
    if (c->given_up || severity == SNN_ERROR) {
        fprintf(stderr, "%s: %s\n", where, text);
        c->errors++;
    }
}

static void write_out(const char *text, int64_t size, void *user)
{
    const caller *c = user;
    (void)text;
    (void)size;
    assert(!c->given_up && "nothing is written any more");
}

/*===- calls ----------------------------------------------------------------*/

static const float numbers[STEPS * INPUTS] = {1, 0, 1, 1, 1, 0, 0, 1, 1,
                                              1, 0, 1, 0, 0, 1, 1, 1, 1};
static const int64_t shape[] = {STEPS, INPUTS};
static const snn_tensor tensor = {'f', 4, 2, shape, numbers};
static const snn_array input = {NULL, "x", &tensor};
static const uint8_t zeros[STEPS * OUTPUTS];
static const int64_t out_shape[] = {STEPS, OUTPUTS};
static const snn_tensor silence = {'u', 1, 2, out_shape, zeros};

static bool build(snn_options *o) { return snn_build(o, "out", NULL); }

static bool check_any(snn_options *o)
{
    o->semantics = NULL;
    o->dt = NULL;
    return snn_check(o, false, write_out);
}

static bool mlir(snn_options *o) { return snn_mlir(o, "loops", write_out); }
static bool check(snn_options *o) { return snn_check(o, true, write_out); }

static bool inspect(snn_options *o) { return snn_inspect(o, false, write_out); }

static bool search(snn_options *o)
{
    o->quantize = "auto";
    o->target_f1 = ".5";
    o->data = &input;
    o->n_data = 1;
    o->quantize_out = "out.json";
    return snn_build(o, "out", NULL);
}

static bool rounding(snn_options *o)
{
    o->quantize = "int4";
    o->state_bits = "16";
    o->rounding = "data";
    o->data = &input;
    o->n_data = 1;
    return snn_build(o, "out", NULL);
}

static bool run(snn_options *o)
{
    snn_run_options how = {.inputs = &input,
                           .n_inputs = 1,
                           .outputs = &(snn_array){.path = "out"},
                           .n_outputs = 1};
    return snn_run(o, &how);
}

static bool interpret(snn_options *o)
{
    snn_run_options how = {.inputs = &input,
                           .n_inputs = 1,
                           .outputs = &(snn_array){.path = "out"},
                           .n_outputs = 1,
                           .reference = true};
    return snn_run(o, &how);
}

static bool verify(snn_options *o)
{
    snn_verify_options how = {.inputs = &input,
                              .n_inputs = 1,
                              .expected = &(snn_array){NULL, "y", &silence},
                              .n_expected = 1,
                              .min_f1 = "0",
                              .reference = true};
    return snn_verify(o, &how, write_out);
}

static bool verify_floats(snn_options *o)
{
    snn_verify_options how = {
        .inputs = &input, .n_inputs = 1, .min_f1 = "0", .reference = true};
    o->quantize = "int16";
    o->data = &input;
    o->n_data = 1;
    (void)snn_verify(o, &how, write_out);
    return !((caller *)o->user)->given_up;
}

static bool plot(snn_options *o)
{
    snn_plot_options how = {
        .inputs = &input, .n_inputs = 1, .reference = true, .path = "out"};
    return snn_plot(o, &how);
}

static const struct {
    const char *name;
    bool (*call)(snn_options *o);
} calls[] = {{"build", build},
             {"check-any", check_any},
             {"mlir", mlir},
             {"check", check},
             {"inspect", inspect},
             {"search", search},
             {"rounding", rounding},
             {"run", run},
             {"interpret", interpret},
             {"verify", verify},
             {"verify-floats", verify_floats},
             {"plot", plot}};

/*===- giving up ------------------------------------------------------------*/

static bool call_once(bool (*call)(snn_options *o), caller *c)
{
    snn_options o = {.model = "base.nir",
                     .semantics = "nir",
                     .dt = ".1",
                     .report = report,
                     .interrupted = interrupted,
                     .user = c};
    return call(&o);
}

/* Gives up at one place after the other, in growing strides if there are many,
 * until the call comes to its end. */
static void try_all(const char *name, bool (*call)(snn_options *o))
{
    int64_t n = 1;
    caller c = {.last = n};
    while (!call_once(call, &c)) {
        assert(c.given_up && c.errors == 0);
        assert(access("out", F_OK) != 0 && access("out.json", F_OK) != 0);
        n += 1 + n / 4;
        c = (caller){.last = n};
    }
    assert(!c.given_up && c.errors == 0);
    printf("%s asks %lld times\n", name, (long long)c.asked);
}

/* Gives up while a child process is there that never ends. */
static int wait_for_ever(bool (*call)(snn_options *o))
{
    double start = now();
    caller c = {.until = start + 0.5};
    bool good = call_once(call, &c);
    double took = now() - start;
    assert(!good && c.given_up && c.errors == 0 && took >= 0.5);
    assert(took < 60.0); /* nothing that hangs, on a busy machine */
    return EXIT_SUCCESS;
}

/*===- another thread reads -------------------------------------------------*/

static void *read_for_ever(void *user)
{
    assert(!call_once(check, user));
    return NULL;
}

/* A process that was forked meanwhile reads a file: it does not wait. */
static void read_forked(double until)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        caller c = {.until = until};
        unsetenv("SIGNAL");
        _exit(call_once(check, &c) ? 0 : 1);
    }
    assert(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static int wait_for_other(void)
{
    atomic_bool end = false;
    double start = now();
    caller other = {.until = start + 120.0, .end = &end};
    pthread_t thread;
    assert(pthread_create(&thread, NULL, read_for_ever, &other) == 0);
    sleep(1); /* it has its turn now */
    caller c = {.until = start + 1.5};
    assert(!call_once(check, &c) && c.given_up && c.errors == 0);
    read_forked(start + 60.0);
    assert(now() < other.until); /* and it still has */
    end = true;
    assert(pthread_join(thread, NULL) == 0 && other.errors == 0);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof calls / sizeof *calls; i++) {
        if (strcmp(argv[1], calls[i].name) != 0) {
            continue;
        }
        if (argc > 2 && strcmp(argv[2], "hang") == 0) {
            return wait_for_ever(calls[i].call);
        }
        if (argc > 2 && strcmp(argv[2], "other") == 0) {
            return wait_for_other();
        }
        try_all(calls[i].name, calls[i].call);
        return EXIT_SUCCESS;
    }
    return 2;
}
