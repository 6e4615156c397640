/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * reference_test.c - what each operation of the step level computes, by hand.
 *
 * Prints nothing and exits with 0 if all is well. Each test is a snn.step in
 * text; where rounding is the point, numbers are such that another order or
 * another precision gives other bits.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ir/dialect.h"
#include "mlir-c/Dialect/Quant.h"
#include "mlir-c/Dialect/Tensor.h"
#include "reference/reference.h"

typedef struct fixture {
    arena a;
    MlirContext context;
    MlirModule module;
    diag d;
    buf messages; /* "where: text", a line each */
    reference *r; /* of the first operation; NULL after a diagnostic */
} fixture;

static void report(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    assert(severity == DIAG_ERROR);
    buf_printf(user, "%s: %s\n", where, text);
}

static void load(MlirContext context, MlirDialectHandle dialect)
{
    mlirDialectHandleRegisterDialect(dialect, context);
    mlirDialectHandleLoadDialect(dialect, context);
}

/* What stands behind every module: w is 1, 2, 3 in f32, after its alignment. */
static const char RESOURCES[] =
    "{-# dialect_resources: { builtin: { w:"
    " \"0x040000000000803F0000004000004040\" } } #-}";

/* f is zero before; the step is the only operation of text. */
static void start(fixture *f, const char *text)
{
    f->context = mlirContextCreate();
    load(f->context, mlirGetDialectHandle__quant__());
    load(f->context, mlirGetDialectHandle__tensor__());
    load(f->context, mlirGetDialectHandle__snn__());
    const char *module =
        text_printf(&f->a, "module {\n%s\n}\n%s", text, RESOURCES);
    f->module = mlirModuleCreateParse(f->context,
                                      mlirStringRefCreateFromCString(module));
    assert(!mlirModuleIsNull(f->module));
    f->messages = (buf){.a = &f->a};
    f->d = (diag){.report = report, .user = &f->messages};
    MlirBlock body = mlirModuleGetBody(f->module);
    f->r = reference_create(mlirBlockGetFirstOperation(body), &f->a, &f->d);
}

static void finish(fixture *f)
{
    mlirModuleDestroy(f->module);
    mlirContextDestroy(f->context);
    arena_free(&f->a);
}

/* One step with one input and one output. */
static void step(fixture *f, const void *x, void *y)
{
    const void *inputs[] = {x};
    void *outputs[] = {y};
    reference_step(f->r, inputs, outputs);
}

/* Compiles text and compares the bits of one step's output. */
static void check(const char *text, const void *x, const void *expected,
                  size_t bytes)
{
    fixture f = {0};
    unsigned char y[256] = {0};
    assert(bytes <= sizeof y);
    start(&f, text);
    assert(f.r);
    step(&f, x, y);
    assert(memcmp(y, expected, bytes) == 0);
    finish(&f);
}

static void check_rejected(const char *text, const char *messages)
{
    fixture f = {0};
    start(&f, text);
    assert(!f.r);
    if (strcmp(f.messages.text, messages) != 0) {
        fputs(f.messages.text, stderr);
        abort();
    }
    finish(&f);
}

/*---- synapses -----------------------------------------------------------*/

/* 1e8 + 1 - 1e8 is 0 in f32 from the left; the bias is added last. */
static void linear_sums_in_order(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<3xf32>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[1.0e8, 1.0, -1.0e8],"
          " [1.0e8, -1.0e8, 1.0]]> : tensor<2x3xf32>\n"
          "%b = snn.constant dense<0.5> : tensor<2xf32>\n"
          "%y = snn.linear \"fc\" %x weight %w bias %b : (tensor<3xf32>,"
          " tensor<2x3xf32>, tensor<2xf32>) -> tensor<2xf32>\n"
          "snn.yield %y : tensor<2xf32>\n}",
          (const float[]){1, 1, 1}, (const float[]){0.5F, 1.5F}, 8);
}

/* The sum starts from +0: a row of -0 gives +0. */
static void linear_starts_from_zero(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2xi1>) outputs(\"y\") {\n"
          "%w = snn.constant dense<-1.0> : tensor<1x2xf64>\n"
          "%y = snn.linear \"fc\" %x weight %w : (tensor<2xi1>,"
          " tensor<1x2xf64>) -> tensor<1xf64>\n"
          "snn.yield %y : tensor<1xf64>\n}",
          (const uint8_t[]){0, 0}, (const double[]){0}, 8);
}

