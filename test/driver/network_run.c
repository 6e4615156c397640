/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network_run.c - runs a network in memory: network-run MODEL KEY=VALUE...
 *
 *   how=batch | advance   samples; the first one alone
 *   how=all       both, in several threads, by steps, and with states taken
 *                 from the middle to another state: all give the same
 *   threads=N, stop=N (interrupted when asked the Nth time, opened), progress=1
 *   in=NAME:FILE, out=NAME:FILE, probe=NAME:FILE, set=STATE:FILE (before),
 *   get=STATE:FILE (behind)
 *   reference=1, cache=FOLDER, semantics=, dt=, type=, input-kind=, weights=,
 *   quantize=, data=FILE, input-events=1, name=
 * Without how, says what the network has; how=start says what runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "driver/npy.h"
#include "snn.h"

enum { MAX = 16 };

typedef struct file {
    const char *name;
    const char *path;
    void *numbers;
} file;

typedef struct list {
    file items[MAX];
    int64_t n;
} list;

typedef struct test {
    arena a;
    diag d;
    snn_options options;
    snn_open_options open;
    snn_array data;
    const char *probes[MAX];
    const char *how;
    list in, out, probe, set, get;
    int threads;
    bool progress;
    int64_t stop;
    int64_t asked;
    int64_t done;
    int64_t calls; /* of progress */
    snn_network *net;
    const snn_network_info *info;
    int64_t samples;
    int64_t steps;
    bool batched;
    const void *inputs[MAX];
    void *outputs[MAX];
} test;

static const char *const words[] = {"error", "warning", "note", "help"};

static void say(snn_severity severity, const char *where, const char *text,
                void *user)
{
    (void)user;
    fprintf(stderr, "%s: %s: %s\n", where, words[severity], text);
}

static void say_own(diag_severity severity, const char *where, const char *text,
                    void *user)
{
    say((snn_severity)severity, where, text, user);
}

static bool interrupted(void *user)
{
    test *t = user;
    /* Opening asks, too, and how often is its own affair. */
    return t->info && ++t->asked == t->stop;
}

static void progress(int64_t done, int64_t steps, void *user)
{
    test *t = user;
    if (done < t->done || done > steps) {
        fprintf(stderr, "progress goes back\n");
        exit(2);
    }
    if (t->stop > 0 && t->asked >= t->stop) {
        fprintf(stderr, "progress behind the end\n");
        exit(2);
    }
    t->done = done;
    t->calls++;
    if (done == steps) {
        printf("%lld steps, said %s\n", (long long)done,
               t->calls > 2 ? "often" : "seldom");
    }
}

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/*===- arguments ------------------------------------------------------------*/

static void add(list *l, char *value)
{
    char *colon = strchr(value, ':');
    *colon = '\0';
    l->items[l->n++] = (file){value, colon + 1, NULL};
}

static bool set_text(test *t, const char *key, const char *value)
{
    const struct {
        const char *name;
        const char **to;
    } texts[] = {{"semantics", &t->options.semantics},
                 {"dt", &t->options.dt},
                 {"name", &t->options.name},
                 {"type", &t->options.type},
                 {"input-kind", &t->options.input_kind},
                 {"weights", &t->options.weights},
                 {"quantize", &t->options.quantize},
                 {"data", &t->data.path},
                 {"cache", &t->open.cache},
                 {"how", &t->how}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (strcmp(texts[i].name, key) == 0) {
            *texts[i].to = value;
            return true;
        }
    }
    return false;
}

static bool set_list(test *t, const char *key, char *value)
{
    const struct {
        const char *name;
        list *to;
    } lists[] = {{"in", &t->in},
                 {"out", &t->out},
                 {"probe", &t->probe},
                 {"set", &t->set},
                 {"get", &t->get}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (strcmp(lists[i].name, key) == 0) {
            add(lists[i].to, value);
            return true;
        }
    }
    return false;
}

