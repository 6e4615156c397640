/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * api_test.c - what snn.h has and the command line has not: arrays in memory,
 * models that are read from elsewhere, conversions. Each command does what
 * `snnc` does with files, on base.nir of make.py, for a test to compare.
 */
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "snn.h"

enum { STEPS = 12, INPUTS = 3, OUTPUTS = 4 };

static void report(snn_severity severity, const char *where, const char *text,
                   void *user)
{
    static const char *const names[] = {"error", "warning", "note", "help"};
    (void)user;
    fprintf(stderr, "%s: %s: %s\n", where, names[severity], text);
}

static void write_out(const char *text, int64_t size, void *user)
{
    (void)user;
    fwrite(text, 1, (size_t)size, stdout);
}

static const snn_options base = {
    .model = "base.nir", .semantics = "nir", .dt = ".1", .report = report};

/*===- arrays ---------------------------------------------------------------*/

static const int64_t shape[] = {STEPS, INPUTS};

/* spikes() of make.py, as a type; numbers has room for any. */
static snn_tensor spikes(char kind, int itemsize, double *numbers)
{
    for (int i = 0; i < STEPS * INPUTS; i++) {
        bool spike = i * i % 7 < 3;
        float f32 = spike;
        double f64 = spike;
        int32_t i32 = spike;
        uint8_t u8 = spike;
        const void *from = kind == 'f' && itemsize == 8 ? (void *)&f64
                           : kind == 'f'                ? (void *)&f32
                           : itemsize == 4              ? (void *)&i32
                                                        : (void *)&u8;
        memcpy((char *)numbers + i * itemsize, from, (size_t)itemsize);
    }
    return (snn_tensor){kind, itemsize, 2, shape, numbers};
}

static bool run_as(char kind, int itemsize, const char *kind_of_input,
                   const char *out)
{
    double numbers[STEPS * INPUTS];
    snn_tensor x = spikes(kind, itemsize, numbers);
    snn_options o = base;
    o.input_kind = kind_of_input;
    snn_run_options how = {
        .inputs = &(snn_array){"input", NULL, &x},
        .n_inputs = 1,
        .outputs = &(snn_array){.path = out},
        .n_outputs = 1,
        .reference = true,
    };
    return snn_run(&o, &how);
}

static bool run(void)
{
    return run_as('f', 4, NULL, "f4.out") && run_as('f', 8, NULL, "f8.out") &&
           run_as('i', 4, NULL, "i4.out") && run_as('u', 1, NULL, "u1.out") &&
           run_as('b', 1, NULL, "b1.out") &&
           run_as('u', 1, "spikes", "events.out") &&
           run_as('f', 4, "spikes", "f4-events.out");
}

static bool set(void)
{
    const float r[OUTPUTS] = {1.0F, 2.5F, 3.0F, 0.5F};
    snn_tensor values = {'f', 4, 1, (const int64_t[]){OUTPUTS}, r};
    snn_options o = base;
    o.settings = &(snn_array){"lif.r", NULL, &values};
    o.n_settings = 1;
    return snn_build(&o, "set", NULL);
}

static bool quantize(void)
{
    double numbers[STEPS * INPUTS];
    snn_tensor x = spikes('f', 8, numbers);
    snn_options o = base;
    o.quantize = "int8";
    o.data = &(snn_array){NULL, "f4.npy", &x};
    o.n_data = 1;
    return snn_build(&o, "quantized", NULL);
}

static bool verify(void)
{
    double numbers[STEPS * INPUTS];
    const uint8_t zeros[STEPS * OUTPUTS] = {0};
    snn_tensor x = spikes('f', 4, numbers);
    snn_tensor y = {'u', 1, 2, (const int64_t[]){STEPS, OUTPUTS}, zeros};
    snn_verify_options how = {
        .inputs = &(snn_array){NULL, NULL, &x},
        .n_inputs = 1,
        .expected = &(snn_array){NULL, "zeros.npy", &y},
        .n_expected = 1,
        .reference = true,
        .json = true,
    };
    return snn_verify(&base, &how, write_out);
}

static bool plot(void)
{
    double numbers[STEPS * INPUTS];
    snn_tensor x = spikes('b', 1, numbers);
    snn_plot_options how = {
        .data = &(snn_array){"f4.npy", NULL, &x},
        .n_data = 1,
        .ascii = true,
        .write = write_out,
    };
    return snn_plot(&(snn_options){.report = report}, &how);
}

/* Tensors that are none: in words, and nothing else. */
static bool refuse(void)
{
    int64_t many[17];
    double numbers[STEPS * INPUTS];
    for (int i = 0; i < 17; i++) {
        many[i] = 1;
    }
    const snn_tensor bad[] = {
        {'c', 8, 2, shape, numbers},
        {'f', 3, 2, shape, numbers},
        {'f', 4, 17, many, numbers},
        {'f', 4, 2, (const int64_t[]){-1, INPUTS}, numbers},
        {'f', 8, 2, (const int64_t[]){INT64_MAX / 4, 16}, numbers},
        {'f', 8, 2, (const int64_t[]){INPUTS, STEPS}, numbers}};
    bool all = true;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snn_array x = {i % 2 == 0 ? "input" : NULL, i == 4 ? "mine" : NULL,
                       &bad[i]};
        all =
            !snn_run(&base, &(snn_run_options){.inputs = &x, .n_inputs = 1}) &&
            all;
    }
    snn_array twice[] = {{NULL, NULL, &bad[0]}, {"input", NULL, &bad[0]}};
    snn_run_options both = {.inputs = twice, .n_inputs = 2};
    return !snn_run(&base, &both) && all;
}

