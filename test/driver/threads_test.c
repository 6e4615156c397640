/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * threads_test.c - threads that compile and interpret networks at once, each of
 * them all files in an order and a way of its own, must get what one thread
 * alone gets.
 */
#undef NDEBUG
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snn.h"

enum { THREADS = 8, WAYS = 3, STEPS = 5, INPUTS = 3, MAX_FILES = 32 };

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

static bool mlir(snn_options *o)
{
    o->quantize = "int8";
    o->data = &input;
    o->n_data = 1;
    return snn_mlir(o, "loops", write_out);
}

/* What is made of a file, good or bad: C that is not kept, IR, or a run. */
static uint64_t make(const char *model, int way, bool patient)
{
    digest d = {0xcbf29ce484222325U};
    snn_options o = {.model = model,
                     .semantics = "nir",
                     .dt = ".1",
                     .report = report,
                     .interrupted = patient ? NULL : never,
                     .user = &d};
    char good = (char)(way == 0   ? snn_check(&o, true, write_out)
                       : way == 1 ? plot(&o)
                                  : mlir(&o));
    add(&d, &good, 1);
    return d.value;
}

typedef struct job {
    pthread_t thread;
    int number;
    int n_files;
    char **files;
    uint64_t made[MAX_FILES][WAYS]; /* 0: not made */
} job;

static void *work(void *user)
{
    job *j = user;
    for (int i = 0; i < j->n_files; i++) {
        int k = (i + 3 * j->number) % j->n_files;
        int way = (k + j->number) % WAYS;
        j->made[k][way] = make(j->files[k], way, j->number % 2 == 0);
    }
    return NULL;
}

/* Of all that the threads have made, by one alone. */
static bool compare(const job *jobs, int file, int way)
{
    uint64_t alone = make(jobs[0].files[file], way, true);
    for (int i = 0; i < THREADS; i++) {
        uint64_t made = jobs[i].made[file][way];
        if (made != 0 && made != alone) {
            printf("thread %d makes something else of %s\n", i,
                   jobs[i].files[file]);
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    static job jobs[THREADS];
    int n_files = argc - 1;
    assert(n_files > 0 && n_files <= MAX_FILES);
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (job){.number = i, .n_files = n_files, .files = argv + 1};
        assert(pthread_create(&jobs[i].thread, NULL, work, &jobs[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert(pthread_join(jobs[i].thread, NULL) == 0);
    }
    /* last, so that what is made once is made while there are many */
    bool good = true;
    for (int k = 0; k < n_files * WAYS; k++) {
        good = compare(jobs, k / WAYS, k % WAYS) && good;
    }
    printf("%d threads, %d files\n", THREADS, n_files);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
