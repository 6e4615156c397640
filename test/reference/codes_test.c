/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * codes_test.c - what operations compute on codes, by hand. Ties, saturation
 * and negative numbers are the point.
 */
#include <math.h>

#include "fixture.h"

#define Q8 "!quant.uniform<i8:f32, 0.5>"
#define Q16 "!quant.uniform<i16:f32, 0.25>"
#define Q32 "!quant.uniform<i32:f32, 0.5>"
#define AXIS "!quant.uniform<i32:f32:0, {0.5,2.0}>"

/* 2 x i16 in, 2 x i16 out, by one operation; %x has type Q16. */
static void check16(const char *body, const int16_t x[2], const int16_t y[2])
{
    arena a = {0};
    check(text_printf(&a,
                      "snn.step @s inputs(%%x \"x\" : tensor<2x" Q16 ">)"
                      " outputs(\"y\") {\n%s\nsnn.yield %%y : tensor<2x" Q16
                      ">\n}",
                      body),
          x, y, 2 * sizeof *y);
    arena_free(&a);
}

static void linear_sums_codes(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<3xi8>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[127, -128, 1], [-8, 7, 0]]> :"
          " tensor<2x3xi8> as tensor<2x3x" Q8 ">\n"
          "%b = snn.constant dense<[1000, -1]> : tensor<2xi32>"
          " as tensor<2x" Q32 ">\n"
          "%y = snn.linear \"fc\" %x weight %w bias %b : (tensor<3xi8>,"
          " tensor<2x3x" Q8 ">, tensor<2x" Q32 ">) -> tensor<2x" Q32 ">\n"
          "snn.yield %y : tensor<2x" Q32 ">\n}",
          (const int8_t[]){2, -3, 5}, (const int32_t[]){1643, -38}, 8);
}

/* i4 weights; the sum is exact before it is cut to 32 bits. */
static void linear_saturates(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2xi32>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[7, 7], [-8, -8], [7, -8], [-1, 1]]> :"
          " tensor<4x2xi4> as tensor<4x2x!quant.uniform<i4:f32, 0.5>>\n"
          "%y = snn.linear \"fc\" %x weight %w : (tensor<2xi32>,"
          " tensor<4x2x!quant.uniform<i4:f32, 0.5>>) -> tensor<4x" Q32 ">\n"
          "snn.yield %y : tensor<4x" Q32 ">\n}",
          (const int32_t[]){2147483647, 2147483647},
          (const int32_t[]){2147483647, -2147483647 - 1, -2147483647, 0}, 16);
}

static void conv_of_codes(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<1x4xi1>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[[1, 2, 3]], [[-1, 10, -1]]]> :"
          " tensor<2x1x3xi8> as tensor<2x1x3x" Q8 ">\n"
          "%b = snn.constant dense<[0, 5]> : tensor<2xi32>"
          " as tensor<2x" Q32 ">\n"
          "%y = snn.conv \"c\" %x weight %w bias %b {stride = array<i64: 2>,"
          " pads = array<i64: 1, 0>, dilation = array<i64: 1>, groups = 1} :"
          " (tensor<1x4xi1>, tensor<2x1x3x" Q8 ">, tensor<2x" Q32 ">)"
          " -> tensor<2x2x" Q32 ">\n"
          "snn.yield %y : tensor<2x2x" Q32 ">\n}",
          (const uint8_t[]){1, 1, 0, 1}, (const int32_t[]){5, 4, 14, 3}, 16);
}

#define POOL                                                                   \
    " {kernel = array<i64: 2, 1>, stride = array<i64: 2, 1>,"                  \
    " pads = array<i64: 0, 0, 0, 0>} : tensor<1x2x2x"