static void set_number(test *t, const char *key, const char *value)
{
    int number = atoi(value);
    if (strcmp(key, "threads") == 0) {
        t->threads = number;
    } else if (strcmp(key, "stop") == 0) {
        t->stop = number;
    } else if (strcmp(key, "progress") == 0) {
        t->progress = number;
    } else if (strcmp(key, "reference") == 0) {
        t->open.reference = number;
    } else if (strcmp(key, "input-events") == 0) {
        t->options.input_events = number;
    } else {
        fail(key);
    }
}

static void read_arguments(test *t, int argc, char **argv)
{
    t->options = (snn_options){
        .model = argv[1], .report = say, .interrupted = interrupted, .user = t};
    for (int i = 2; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        *value++ = '\0';
        if (!set_text(t, argv[i], value) && !set_list(t, argv[i], value)) {
            set_number(t, argv[i], value);
        }
    }
    t->options.data = &t->data;
    t->options.n_data = t->data.path ? 1 : 0;
    for (int64_t i = 0; i < t->probe.n; i++) {
        t->probes[i] = t->probe.items[i].name;
    }
    t->open.probes = t->probes;
    t->open.n_probes = t->probe.n;
}

/*===- arrays ---------------------------------------------------------------*/

static number_type type_of(const snn_port *p)
{
    return p->kind == 'u'     ? NUMBER_I1
           : p->kind == 'i'   ? NUMBER_I32
           : p->itemsize == 4 ? NUMBER_F32
                              : NUMBER_F64;
}

static int64_t find(const snn_port *ports, int64_t n, const char *name)
{
    for (int64_t i = 0; i < n; i++) {
        if (strcmp(ports[i].name, name) == 0) {
            return i;
        }
    }
    fail(name);
    return -1;
}

static const void *load(test *t, const snn_port *p, const char *path,
                        npy *array)
{
    const void *numbers;
    if (!npy_open(&(snn_array){.path = path}, &t->a, &t->d, array) ||
        !npy_convert(array, type_of(p), &t->a, &t->d, &numbers)) {
        exit(1);
    }
    return numbers;
}

static void load_inputs(test *t)
{
    for (int64_t i = 0; i < t->in.n; i++) {
        npy array;
        const snn_network_info *info = t->info;
        int64_t k = find(info->inputs, info->n_inputs, t->in.items[i].name);
        const snn_port *p = &info->inputs[k];
        t->inputs[k] = load(t, p, t->in.items[i].path, &array);
        t->batched = array.rank == p->rank + 2;
        t->samples = t->batched ? array.dim[0] : 1;
        t->steps = array.dim[t->batched ? 1 : 0];
    }
}

static void save(test *t, const snn_port *p, const char *path, const void *from,
                 bool timed)
{
    int rank = 0;
    int64_t dim[NPY_MAX_RANK];
    if (timed && t->batched) {
        dim[rank++] = t->samples;
    }
    if (timed) {
        dim[rank++] = t->steps;
    }
    for (int i = 0; i < p->rank; i++) {
        dim[rank++] = p->dim[i];
    }
    file_text f = npy_file(path, type_of(p), rank, dim, from, &t->a);
    if (!files_write(&f, 1, &t->a, &t->d)) {
        exit(1);
    }
}

static void make_outputs(test *t)
{
    const snn_network_info *info = t->info;
    for (int64_t i = 0; i < t->out.n; i++) {
        const snn_port *p = &info->outputs[find(info->outputs, info->n_outputs,
                                                t->out.items[i].name)];
        t->outputs[p - info->outputs] = arena_alloc(
            &t->a, t->samples * t->steps * p->size, (size_t)p->itemsize);
    }
    for (int64_t i = 0; i < info->n_probes; i++) {
        int64_t k = info->n_outputs - info->n_probes + i;
        t->outputs[k] =
            arena_alloc(&t->a, t->samples * t->steps * info->outputs[k].size,
                        (size_t)info->outputs[k].itemsize);
    }
}

static void save_outputs(test *t)
{
    const snn_network_info *info = t->info;
    for (int64_t i = 0; i < t->out.n; i++) {
        int64_t k = find(info->outputs, info->n_outputs, t->out.items[i].name);
        save(t, &info->outputs[k], t->out.items[i].path, t->outputs[k], true);
    }
    for (int64_t i = 0; i < info->n_probes; i++) {
        int64_t k = info->n_outputs - info->n_probes + i;
        save(t, &info->outputs[k], t->probe.items[i].path, t->outputs[k], true);
    }
}

