/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tune_test.c - the parts of src/tune, each by numbers worked out by hand or by
 * trying everything.
 */
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ir/dialect.h"
#include "tune/lattice.h"
#include "tune/layer.h"

static const char STEP[] =
    "snn.step @net inputs(%x \"x\" : tensor<2xi1>)\n"
    "    states(%v \"lif.v\" : tensor<1xf32> = 0.0) outputs(\"y\") {\n"
    "  %w = snn.constant dense<[[0.6, 0.5]]> : tensor<1x2xf32>\n"
    "  %i = snn.linear \"fc\" %x weight %w\n"
    "    : (tensor<2xi1>, tensor<1x2xf32>) -> tensor<1xf32>\n"
    "  %n = snn.integrate \"lif\" leaky %i into %v {decay = 0.5, gain = 1.0}\n"
    "    : tensor<1xf32>, tensor<1xf32>\n"
    "  %s, %m = snn.fire \"lif\" %n {threshold = 1.0, reset = 0.0}\n"
    "    : tensor<1xf32> -> tensor<1xi1>\n"
    "  snn.yield %s next %m : tensor<1xi1> next tensor<1xf32>\n"
    "}\n";

static double importance(double v)
{
    return 1.0 / ((v - 1.0) * (v - 1.0) + 0.06 * 0.06);
}

static void expect(double x, double y)
{
    if (!(fabs(x - y) <= 1e-5 * fabs(y))) {
        printf("%.9g, expected %.9g\n", x, y);
        exit(EXIT_FAILURE);
    }
}

/*
 * Two runs of three steps. The membrane is 0.6, 1.4 (a spike), 0.5, and each
 * weight adds to it 1 and 0, 1.5 and 1, 0 and 1.
 */
static void test_response(MlirOperation step)
{
    static const uint8_t x[] = {1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1};
    const void *inputs[] = {x};
    tune_data data = {.inputs = inputs, .samples = 2, .steps = 3};
    arena a = {0};
    diag d = {0};
    layer l;
    const char *why;
    MlirOperation fc = mlirOperationGetNextInBlock(
        mlirBlockGetFirstOperation(ir_body(step, 0)));
    assert(layer_find(step, fc, &l, &why));
    assert(l.n_products == 1 && l.n_states == 1 && l.to_value);
    record r = {0};
    record_add(&r, mlirOperationGetOperand(fc, 0), &a);
    record_add(&r, mlirOperationGetResult(l.states[0], 0), &a);
    record_add(&r, mlirOperationGetResult(l.fire, 0), &a);
    assert(record_run(&r, step, &data, 0, 1, &a, &d) && r.runs == 2);
    weight_row w = layer_row(&l, 0, &(int){8}, &a);
    assert(w.n == 2 && w.most[0] == 127.0);
    double h[4];
    layer_response(&l, 0, &r, 2, &w, h, &a);
    assert(w.spikes == 2);
    double m[] = {importance(0.6), importance(1.4), importance(0.5)};
    expect(h[0], 2.0 * (m[0] + 2.25 * m[1]));
    expect(h[1], 2.0 * 1.5 * m[1]);
    expect(h[2], h[1]);
    expect(h[3], 2.0 * (m[1] + m[2]));
    arena_free(&a);
}

static double distance(const double *h, const double *d)
{
    double sum = 0.0;
    for (int i = 0; i < 9; i++) {
        sum += h[i] * d[i / 3] * d[i % 3];
    }
    return sum;
}

/* The least there is, of all codes and scales. */
static double least(const lattice *l, const double *scales, int n)
{
    double best = HUGE_VAL;
    for (int i = 0; i < 125 * n; i++) {
        int code[] = {i % 5 - 2, i / 5 % 5 - 2, i / 25 % 5 - 2};
        double d[3];
        for (int k = 0; k < 3; k++) {
            d[k] = scales[i / 125] * code[k] - l->w[k];
        }
        best = fmin(best, distance(l->h, d));
    }
    return best;
}

/* Of three codes, steps in one and two find the least; plain rounding does not
 * where two inputs are nearly the same. */
static void test_lattice(void)
{
    static const double w[] = {0.36, 0.36, -0.26};
    static const double most[] = {2.0, 2.0, 2.0};
    static const double scales[] = {0.2, 0.25, 0.3};
    arena a = {0};
    int better = 0;
    for (int i = 0; i < 20; i++) {
        double along = 1.0 - 0.04 * i;
        double h[] = {1.0,         along,       0.3 * along, along, 1.0,
                      0.2 * along, 0.3 * along, 0.2 * along, 0.5};
        lattice l = {.n = 3, .h = h, .w = w, .most = most};
        double codes[3];
        double scale;
        double found = lattice_nearest(&l, scales, 3, &a, codes, &scale);
        double d[3];
        double plain[3];
        for (int k = 0; k < 3; k++) {
            d[k] = scale * codes[k] - w[k];
            plain[k] = 0.25 * rint(w[k] / 0.25) - w[k];
            assert(fabs(codes[k]) <= 2.0);
        }
        expect(found, distance(h, d));
        expect(found, least(&l, scales, 3));
        better += found < 0.5 * distance(h, plain);
    }
    assert(better > 0);
    arena_free(&a);
}

int main(void)
{
    MlirContext context = mlirContextCreate();
    MlirDialectHandle snn = mlirGetDialectHandle__snn__();
    mlirDialectHandleRegisterDialect(snn, context);
    mlirDialectHandleLoadDialect(snn, context);
    MlirModule module =
        mlirModuleCreateParse(context, mlirStringRefCreateFromCString(STEP));
    assert(!mlirModuleIsNull(module));
    test_response(mlirBlockGetFirstOperation(mlirModuleGetBody(module)));
    test_lattice();
    mlirModuleDestroy(module);
    mlirContextDestroy(context);
    return EXIT_SUCCESS;
}