/* The mean of 3 and 2 is 2, of 3 and 4 is 4: to the nearest even. */
static void pools_of_codes(void)
{
    static const int16_t x[] = {3, 3, 2, 4};
    check("snn.step @s inputs(%x \"x\" : tensor<1x2x2x" Q16 ">)"
          " outputs(\"y\") {\n%y = snn.avg_pool \"p\" %x" POOL Q16
          "> -> tensor<1x1x2x" Q16 ">\nsnn.yield %y : tensor<1x1x2x" Q16 ">\n}",
          x, (const int16_t[]){2, 4}, 4);
    check("snn.step @s inputs(%x \"x\" : tensor<1x2x2x" Q16 ">)"
          " outputs(\"y\") {\n%y = snn.avg_pool \"p\" %x" POOL Q16
          "> -> tensor<1x1x2x!quant.uniform<i16:f32, 0.125>>\n"
          "snn.yield %y : tensor<1x1x2x!quant.uniform<i16:f32, 0.125>>\n}",
          x, (const int16_t[]){5, 7}, 4);
    static const int16_t large[] = {-32768, 32767, -32768, 1};
    check("snn.step @s inputs(%x \"x\" : tensor<1x2x2x" Q16 ">)"
          " outputs(\"y\") {\n%y = snn.sum_pool \"p\" %x" POOL Q16
          "> -> tensor<1x1x2x" Q16 ">\nsnn.yield %y : tensor<1x1x2x" Q16 ">\n}",
          large, (const int16_t[]){-32768, 32767}, 4);
}

static void elementwise_on_codes(void)
{
    check16("%y = snn.scale \"g\" %x {scale = 1.5} : tensor<2x" Q16
            "> -> tensor<2x" Q16 ">",
            (const int16_t[]){3, -1}, (const int16_t[]){4, -2});
    check16("%y = snn.scale \"g\" %x {scale = -1.0e9} : tensor<2x" Q16
            "> -> tensor<2x" Q16 ">",
            (const int16_t[]){3, -1}, (const int16_t[]){-32768, 32767});
    check16("%y = snn.sum \"n\" %x, %x : tensor<2x" Q16 ">, tensor<2x" Q16
            "> -> tensor<2x" Q16 ">",
            (const int16_t[]){20000, -3}, (const int16_t[]){32767, -6});
    check("snn.step @s inputs(%x \"x\" : tensor<2x" Q16 ">) outputs(\"y\") {\n"
          "%y = snn.threshold \"t\" %x {threshold = 0.75} : tensor<2x" Q16
          "> -> tensor<2xi1>\nsnn.yield %y : tensor<2xi1>\n}",
          (const int16_t[]){3, 4}, (const uint8_t[]){0, 1}, 2);
}

/* 0.25 x in units of 0.5 and of 2: ties go to even numbers. */
static void rescale_rounds(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2x" Q16 ">) outputs(\"y\") {\n"
          "%y = snn.rescale \"r\" %x : tensor<2x" Q16 "> -> tensor<2x" AXIS
          ">\nsnn.yield %y : tensor<2x" AXIS ">\n}",
          (const int16_t[]){-5, 12}, (const int32_t[]){-2, 2}, 8);
    check("snn.step @s inputs(%x \"x\" : tensor<2x" Q16 ">) outputs(\"y\") {\n"
          "%y = snn.rescale \"r\" %x : tensor<2x" Q16 "> -> tensor<2x" AXIS
          ">\nsnn.yield %y : tensor<2x" AXIS ">\n}",
          (const int16_t[]){-7, 13}, (const int32_t[]){-4, 2}, 8);
}

/* Floats in units of 0.25: ties go to even codes, NaN is 0, the rest is cut. */
static void floats_at_borders(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<8xf32>) outputs(\"y\") {\n"
          "%y = snn.rescale \"x\" %x : tensor<8xf32> -> tensor<8x" Q16
          ">\nsnn.yield %y : tensor<8x" Q16 ">\n}",
          (const float[]){0.125F, 0.375F, -0.125F, -0.625F, NAN, -INFINITY,
                          9000.0F, -0.3125F},
          (const int16_t[]){0, 2, 0, -2, 0, -32768, 32767, -1}, 16);
    check("snn.step @s inputs(%x \"x\" : tensor<2x" Q16 ">) outputs(\"y\") {\n"
          "%y = snn.rescale \"y\" %x : tensor<2x" Q16
          "> -> tensor<2xf32>\nsnn.yield %y : tensor<2xf32>\n}",
          (const int16_t[]){-5, 32767}, (const float[]){-1.25F, 8191.75F}, 8);
}

