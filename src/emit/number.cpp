// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// number.cpp - floats as C literals. In C++ for std::to_chars, which takes a
// fifteenth of the time of printf and strtof in turn.

#include "emit/number.h"

#include <charconv>
#include <cstring>

template <typename T> static char *digits(char *text, T value)
{
    char *end = std::to_chars(text, text + NUMBER_SIZE - 4, value).ptr;
    bool whole = true;
    for (const char *c = text; c < end; c++) {
        whole = whole && *c != '.' && *c != 'e';
    }
    if (whole) {
        std::memcpy(end, ".0", 2);
        end += 2;
    }
    return end;
}

int64_t number_float(char text[NUMBER_SIZE], float value)
{
    char *end = digits(text, value);
    *end++ = 'F';
    return end - text;
}

int64_t number_double(char text[NUMBER_SIZE], double value)
{
    return digits(text, value) - text;
}
