/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * limits.c - how much may come out of a file, by its size.
 *
 * Each limit is some that any file may have, and more than any writer makes of
 * a byte. Without it a file of a few kilobytes could ask for years of reading:
 * deflate makes 1032 bytes of one, and 64 graphs that each hold the next one
 * twice make 2^64.
 */
#include "nir/nir.h"

enum {
    ANY_NUMBERS = 1 << 25,
    NUMBERS_OF_BYTE = 64,
    ANY_TEXT = 1 << 24,
    TEXT_OF_BYTE = 64,
    ANY_MEMBERS = 1 << 10,
    BYTES_OF_MEMBER = 64
};

static int64_t at_most(int64_t some, int64_t factor, int64_t bytes)
{
    const int64_t most = INT64_MAX / 2;
    return bytes > most / factor ? most : some + factor * bytes;
}

int64_t nir_most_numbers(int64_t bytes)
{
    int64_t most = at_most(ANY_NUMBERS, NUMBERS_OF_BYTE, bytes);
    return most < NIR_MAX_TOTAL ? most : NIR_MAX_TOTAL;
}

int64_t nir_most_text(int64_t bytes)
{
    return at_most(ANY_TEXT, TEXT_OF_BYTE, bytes);
}

int64_t nir_most_members(int64_t bytes)
{
    return ANY_MEMBERS + bytes / BYTES_OF_MEMBER;
}