static void linear_keeps_leading_axes(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2x2xi8>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]>"
          " : tensor<2x1x2xf32>\n"
          "%b = snn.constant dense<[[10.0], [20.0]]> : tensor<2x1xf32>\n"
          "%y = snn.linear \"fc\" %x weight %w bias %b : (tensor<2x2xi8>,"
          " tensor<2x1x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>\n"
          "snn.yield %y : tensor<2x1xf32>\n}",
          (const int8_t[]){1, -1, 2, 3}, (const float[]){9, 38}, 8);
}

/* More rows than are added in turn. */
static void linear_computes_every_row(void)
{
    float expected[19];
    for (int i = 0; i < 19; i++) {
        expected[i] = 6;
    }
    check("snn.step @s inputs(%x \"x\" : tensor<3xf32>) outputs(\"y\") {\n"
          "%w = snn.constant dense<2.0> : tensor<19x3xf32>\n"
          "%y = snn.linear \"fc\" %x weight %w : (tensor<3xf32>,"
          " tensor<19x3xf32>) -> tensor<19xf32>\n"
          "snn.yield %y : tensor<19xf32>\n}",
          (const float[]){1, 1, 1}, expected, sizeof expected);
}

static void constant_reads_resource(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<3xf32>) outputs(\"y\") {\n"
          "%w = snn.constant dense_resource<w> : tensor<1x3xf32>\n"
          "%y = snn.linear \"fc\" %x weight %w : (tensor<3xf32>,"
          " tensor<1x3xf32>) -> tensor<1xf32>\n"
          "snn.yield %y : tensor<1xf32>\n}",
          (const float[]){1, 10, 100}, (const float[]){321}, 4);
}

static void conv_2d(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<1x3x3xf32>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[[[1.0, 10.0], [100.0, 1000.0]]]]>"
          " : tensor<1x1x2x2xf32>\n"
          "%b = snn.constant dense<0.5> : tensor<1xf32>\n"
          "%y = snn.conv \"c\" %x weight %w bias %b {stride = array<i64: 2, 1>,"
          " pads = array<i64: 1, 0, 0, 1>, dilation = array<i64: 1, 2>,"
          " groups = 1 : i64} : (tensor<1x3x3xf32>, tensor<1x1x2x2xf32>,"
          " tensor<1xf32>) -> tensor<1x2x2xf32>\n"
          "snn.yield %y : tensor<1x2x2xf32>\n}",
          (const float[]){1, 2, 3, 4, 5, 6, 7, 8, 9},
          (const float[]){3100.5F, 200.5F, 9764.5F, 805.5F}, 16);
}

static void conv_1d_with_groups(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2x3xi1>) outputs(\"y\") {\n"
          "%w = snn.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]],"
          " [[5.0, 6.0]], [[7.0, 8.0]]]> : tensor<4x1x2xf64>\n"
          "%y = snn.conv \"c\" %x weight %w {stride = array<i64: 1>,"
          " pads = array<i64: 0, 0>, dilation = array<i64: 1>,"
          " groups = 2 : i64} : (tensor<2x3xi1>, tensor<4x1x2xf64>)"
          " -> tensor<4x2xf64>\n"
          "snn.yield %y : tensor<4x2xf64>\n}",
          (const uint8_t[]){1, 0, 1, 0, 1, 1},
          (const double[]){1, 2, 3, 4, 6, 11, 8, 15}, 64);
}

/* A window of 3 with one element of padding still divides by 3. */
static void pools(void)
{
    static const char *const sum =
        "snn.step @s inputs(%x \"x\" : tensor<1x2x2xi1>) outputs(\"y\") {\n"
        "%y = snn.sum_pool \"p\" %x {kernel = array<i64: 2, 2>,"
        " stride = array<i64: 1, 1>, pads = array<i64: 1, 0, 0, 0>}"
        " : tensor<1x2x2xi1> -> tensor<1x2x1xi8>\n"
        "snn.yield %y : tensor<1x2x1xi8>\n}";
    static const char *const mean =
        "snn.step @s inputs(%x \"x\" : tensor<1x2x2xf32>) outputs(\"y\") {\n"
        "%y = snn.avg_pool \"p\" %x {kernel = array<i64: 3, 1>,"
        " stride = array<i64: 1, 1>, pads = array<i64: 1, 0, 0, 0>}"
        " : tensor<1x2x2xf32> -> tensor<1x1x2xf32>\n"
        "snn.yield %y : tensor<1x1x2xf32>\n}";
    check(sum, (const uint8_t[]){1, 1, 1, 0}, (const int8_t[]){2, 3}, 2);
    check(mean, (const float[]){0.1F, 1, 0.2F, 1},
          (const float[]){(0.1F + 0.2F) / 3.0F, 2.0F / 3.0F}, 8);
}

