/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * demo.c - runs the generated digits.c on the test images.
 *
 *   demo DIR HIDDEN.npy [SAMPLE]
 *
 * DIR holds test_spikes.npy (samples, steps, 64), test_labels.npy and
 * predictions.npy (samples); HIDDEN.npy holds the spikes of the hidden layer
 * (samples, steps, neurons). All are arrays of bytes. Prints the accuracy, the
 * time per step, and the spikes of one sample. The exit status is 1 if a
 * prediction is not that of the tool that trained the network.
 */
#define _POSIX_C_SOURCE 199309L

#include "digits.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_RANK = 3, MAX_STEPS = 64, SIDE = 8, HIDDEN_ROWS = 16 };

/* An array of bytes from a .npy file. */
typedef struct array {
    size_t rank;
    size_t shape[MAX_RANK];
    uint8_t *data; /* from malloc */
} array;

static void fail(const char *file, const char *why)
{
    fprintf(stderr, "demo: %s: error: %s\n", file, why);
    exit(1);
}

/* Reads the shape from a header such as "'shape': (357, 16, 64), }". */
static bool parse_shape(const char *header, array *a)
{
    const char *at = strstr(header, "'shape': (");
    if (at == NULL) {
        return false;
    }
    at += strlen("'shape': (");
    while (*at >= '0' && *at <= '9') {
        char *end = NULL;
        if (a->rank == MAX_RANK) {
            return false;
        }
        a->shape[a->rank++] = (size_t)strtoul(at, &end, 10);
        at = end + strspn(end, ", ");
    }
    return *at == ')';
}

static size_t size_of(const array *a)
{
    size_t size = 1;
    for (size_t axis = 0; axis < a->rank; axis++) {
        size *= a->shape[axis];
    }
    return size;
}

/* Reads a .npy file of version 1.0 that holds bytes in C order. */
static array read_npy(const char *directory, const char *name)
{
    array a = {0};
    char path[4096];
    char header[4096];
    uint8_t start[10];
    snprintf(path, sizeof path, "%s%s", directory, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail(path, "cannot be opened");
    }
    if (fread(start, 1, sizeof start, file) != sizeof start ||
        memcmp(start, "\x93NUMPY\x01\x00", 8) != 0) {
        fail(path, "is not a .npy file of version 1.0");
    }
    size_t length = start[8] + 256U * (size_t)start[9];
    if (length >= sizeof header || fread(header, 1, length, file) != length) {
        fail(path, "has a broken header");
    }
    header[length] = '\0';
    if (strstr(header, "'descr': '|u1'") == NULL ||
        strstr(header, "'fortran_order': False") == NULL ||
        !parse_shape(header, &a)) {
        fail(path, "is not an array of bytes in C order");
    }
    a.data = malloc(size_of(&a));
    if (a.data == NULL || fread(a.data, 1, size_of(&a), file) != size_of(&a)) {
        fail(path, "is too short");
    }
    fclose(file);
    return a;
}

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Runs one sample from a fresh state. Returns the nanoseconds it took. */
static int64_t run(const array *spikes, size_t sample,
                   uint8_t output[MAX_STEPS][DIGITS_OUTPUT])
{
    static float input[MAX_STEPS][DIGITS_INPUT];
    static digits_state state;
    size_t steps = spikes->shape[1];
    const uint8_t *from = &spikes->data[sample * steps * DIGITS_INPUT];
    for (size_t i = 0; i < steps * DIGITS_INPUT; i++) {
        input[i / DIGITS_INPUT][i % DIGITS_INPUT] = (float)from[i];
    }
    int64_t start = now_ns();
    digits_init(&state);
    for (size_t step = 0; step < steps; step++) {
        digits_step(&state, input[step], output[step]);
    }
    return now_ns() - start;
}

/* The class with the most spikes, the lowest of equals. */
static size_t predict(uint8_t output[MAX_STEPS][DIGITS_OUTPUT], size_t steps)
{
    size_t count[DIGITS_OUTPUT] = {0};
    size_t best = 0;
    for (size_t i = 0; i < steps * DIGITS_OUTPUT; i++) {
        count[i % DIGITS_OUTPUT] +=
            output[i / DIGITS_OUTPUT][i % DIGITS_OUTPUT];
    }
    for (size_t class = 1; class < DIGITS_OUTPUT; class++) {
        best = count[class] > count[best] ? class : best;
    }
    return best;
}

/* The image that the input spikes show, two columns for a pixel. */
static void show_image(const uint8_t *spikes, size_t steps)
{
    static const char *const shades[] = {"  ", "░░", "▒▒", "▓▓", "██"};
    for (size_t pixel = 0; pixel < DIGITS_INPUT; pixel++) {
        size_t count = 0;
        for (size_t step = 0; step < steps; step++) {
            count += spikes[step * DIGITS_INPUT + pixel];
        }
        printf("%s%s%s", pixel % SIDE == 0 ? "    " : "",
               shades[(4 * count + steps - 1) / steps],
               pixel % SIDE == SIDE - 1 ? "\n" : "");
    }
}

