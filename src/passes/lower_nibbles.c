/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_nibbles.c - weights of four bits: two in a byte, the first one low; a
 * row begins with a byte. A loop over bytes adds two weights in each turn.
 */
#include "passes/lower_integers.h"

bool lower_is_nibbles(MlirValue weight)
{
    MlirType type = ir_element(weight);
    return mlirTypeIsAInteger(type) && mlirIntegerTypeGetWidth(type) == 4;
}

int64_t lower_nibble_bytes(int64_t n) { return n / 2 + n % 2; }

char *lower_nibble_rows(lowering *l, const char *codes, int64_t rows, int64_t n)
{
    int64_t bytes = lower_nibble_bytes(n);
    char *packed = lower_data(l, rows * bytes);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t k = 0; k < bytes; k++) {
            unsigned low = (unsigned char)codes[r * n + 2 * k] & 15U;
            unsigned high = 2 * k + 1 < n
                                ? (unsigned char)codes[r * n + 2 * k + 1] & 15U
                                : 0U;
            packed[r * bytes + k] = (char)(low | high << 4);
        }
    }
    return packed;
}

/* The low or high four bits as a number: bit 3 is the sign. */
static MlirValue nibble(ir *b, MlirValue byte, bool high, MlirType type)
{
    MlirType wide = ir_i(b, 32);
    MlirValue bits = ir_cast(b, "arith.extui", byte, wide);
    if (high) {
        MlirValue four = ir_int(b, wide, 4);
        bits = ir_binary(b, "arith.shrui", bits, four);
    } else {
        MlirValue mask = ir_int(b, wide, 15);
        bits = ir_binary(b, "arith.andi", bits, mask);
    }
    MlirValue sign = ir_int(b, wide, 8);
    MlirValue turned = ir_binary(b, "arith.xori", bits, sign);
    MlirValue number = ir_exact(b, "arith.subi", turned, sign);
    return lower_as(b, number, type);
}

/* y[..., offset + m, ...] += weight * factor */
static MlirValue add_one(ir *b, const lower_nibble_row *r, MlirValue m,
                         MlirValue byte, bool high, MlirValue y)
{
    MlirType type = ir_element(y);
    MlirValue at[LOWER_MAX_RANK];
    for (intptr_t i = 0; i < ir_rank(y); i++) {
        at[i] = r->to[i];
    }
    at[r->axis] = mlirValueIsNull(r->offset) ? m : ir_addi(b, r->offset, m);
    MlirValue old = ir_extract(b, y, ir_rank(y), at);
    MlirValue term = nibble(b, byte, high, type);
    if (!mlirValueIsNull(r->factor)) {
        term = lower_multiply(b, term, r->factor);
    }
    MlirValue sum = lower_add(b, old, term);
    return ir_insert(b, sum, y, ir_rank(y), at);
}

static MlirValue byte_at(ir *b, const lower_nibble_row *r, MlirValue k)
{
    intptr_t last = ir_rank(r->table) - 1;
    MlirValue from[LOWER_MAX_RANK];
    for (intptr_t i = 0; i < last; i++) {
        from[i] = r->row[i];
    }
    from[last] = k;
    return ir_extract(b, r->table, last + 1, from);
}

MlirValue lower_nibble_add(ir *b, const lower_nibble_row *r, MlirValue y)
{
    int64_t pairs = r->n / 2;
    if (pairs > 0) {
        lower_nest n = lower_nest_open(b, 1, &pairs, y);
        MlirValue byte = byte_at(b, r, n.index[0]);
        MlirValue two = ir_index(b, 2);
        MlirValue one = ir_index(b, 1);
        MlirValue even = ir_binary(b, "arith.muli", n.index[0], two);
        MlirValue odd = ir_addi(b, even, one);
        MlirValue first = add_one(b, r, even, byte, false, n.carried);
        MlirValue both = add_one(b, r, odd, byte, true, first);
        y = lower_nest_close(b, &n, both);
    }
    if (r->n % 2 != 0) {
        MlirValue byte = byte_at(b, r, ir_index(b, pairs));
        MlirValue last = ir_index(b, r->n - 1);
        y = add_one(b, r, last, byte, false, y);
    }
    return y;
}
