/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * threads_test.c - threads that compile and interpret networks at once, each of
 * all files in its own order, must get what one thread alone gets.
 */
#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snn.h"

enum { THREADS = 8, STEPS = 5, INPUTS = 3, MAX_FILES = 32 };

/* All that is said and written, as one number (FNV-1a). */
typedef struct digest {
    uint64_t value;
} digest;

static void add(digest *d, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        d->value = (d->value ^ (unsigned char)text[i]) * 0x100000001b3U;
    }
}

static void write_out(const char *text, int64_t size, void *user)
{
    add(user, text, (size_t)size);
}

static void report(snn_severity severity, const char *where, const char *text,
                   void *user)
{
    char number = (char)severity;
    add(user, &number, 1);
    add(user, where, strlen(where));
    add(user, text, strlen(text));
}

/* A caller that can be interrupted is waited for in another way. */
static bool never(void *user)
{
    (void)user;
    return false;
}

static const float numbers[STEPS * INPUTS] = {1, 0, 1, 1, 1, 0, 0, 1,
                                              1, 1, 0, 1, 0, 0, 1};
static const int64_t shape[] = {STEPS, INPUTS};
static const snn_tensor tensor = {'f', 4, 2, shape, numbers};
static const snn_array input = {NULL, "x", &tensor};

static bool plot(const snn_options *o)
{
    snn_plot_options how = {.inputs = &input,
                            .n_inputs = 1,
                            .reference = true,
                            .ascii = true,
                            .write = write_out};
    return snn_plot(o, &how);
}

/* Everything that is made of a file, good or bad. */
static uint64_t make_all(const char *model, bool patient)
{
    digest d = {0xcbf29ce484222325U};
    snn_options o = {.model = model,
                     .semantics = "nir",
                     .dt = ".1",
                     .report = report,
                     .interrupted = patient ? NULL : never,
                     .user = &d};
    char good[4];
    good[0] = (char)snn_mlir(&o, "step", write_out);
    good[1] = (char)snn_check(&o, true, write_out); /* all the way to C */
    good[2] = (char)plot(&o);
    o.quantize = "int8";
    o.data = &input;
    o.n_data = 1;
    good[3] = (char)snn_mlir(&o, "loops", write_out);
    add(&d, good, sizeof good);
    return d.value;
}

typedef struct job {
    pthread_t thread;
    int number;
    int n_files;
    char **files;
    uint64_t made[MAX_FILES];
} job;

static void *work(void *user)
{
    job *j = user;
    for (int i = 0; i < j->n_files; i++) {
        int k = (i + 3 * j->number) % j->n_files;
        j->made[k] = make_all(j->files[k], j->number % 2 == 0);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static job jobs[THREADS];
    job alone = {.n_files = argc - 1, .files = argv + 1};
    assert(argc > 1 && argc - 1 <= MAX_FILES);
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = alone;
        jobs[i].number = i;
        assert(pthread_create(&jobs[i].thread, NULL, work, &jobs[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert(pthread_join(jobs[i].thread, NULL) == 0);
    }
    work(&alone); /* last, so that what is made once is made by many at once */
    for (int i = 0; i < THREADS; i++) {
        for (int k = 0; k < alone.n_files; k++) {
            if (jobs[i].made[k] != alone.made[k]) {
                printf("thread %d makes something else of %s\n", i,
                       argv[k + 1]);
                return EXIT_FAILURE;
            }
        }
    }
    printf("%d threads, %d files each\n", THREADS, alone.n_files);
    return EXIT_SUCCESS;
}