/* 0.1 is rounded to f32 before the product, and the product once more. */
static void scale_rounds(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2xf32>) outputs(\"y\") {\n"
          "%y = snn.scale \"g\" %x {scale = dense<[0.1, -2.0]>"
          " : tensor<2xf64>} : tensor<2xf32> -> tensor<2xf32>\n"
          "snn.yield %y : tensor<2xf32>\n}",
          (const float[]){0.3F, 0.0F}, (const float[]){0.3F * 0.1F, -0.0F}, 8);
}

static void sum_of_mixed_types(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<1xi8>) outputs(\"y\") {\n"
          "%a = snn.constant dense<1.0e8> : tensor<1xf32>\n"
          "%b = snn.constant dense<-1.0e8> : tensor<1xf32>\n"
          "%c = snn.constant dense<true> : tensor<1xi1>\n"
          "%y = snn.sum \"n\" %x, %a, %b, %c : tensor<1xi8>, tensor<1xf32>,"
          " tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>\n"
          "snn.yield %y : tensor<1xf32>\n}",
          (const int8_t[]){1}, (const float[]){1}, 4);
}

static void threshold_is_strict(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<1x3xf32>) outputs(\"y\") {\n"
          "%t = snn.threshold \"t\" %x {threshold = 0.1} : tensor<1x3xf32>"
          " -> tensor<1x3xi1>\n"
          "%y = tensor.collapse_shape %t [[0, 1]] : tensor<1x3xi1>"
          " into tensor<3xi1>\n"
          "snn.yield %y : tensor<3xi1>\n}",
          (const float[]){0.1F, 0.11F, -1}, (const uint8_t[]){0, 1, 0}, 3);
}

/*---- state --------------------------------------------------------------*/

/* Each form on a state that starts from 0.7, in f32. */
static void integrate_forms(void)
{
    static const char *const format =
        "snn.step @s inputs(%%x \"x\" : tensor<8xf32>)"
        " states(%%v \"v\" : tensor<8xf32> = 0.7) outputs(\"y\") {\n"
        "%%n = snn.integrate \"n\" %s %%x into %%v {%s gain = 0.9}"
        " : tensor<8xf32>, tensor<8xf32>\n"
        "snn.yield %%n next %%n : tensor<8xf32> next tensor<8xf32>\n}";
    const char *both = "decay = 0.3, leak = 0.2,";
    const float v = 0.7F;
    float x[8], relax[8], accumulate[8], exact[8];
    for (int i = 0; i < 8; i++) {
        x[i] = 1.1F * (float)i - 3.3F;
        /* each product stands alone: clang fuses within an expression */
        float drive = 0.9F * x[i];
        float change = 0.3F * ((0.2F - v) + drive);
        float rest = (v - 0.2F) * 0.3F;
        relax[i] = v + change;
        accumulate[i] = v + drive;
        exact[i] = (0.2F + rest) + drive;
    }
    arena a = {0};
    check(text_printf(&a, format, "relax", both), x, relax, sizeof x);
    check(text_printf(&a, format, "accumulate", ""), x, accumulate, sizeof x);
    check(text_printf(&a, format, "exact", both), x, exact, sizeof x);
    arena_free(&a);
}