/* An integer becomes a float, with 24 bits, before it is multiplied. */
static void integers_that_meet_floats(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<1xi32>) outputs(\"y\") {\n"
          "%y = snn.scale \"g\" %x {scale = 3.0} : tensor<1xi32>"
          " -> tensor<1xf32>\nsnn.yield %y : tensor<1xf32>\n}",
          (const int32_t[]){16777217}, (const float[]){50331648.0F}, 4);
}

/* Two steps of a state of i16 in units of 0.25; x is in units of 0.5. */
static void check_state(const char *integrate, const int16_t expected[2])
{
    fixture f = {0};
    start(&f, text_printf(&f.a,
                          "snn.step @s inputs(%%x \"x\" : tensor<1x" Q32 ">)"
                          " states(%%v \"v\" : tensor<1x" Q16 "> = 0.3)"
                          " outputs(\"y\") {\n"
                          "%%n = snn.integrate \"n\" %s : tensor<1x" Q32
                          ">, tensor<1x" Q16 ">\n"
                          "snn.yield %%n next %%n : tensor<1x" Q16
                          "> next tensor<1x" Q16 ">\n}",
                          integrate));
    assert(f.r);
    static const int32_t x = 5;
    for (int t = 0; t < 2; t++) {
        int16_t y;
        step(&f, &x, &y);
        if (y != expected[t]) {
            fprintf(stderr, "%s: step %d gives %d, expected %d\n", integrate, t,
                    y, expected[t]);
            abort();
        }
    }
    finish(&f);
}

/* v starts from round(0.3 / 0.25) = 1; x is 2.5, 10 codes of v. */
static void integrate_forms_of_codes(void)
{
    check_state("accumulate %x into %v {gain = 1.0}",
                (const int16_t[]){11, 21});
    check_state("accumulate %x into %v {gain = -0.3}",
                (const int16_t[]){-2, -5}); /* -3 each */
    check_state("leaky %x into %v {decay = 0.5, gain = 1.0}",
                (const int16_t[]){10, 15}); /* 0.5 and 5 */
    check_state("leaky %x into %v {decay = 0.5, gain = 1.0, leak = 0.25}",
                (const int16_t[]){12, 17}); /* 1.5, then 7 */
    check_state("jump %x into %v {decay = 0.5, gain = 1.0}",
                (const int16_t[]){5, 7}); /* 0.5 and 2.5; g = 1 */
    check_state("relax %x into %v {decay = 0.25, gain = 2.0, leak = 1.0}",
                (const int16_t[]){7, 11}); /* 1.75, 6.25; g = 1 */
    check_state("pull %x into %v {decay = 0.25, gain = 2.0, leak = 1.0}",
                (const int16_t[]){7, 11});
    check_state("exact %x into %v {decay = 0.5, gain = 1.0, leak = 1.0}",
                (const int16_t[]){12, 18}); /* 2.5 and 8 */
    check_state("divide %x into %v {decay = 4.0, gain = 2.0, leak = 1.0}",
                (const int16_t[]){7, 11});
    check_state("leak_divide %x into %v {decay = 4.0, gain = 1.0, leak = 0.0}",
                (const int16_t[]){11, 18}); /* 0.75; 8.25 */
    check_state("approach %x into %v {decay = -0.25, gain = 2.0}",
                (const int16_t[]){6, 9}); /* 0.75; 4.5 */
    check_state("accumulate %x into %v {gain = 4000.0}",
                (const int16_t[]){32767, 32767});
}