/*===- the file -------------------------------------------------------------*/

static bool file(void)
{
    snn_options o = base;
    o.model = "folder/called.nir";
    o.file = "base.nir";
    bool good = snn_build(&o, "file", NULL) && snn_check(&o, false, write_out);
    o.file = "absent.nir";
    good = !snn_build(&o, "absent", NULL) && good;
    o.file = "f4.npy";
    return !snn_build(&o, "absent", NULL) && good;
}

/*===- snn_convert ----------------------------------------------------------*/

static void expect_same(const snn_tensor *x, const snn_port *p)
{
    void *numbers;
    assert(snn_convert(&base, "x", x, p, &numbers));
    assert(numbers == x->data);
}

static void *converted(const snn_tensor *x, const snn_port *p)
{
    void *numbers;
    assert(snn_convert(&base, "x", x, p, &numbers));
    assert(numbers != x->data);
    return numbers;
}

static void expect_refused(snn_tensor x, const snn_port *p)
{
    void *numbers = &x;
    assert(!snn_convert(&base, "x", &x, p, &numbers));
    assert(!numbers);
}

static bool convert(void)
{
    const int64_t n[] = {2, 20};
    const snn_port events = {.kind = 'u', .itemsize = 1};
    const snn_port counts = {.kind = 'i', .itemsize = 4};
    const snn_port floats = {.kind = 'f', .itemsize = 4};
    const snn_port doubles = {.kind = 'f', .itemsize = 8};
    uint8_t u[40] = {0, 1, 1};
    int32_t i[40] = {-7, 1 << 24, INT32_MAX};
    float f[40] = {0.5F, -0.0F, 1e-45F};
    double d[40] = {0.5, -0.0, 1e-45F};
    /* Ties to even; the largest that rounds down to what is finite. */
    const double real[40] = {0.1, 1 + 0x1p-24, 1 + 0x3p-24,
                             0x1.fffffefffffffp127};
    const float rounded[40] = {0.1F, 1, 1 + 0x1p-22F, 0x1.fffffep127F};
    const int64_t whole[40] = {-7, 1 << 24, 1LL << 60};
    const float whole_f[40] = {-7, 1 << 24, 0x1p60F};
    expect_same(&(snn_tensor){'u', 1, 2, n, u}, &events);
    expect_same(&(snn_tensor){'b', 1, 2, n, u}, &events);
    expect_same(&(snn_tensor){'i', 4, 2, n, i}, &counts);
    expect_same(&(snn_tensor){'f', 4, 2, n, f}, &floats);
    expect_same(&(snn_tensor){'f', 8, 2, n, d}, &doubles);
    void *made = converted(&(snn_tensor){'f', 8, 2, n, d}, &floats);
    assert(memcmp(made, f, sizeof f) == 0);
    free(made);
    made = converted(&(snn_tensor){'f', 4, 2, n, f}, &doubles);
    assert(memcmp(made, d, sizeof d) == 0);
    free(made);
    char odd[sizeof f + 1]; /* no float may stand there */
    memcpy(odd + 1, f, sizeof f);
    made = converted(&(snn_tensor){'f', 4, 2, n, odd + 1}, &floats);
    assert(memcmp(made, f, sizeof f) == 0);
    free(made);
    made = converted(&(snn_tensor){'f', 4, 2, (const int64_t[]){0, 3}, NULL},
                     &doubles);
    free(made);
    made = converted(&(snn_tensor){'f', 8, 2, n, real}, &floats);
    assert(memcmp(made, rounded, sizeof rounded) == 0);
    free(made);
    made = converted(&(snn_tensor){'i', 8, 2, n, whole}, &floats);
    assert(memcmp(made, whole_f, sizeof whole_f) == 0);
    free(made);
    u[38] = 2;
    expect_refused((snn_tensor){'u', 1, 2, n, u}, &events);
    expect_refused((snn_tensor){'b', 1, 2, n, u}, &events);
    f[21] = NAN;
    expect_refused((snn_tensor){'f', 4, 2, n, f}, &floats);
    d[39] = -(double)INFINITY;
    expect_refused((snn_tensor){'f', 8, 2, n, d}, &doubles);
    d[39] = 0x1.ffffffp127; /* rounds to infinity */
    expect_refused((snn_tensor){'f', 8, 2, n, d}, &floats);
    d[39] = 0.5;
    expect_refused((snn_tensor){'f', 8, 2, n, d}, &events);
    expect_refused((snn_tensor){'i', 4, 2, n, i}, &floats);
    expect_refused((snn_tensor){'c', 8, 2, n, i}, &floats);
    const int64_t many[] = {1LL << 49}; /* no system has room for them */
    expect_refused((snn_tensor){'f', 4, 1, many, f}, &doubles);
    return true;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*run)(void);
    } commands[] = {{"run", run},           {"set", set},
                    {"quantize", quantize}, {"verify", verify},
                    {"plot", plot},         {"refuse", refuse},
                    {"file", file},         {"convert", convert}};
    for (size_t i = 0; argc == 2 && i < sizeof commands / sizeof *commands;
         i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run() ? EXIT_SUCCESS : EXIT_FAILURE;
        }
    }
    return 2;
}