static void set_states(test *t, snn_state *s)
{
    for (int64_t i = 0; i < t->set.n; i++) {
        npy array;
        int64_t k =
            find(t->info->states, t->info->n_states, t->set.items[i].name);
        const snn_port *p = &t->info->states[k];
        const snn_array given = {.path = t->set.items[i].path};
        const void *numbers;
        if (!npy_open(&given, &t->a, &t->d, &array)) {
            exit(1);
        }
        if (array.kind == 'f' && array.size == p->itemsize) {
            numbers = array.data; /* nan, too */
        } else {
            numbers = load(t, p, given.path, &array);
        }
        if (!snn_state_set(s, k, numbers)) {
            exit(1);
        }
    }
}

static void get_states(test *t, const snn_state *s)
{
    for (int64_t i = 0; i < t->get.n; i++) {
        int64_t k =
            find(t->info->states, t->info->n_states, t->get.items[i].name);
        const snn_port *p = &t->info->states[k];
        void *numbers = arena_alloc(&t->a, p->size, (size_t)p->itemsize);
        if (!snn_state_get(s, k, numbers)) {
            exit(1);
        }
        save(t, p, t->get.items[i].path, numbers, false);
    }
}

/*===- ways to run ----------------------------------------------------------*/

/* Steps from first up to end of sample 0. */
static void advance(test *t, snn_state *s, int64_t first, int64_t end)
{
    const void *in[MAX];
    void *out[MAX];
    for (int64_t k = 0; k < t->info->n_inputs; k++) {
        const snn_port *p = &t->info->inputs[k];
        in[k] = (const char *)t->inputs[k] + first * p->size * p->itemsize;
    }
    for (int64_t k = 0; k < t->info->n_outputs; k++) {
        const snn_port *p = &t->info->outputs[k];
        out[k] = t->outputs[k]
                     ? (char *)t->outputs[k] + first * p->size * p->itemsize
                     : NULL;
    }
    if (!snn_advance(s, end - first, in, out)) {
        fail("stopped");
    }
}

static void copy_states(test *t, const snn_state *from, snn_state *to)
{
    for (int64_t k = 0; k < t->info->n_states; k++) {
        const snn_port *p = &t->info->states[k];
        void *numbers = arena_alloc(&t->a, p->size, (size_t)p->itemsize);
        if (!snn_state_get(from, k, numbers) ||
            !snn_state_set(to, k, numbers)) {
            fail("a state does not fit itself");
        }
    }
}

/* Goes on in another state, where the first one has gone on since. */
static void split(test *t, snn_state *s)
{
    snn_state *other = snn_state_create(t->net);
    snn_state *kept = snn_state_create(t->net);
    int64_t middle = t->steps / 2;
    advance(t, s, 0, middle);
    copy_states(t, s, kept);
    advance(t, s, middle, t->steps);
    advance(t, other, 0, t->steps / 3); /* something else to be replaced */
    copy_states(t, kept, other);
    advance(t, other, middle, t->steps);
    copy_states(t, kept, s);
    snn_state_destroy(kept);
    advance(t, s, middle, t->steps);
    snn_state_destroy(other);
}

static void by_steps(test *t, snn_state *s)
{
    for (int64_t i = 0; i < t->steps; i++) {
        advance(t, s, i, i + 1);
    }
}

static void time_steps(test *t, snn_state *s)
{
    enum { TIMES = 1000000 };
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < TIMES; i++) {
        advance(t, s, 0, 1);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.1f ns a step\n", ((double)(to.tv_sec - from.tv_sec) * 1e9 +
                                (double)(to.tv_nsec - from.tv_nsec)) /
                                   (double)TIMES);
}

static void run_alone(test *t)
{
    snn_state *s = snn_state_create(t->net);
    if (!s) {
        exit(1);
    }
    set_states(t, s);
    if (strcmp(t->how, "time") == 0) {
        time_steps(t, s);
    } else {
        advance(t, s, 0, t->steps);
    }
    get_states(t, s);
    snn_state_destroy(s);
}

