/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_integers.c - arithmetic on numbers of one type, and on codes. What is
 * marked nsw was proven never to wrap: C computes it with a sign.
 */
#include "passes/lower_integers.h"

static unsigned width_of(MlirType type)
{
    return mlirIntegerTypeGetWidth(type);
}

MlirValue lower_as(ir *b, MlirValue x, MlirType type)
{
    MlirType from = mlirValueGetType(x);
    if (mlirTypeEqual(from, type) || !mlirTypeIsAInteger(from)) {
        return x;
    }
    bool spike = width_of(from) == 1;
    if (!mlirTypeIsAInteger(type)) {
        return ir_cast(b, spike ? "arith.uitofp" : "arith.sitofp", x, type);
    }
    if (width_of(from) > width_of(type)) {
        return ir_truncate(b, x, type);
    }
    return ir_cast(b, spike ? "arith.extui" : "arith.extsi", x, type);
}

MlirValue lower_zero(ir *b, MlirType type)
{
    return mlirTypeIsAInteger(type) ? ir_int(b, type, 0)
                                    : ir_float(b, type, 0.0);
}

MlirValue lower_add(ir *b, MlirValue x, MlirValue y)
{
    return mlirTypeIsAInteger(mlirValueGetType(x))
               ? ir_exact(b, "arith.addi", x, y)
               : ir_addf(b, x, y);
}

MlirValue lower_multiply(ir *b, MlirValue x, MlirValue y)
{
    return mlirTypeIsAInteger(mlirValueGetType(x))
               ? ir_exact(b, "arith.muli", x, y)
               : ir_mulf(b, x, y);
}

MlirValue lower_saturated(ir *b, MlirValue x, MlirType type, bool fits)
{
    MlirType from = mlirValueGetType(x);
    if (!fits && width_of(from) > width_of(type)) {
        int64_t most = (INT64_C(1) << (width_of(type) - 1)) - 1;
        MlirValue low = ir_int(b, from, -most - 1);
        MlirValue high = ir_int(b, from, most);
        x = ir_binary(b, "arith.maxsi", x, low);
        x = ir_binary(b, "arith.minsi", x, high);
    }
    return lower_as(b, x, type);
}

/*
 * C leaves open what a shift of a negative number gives. So q goes up by 2^63
 * (of 64 bits; 2^31 of 32), which leaves its order and, as a multiple of
 * 2^(s+1), both its remainder by 2^s and whether the quotient is odd: bits
 * without a sign are rounded, and 2^63 / 2^s is taken off again.
 */
MlirValue lower_shifted(ir *b, MlirValue q, MlirValue s)
{
    MlirType type = mlirValueGetType(q);
    MlirValue top =
        ir_int(b, type, width_of(type) == 64 ? INT64_MIN : (int64_t)INT32_MIN);
    MlirValue one = ir_int(b, type, 1);
    MlirValue less = ir_binary(b, "arith.subi", s, one);
    MlirValue half = ir_binary(b, "arith.shli", one, less);
    MlirValue below = ir_binary(b, "arith.subi", half, one);
    MlirValue raised = ir_addi(b, q, top);
    MlirValue down = ir_binary(b, "arith.shrui", raised, s);
    MlirValue odd = ir_binary(b, "arith.andi", down, one);
    MlirValue more = ir_addi(b, raised, below);
    MlirValue even = ir_addi(b, more, odd);
    MlirValue quotient = ir_binary(b, "arith.shrui", even, s);
    MlirValue offset = ir_binary(b, "arith.shrui", top, s);
    return ir_exact(b, "arith.subi", quotient, offset);
}

MlirValue lower_times(ir *b, MlirValue x, MlirValue m, MlirValue s,
                      MlirType type)
{
    MlirValue q = lower_as(b, x, type);
    if (!mlirValueIsNull(m)) {
        q = ir_exact(b, "arith.muli", q, lower_as(b, m, type));
    }
    if (mlirValueIsNull(s)) {
        return q;
    }
    MlirValue shift = mlirTypeEqual(mlirValueGetType(s), type)
                          ? s
                          : ir_cast(b, "arith.extui", s, type);
    return lower_shifted(b, q, shift);
}