/* One row of a raster: what a neuron of count did in each step. */
static void show_neuron(const char *layer, size_t neuron, const uint8_t *spikes,
                        size_t steps, size_t count)
{
    size_t sum = 0;
    printf("    %-6s %2zu  ", layer, neuron);
    for (size_t step = 0; step < steps; step++) {
        uint8_t spike = spikes[step * count + neuron];
        printf("%s", spike != 0 ? "█ " : "· ");
        sum += spike;
    }
    printf(" %2zu\n", sum);
}

static void show_sample(const array *spikes, const array *hidden, size_t sample,
                        size_t label)
{
    static uint8_t output[MAX_STEPS][DIGITS_OUTPUT];
    size_t steps = spikes->shape[1];
    size_t neurons = hidden->shape[2];
    run(spikes, sample, output);
    printf("\ntest image %zu, a %zu: its pixels spike in proportion\n\n",
           sample, label);
    show_image(&spikes->data[sample * steps * DIGITS_INPUT], steps);
    printf("\nthe spikes of %d of %zu hidden neurons, and of the output: "
           "%zu steps, then their sum\n\n",
           HIDDEN_ROWS, neurons, steps);
    for (size_t row = 0; row < HIDDEN_ROWS; row++) {
        show_neuron("hidden", row * neurons / HIDDEN_ROWS,
                    &hidden->data[sample * steps * neurons], steps, neurons);
    }
    printf("\n");
    for (size_t class = 0; class < DIGITS_OUTPUT; class++) {
        show_neuron("output", class, output[0], steps, DIGITS_OUTPUT);
    }
    printf("\n    predicted: %zu\n", predict(output, steps));
}

/* Runs all samples. Returns whether each prediction is the expected one. */
static bool measure(const array *spikes, const uint8_t *labels,
                    const uint8_t *expected)
{
    static uint8_t output[MAX_STEPS][DIGITS_OUTPUT];
    size_t samples = spikes->shape[0];
    size_t steps = spikes->shape[1];
    size_t right = 0;
    size_t equal = 0;
    int64_t ns = 0;
    for (size_t sample = 0; sample < samples; sample++) {
        ns += run(spikes, sample, output);
        size_t class = predict(output, steps);
        right += class == labels[sample];
        equal += class == expected[sample];
    }
    printf("accuracy       %.2f %% (%zu of %zu test images)\n",
           100.0 * (double)right / (double)samples, right, samples);
    printf("predictions    %zu of %zu are those of the trained network\n",
           equal, samples);
    printf("time per step  %.0f ns (%zu steps an image)\n",
           (double)ns / (double)(samples * steps), steps);
    return equal == samples;
}

static void check_shapes(const array *spikes, const array *labels,
                         const array *expected, const array *hidden)
{
    if (spikes->rank != 3 || spikes->shape[1] == 0 ||
        spikes->shape[1] > MAX_STEPS || spikes->shape[2] != DIGITS_INPUT) {
        fail("test_spikes.npy", "does not have the shape (samples, steps, 64)");
    }
    if (labels->rank != 1 || labels->shape[0] != spikes->shape[0] ||
        expected->rank != 1 || expected->shape[0] != spikes->shape[0]) {
        fail("test_labels.npy, predictions.npy", "need one number per sample");
    }
    if (hidden->rank != 3 || hidden->shape[0] != spikes->shape[0] ||
        hidden->shape[1] != spikes->shape[1]) {
        fail("HIDDEN.npy", "does not have the samples and steps of the input");
    }
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4) {
        fputs("usage: demo DIR HIDDEN.npy [SAMPLE]\n", stderr);
        return 1;
    }
    array spikes = read_npy(argv[1], "/test_spikes.npy");
    array labels = read_npy(argv[1], "/test_labels.npy");
    array expected = read_npy(argv[1], "/predictions.npy");
    array hidden = read_npy(argv[2], "");
    size_t sample = argc == 4 ? (size_t)strtoul(argv[3], NULL, 10) : 0;
    check_shapes(&spikes, &labels, &expected, &hidden);
    if (sample >= spikes.shape[0]) {
        fail(argv[3], "there is no such sample");
    }
    bool equal = measure(&spikes, labels.data, expected.data);
    show_sample(&spikes, &hidden, sample, labels.data[sample]);
    free(spikes.data);
    free(labels.data);
    free(expected.data);
    free(hidden.data);
    return equal ? 0 : 1;
}