static void run_batch(test *t)
{
    snn_batch batch = {.samples = t->samples,
                       .steps = t->steps,
                       .inputs = t->inputs,
                       .outputs = t->outputs,
                       .threads = t->threads,
                       .progress = t->progress ? progress : NULL};
    if (!snn_run_batch(t->net, &batch)) {
        fail("stopped");
    }
}

/*===- all ways -------------------------------------------------------------*/

/* Are the first samples the same? */
static void compare(const test *t, void *const *old, int64_t samples,
                    const char *what)
{
    for (int64_t k = 0; k < t->info->n_outputs; k++) {
        const snn_port *p = &t->info->outputs[k];
        int64_t bytes = samples * t->steps * p->size * p->itemsize;
        if (old[k] && memcmp(old[k], t->outputs[k], (size_t)bytes) != 0) {
            fail(what);
        }
    }
}

static void run_all(test *t)
{
    void (*const alone[])(test *t, snn_state *s) = {by_steps, split};
    t->threads = 1;
    run_batch(t);
    void *first[MAX];
    memcpy(first, t->outputs, sizeof first);
    for (int threads = 0; threads < 5; threads++) {
        make_outputs(t);
        t->threads = threads;
        run_batch(t);
        compare(t, first, t->samples, "threads differ");
    }
    for (int i = 0; i < 2; i++) {
        make_outputs(t);
        snn_state *s = snn_state_create(t->net);
        alone[i](t, s);
        compare(t, first, 1, "a sample alone differs");
        snn_state_reset(s);
        make_outputs(t);
        advance(t, s, 0, t->steps);
        compare(t, first, 1, "a state that was reset differs");
        get_states(t, s);
        snn_state_destroy(s);
    }
    memcpy(t->outputs, first, sizeof first);
}

/*===- what it has ----------------------------------------------------------*/

static void show_ports(const char *what, const snn_port *ports, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const snn_port *p = &ports[i];
        printf("%s %s %c%d (", what, p->name, p->kind, p->itemsize);
        for (int k = 0; k < p->rank; k++) {
            printf("%s%lld", k > 0 ? ", " : "", (long long)p->dim[k]);
        }
        printf(") %lld\n", (long long)p->size);
    }
}

static void show(const test *t)
{
    const snn_network_info *info = t->info;
    int64_t named = info->n_outputs - info->n_probes;
    printf("network %s\n", info->name);
    show_ports("input", info->inputs, info->n_inputs);
    show_ports("output", info->outputs, named);
    show_ports("probe", info->outputs + named, info->n_probes);
    show_ports("state", info->states, info->n_states);
    printf("header %s\nsource %s\n",
           strstr(info->header, "#endif") ? "ends" : "?",
           (int64_t)strlen(info->source) == info->source_size ? "ends" : "?");
    printf("weights %s %lld\nram %lld\nrom %lld\nbackend %s\n",
           info->weights ? "file" : "inline", (long long)info->weights_size,
           (long long)info->ram_bytes, (long long)info->rom_bytes,
           snn_backend(t->net) ? "?" : "none");
}

static void start(test *t)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (!snn_start(t->net)) {
        exit(1);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("backend %s\n", snn_backend(t->net));
    fprintf(stderr, "%.2f ms\n",
            (double)(to.tv_sec - from.tv_sec) * 1e3 +
                (double)(to.tv_nsec - from.tv_nsec) / 1e6);
}

int main(int argc, char **argv)
{
    test t = {.d = {.report = say_own}};
    read_arguments(&t, argc, argv);
    t.net = snn_open(&t.options, &t.open);
    if (!t.net) {
        return 1;
    }
    t.info = snn_info(t.net);
    if (!t.how) {
        show(&t);
    } else if (strcmp(t.how, "start") == 0) {
        start(&t);
    } else {
        load_inputs(&t);
        make_outputs(&t);
        (strcmp(t.how, "all") == 0     ? run_all
         : strcmp(t.how, "batch") == 0 ? run_batch
                                       : run_alone)(&t);
        save_outputs(&t);
    }
    snn_close(t.net);
    arena_free(&t.a);
    return 0;
}