/* v is below the threshold, at it, and above. */
static void fire_modes(void)
{
    static const char *const format =
        "snn.step @s inputs(%%x \"x\" : tensor<3xf64>) outputs(\"s\", \"v\") "
        "{\n"
        "%%s, %%v = snn.fire \"n\" %%x {threshold = 1.0, %s} : tensor<3xf64>"
        " -> tensor<3xi1>\n"
        "snn.yield %%s, %%v : tensor<3xi1>, tensor<3xf64>\n}";
    static const struct {
        const char *attributes;
        uint8_t spikes[3];
        double next[3];
    } cases[] = {
        {"reset = -0.25", {0, 0, 1}, {0.5, 1, -0.25}},
        {"reset = -0.25, compare = #snn.compare<ge>",
         {0, 1, 1},
         {0.5, -0.25, -0.25}},
        {"mode = #snn.reset<subtract>", {0, 0, 1}, {0.5, 1, 0.5}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f = {0};
        uint8_t spikes[3];
        double next[3];
        start(&f, text_printf(&f.a, format, cases[i].attributes));
        assert(f.r);
        reference_step(f.r,
                       (const void *const[]){(const double[]){0.5, 1, 1.5}},
                       (void *const[]){spikes, next});
        assert(memcmp(spikes, cases[i].spikes, sizeof spikes) == 0);
        assert(memcmp(next, cases[i].next, sizeof next) == 0);
        finish(&f);
    }
}

/* Three steps of text, and once more after a reset. */
static void check_delay(const char *text, const int8_t expected[3][3])
{
    fixture f = {0};
    start(&f, text);
    assert(f.r);
    for (int pass = 0; pass < 2; pass++) {
        for (int8_t t = 0; t < 3; t++) {
            int8_t x = (int8_t)(t + 1);
            int8_t y[3];
            step(&f, (const int8_t[]){x, x, x}, y);
            assert(memcmp(y, expected[t], sizeof y) == 0);
        }
        reference_reset(f.r);
    }
    finish(&f);
}

/* Read before it is pushed. */
static void delay_of_steps(void)
{
    check_delay("snn.step @s inputs(%x \"x\" : tensor<3xi8>)"
                " states(%l \"l\" : tensor<2x3xi8> = 0.0) outputs(\"y\") {\n"
                "%y = snn.delay_read \"d\" %l {steps = dense<[1, 2, 1]>"
                " : tensor<3xi64>} : tensor<2x3xi8> -> tensor<3xi8>\n"
                "%n = snn.delay_push \"d\" %x into %l : tensor<3xi8>,"
                " tensor<2x3xi8>\n"
                "snn.yield %y next %n : tensor<3xi8> next tensor<2x3xi8>\n}",
                (const int8_t[3][3]){{0, 0, 0}, {1, 0, 1}, {2, 1, 2}});
}

/* Pushed before it is read: an element of no step passes x on. */
static void delay_with_elements_of_no_step(void)
{
    check_delay("snn.step @s inputs(%x \"x\" : tensor<3xi8>)"
                " states(%l \"l\" : tensor<3x3xi8> = 0.0) outputs(\"y\") {\n"
                "%n = snn.delay_push \"d\" %x into %l : tensor<3xi8>,"
                " tensor<3x3xi8>\n"
                "%y = snn.delay_read \"d\" %n {steps = dense<[1, 2, 3]>"
                " : tensor<3xi64>} : tensor<3x3xi8> -> tensor<3xi8>\n"
                "snn.yield %y next %n : tensor<3xi8> next tensor<3x3xi8>\n}",
                (const int8_t[3][3]){{1, 0, 0}, {2, 1, 0}, {3, 2, 1}});
}

static void delay_of_one_number(void)
{
    check("snn.step @s inputs(%x \"x\" : tensor<2xf32>)"
          " states(%l \"l\" : tensor<2x2xf32> = 0.5) outputs(\"y\") {\n"
          "%n = snn.delay_push \"d\" %x into %l : tensor<2xf32>,"
          " tensor<2x2xf32>\n"
          "%y = snn.delay_read \"d\" %n {steps = 1 : i64}"
          " : tensor<2x2xf32> -> tensor<2xf32>\n"
          "snn.yield %y next %n : tensor<2xf32> next tensor<2x2xf32>\n}",
          (const float[]){1, 2}, (const float[]){1, 2}, 8);
}

/* Two states that change places, and initial elements rounded to f32. */
static void states_advance_at_once(void)
{
    fixture f = {0};
    start(&f, "snn.step @s states(%a \"a\" : tensor<1xf32> = 0.1,"
              " %b \"b\" : tensor<1xf32> = dense<2.0> : tensor<1xf64>)"
              " outputs(\"y\") {\n"
              "snn.yield %a next %b, %a : tensor<1xf32> next tensor<1xf32>,"
              " tensor<1xf32>\n}");
    assert(f.r);
    static const float expected[] = {0.1F, 2, 0.1F};
    for (int t = 0; t < 3; t++) {
        float y;
        step(&f, NULL, &y);
        assert(memcmp(&y, &expected[t], sizeof y) == 0);
    }
    finish(&f);
}

/*---- what is left out ---------------------------------------------------*/

/* Every value of a step can be read behind it, states as it found them. */
static void values_can_be_read(void)
{
    fixture f = {0};
    start(&f, "snn.step @s inputs(%x \"x\" : tensor<2xf32>)"
              " states(%v \"n.v\" : tensor<2xf32> = 1.0) outputs(\"y\") {\n"
              "%d = snn.scale \"g\" %x {scale = 2.0} : tensor<2xf32> ->"
              " tensor<2xf32>\n"
              "%n = snn.sum \"n\" %d, %v : tensor<2xf32>, tensor<2xf32> ->"
              " tensor<2xf32>\n"
              "snn.yield %n next %n : tensor<2xf32> next tensor<2xf32>\n}");
    assert(f.r);
    MlirOperation s = mlirBlockGetFirstOperation(mlirModuleGetBody(f.module));
    MlirBlock body = mlirRegionGetFirstBlock(mlirOperationGetRegion(s, 0));
    MlirOperation scale = mlirBlockGetFirstOperation(body);
    MlirValue x = mlirBlockGetArgument(body, 0);
    MlirValue v = mlirBlockGetArgument(body, 1);
    MlirValue d = mlirOperationGetResult(scale, 0);
    float y[2];
    step(&f, (const float[]){1, 2}, y);
    assert(reference_numbers(f.r, v)[0] == 1 &&
           reference_numbers(f.r, v)[1] == 1);
    step(&f, (const float[]){4, 8}, y);
    assert(y[0] == 11 && y[1] == 21);
    assert(reference_numbers(f.r, x)[1] == 8);
    assert(reference_numbers(f.r, v)[0] == 3 &&
           reference_numbers(f.r, v)[1] == 5);
    assert(reference_numbers(f.r, d)[0] == 8 &&
           reference_numbers(f.r, d)[1] == 16);
    reference_reset(f.r);
    step(&f, (const float[]){0, 0}, y);
    assert(y[0] == 1 && y[1] == 1);
    finish(&f);
}

static void rejections(void)
{
    check_rejected(
        "snn.step @s inputs(%x \"x\" : tensor<1xf32>) outputs(\"y\") {\n"
        "%y = snn.rescale \"q\" %x : tensor<1xf32> ->"
        " tensor<1x!quant.uniform<i8:f32, 0.5>> loc(\"q\"(\"n.nir\":0:0))\n"
        "snn.yield %y : tensor<1x!quant.uniform<i8:f32, 0.5>>\n}",
        "n.nir:q: 'snn.rescale' is not interpreted yet\n");
    check_rejected(
        "snn.step @s inputs(%x \"x\" :"
        " tensor<1x!quant.uniform<i8:f32, 0.5>>) outputs(\"y\") {\n"
        "snn.yield %x : tensor<1x!quant.uniform<i8:f32, 0.5>>\n} loc(\"s\")",
        "s: a value of type tensor<1x!quant.uniform<i8:f32, "
        "5.000000e-01>> is not interpreted yet\n");
    check_rejected(
        "snn.step @s inputs(%x \"x\" : tensor<1xi8>) outputs(\"y\") {\n"
        "%y = snn.scale \"g\" %x {scale = 2.5} : tensor<1xi8>"
        " -> tensor<1xi8>\n"
        "snn.yield %y : tensor<1xi8>\n}",
        "-:3:6: 'snn.scale' that computes i8 is not interpreted yet\n");
    check_rejected(
        "snn.step @s states(%l \"l\" : tensor<1xi1> = 0.5) outputs(\"y\") {\n"
        "snn.yield %l next %l : tensor<1xi1> next tensor<1xi1>\n}",
        "-:2:1: state 0 starts from 0.5, its type is i1\n");
    check_rejected(
        "snn.step @s inputs(%x \"x\" : tensor<1xf32>) outputs(\"y\") {\n"
        "%y = snn.scale \"g\" %x {scale = sparse<[[0]], [1.0]>"
        " : tensor<1xf64>} : tensor<1xf32> -> tensor<1xf32>\n"
        "snn.yield %y : tensor<1xf32>\n}",
        "-:3:6: 'scale' is neither a number nor dense nor a resource\n");
    check_rejected("snn.step @s states(%v \"v\" : tensor<1xf32> ="
                   " sparse<[[0]], [1.0]> : tensor<1xf64>) outputs(\"y\") {\n"
                   "snn.yield %v next %v : tensor<1xf32> next"
                   " tensor<1xf32>\n}",
                   "-:2:1: initial value 0"
                   " is neither a number nor dense nor a resource\n");
    check_rejected("snn.step @s inputs(%x \"x\" : tensor<99999x99999xi1>)"
                   " outputs(\"y\") {\n"
                   "snn.yield %x : tensor<99999x99999xi1>\n}",
                   "-:2:1: a value has more than 268435456 elements\n");
}

int main(void)
{
    linear_sums_in_order();
    linear_starts_from_zero();
    linear_keeps_leading_axes();
    linear_computes_every_row();
    constant_reads_resource();
    conv_2d();
    conv_1d_with_groups();
    pools();
    scale_rounds();
    sum_of_mixed_types();
    threshold_is_strict();
    integrate_forms();
    fire_modes();
    delay_of_steps();
    delay_with_elements_of_no_step();
    delay_of_one_number();
    states_advance_at_once();
    values_can_be_read();
    rejections();
    return 0;
}