/* One step of a neuron with states of i16 in units of 0.25. */
static void check_fire(const char *fire, const char *spikes, int16_t v,
                       const uint8_t *s, int16_t after)
{
    fixture f = {0};
    start(&f, text_printf(&f.a,
                          "snn.step @s inputs(%%v \"v\" : tensor<1x" Q16 ">)"
                          " states(%%p \"p\" : tensor<1x" Q16 "> = 0.8)"
                          " outputs(\"s\", \"n\") {\n"
                          "%%s, %%n = snn.fire \"n\" %%v %s -> tensor<1x%s>\n"
                          "snn.yield %%s, %%n next %%p : tensor<1x%s>,"
                          " tensor<1x" Q16 "> next tensor<1x" Q16 ">\n}",
                          fire, spikes, spikes));
    assert(f.r);
    uint8_t got = 99;
    int16_t state = 99;
    reference_step(f.r, (const void *[]){&v}, (void *[]){&got, &state});
    if (got != *s || state != after) {
        fprintf(stderr, "%s: %d gives %d and %d\n", fire, v, got, state);
        abort();
    }
    finish(&f);
}

#define T16 " : tensor<1x" Q16 ">"

static void fire_modes_of_codes(void)
{
    static const uint8_t no = 0;
    static const uint8_t yes = 1;
    static const uint8_t three = 3;
    static const char *const value = "{threshold = 0.8, reset = -0.3}" T16;
    check_fire(value, "i1", 3, &no, 3); /* 0.75 */
    check_fire(value, "i1", 4, &yes, -1);
    static const char *const ge =
        "mode subtract compare ge {threshold = 0.75}" T16;
    check_fire(ge, "i1", 2, &no, 2);
    check_fire(ge, "i1", 3, &yes, 0);
    static const char *const count =
        "mode subtract compare count {cap = 3 : i32, threshold = 0.8}" T16;
    check_fire(count, "i8", 2, &no, 2); /* a unit is 3 codes */
    check_fire(count, "i8", 11, &three, 2);
    check_fire(count, "i8", 14, &three, 5);
    check_fire(count, "i8", -9, &no, -9);
    /* p is 0.75, above 0.7: it is reset first, and taken back if silent */
    static const char *const guard =
        "after %p mode subtract {threshold = 0.7}" T16 ", tensor<1x" Q16 ">";
    check_fire(guard, "i1", 5, &no, 5);
    check_fire(guard, "i1", 6, &yes, 3);
}

static void reset_and_clamp_codes(void)
{
    check16("%c = snn.constant dense<[3, -2]> : tensor<2xi8>\n"
            "%y = snn.reset \"r\" %x by %c mode subtract {threshold = 0.8} :"
            " tensor<2x" Q16 ">, tensor<2xi8>",
            (const int16_t[]){10, -32767}, (const int16_t[]){1, -32761});
    check16("%y = snn.clamp \"c\" %x at relu {low = -0.8} : tensor<2x" Q16 ">",
            (const int16_t[]){-5, 2}, (const int16_t[]){-3, 2});
}

/* What was cut is counted by node. */
static void saturations_are_counted(void)
{
    fixture f = {0};
    start(&f, "snn.step @s inputs(%x \"x\" : tensor<3x" Q16 ">)"
              " outputs(\"y\") {\n"
              "%y = snn.sum \"a\" %x, %x : tensor<3x" Q16 ">, tensor<3x" Q16
              "> -> tensor<3x" Q16 ">\n"
              "snn.yield %y : tensor<3x" Q16 ">\n}");
    static const int16_t x[] = {32767, 1, -32768};
    int16_t y[3];
    step(&f, x, y);
    step(&f, x, y);
    assert(reference_saturations(f.r, "a") == 4);
    assert(reference_saturations(f.r, "b") == 0);
    finish(&f);
}

int main(void)
{
    linear_sums_codes();
    linear_saturates();
    conv_of_codes();
    pools_of_codes();
    elementwise_on_codes();
    rescale_rounds();
    floats_at_borders();
    integers_that_meet_floats();
    integrate_forms_of_codes();
    fire_modes_of_codes();
    reset_and_clamp_codes();
    saturations_are_counted();
    return 0;
}
