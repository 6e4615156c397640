/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * locale_test.c - snnc in a program that has the locale of its environment,
 * as the hosts of the Python package may.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "snnc.h"

int main(int count, char **words)
{
    if (!setlocale(LC_ALL, "") ||
        strcmp(localeconv()->decimal_point, ",") != 0) {
        fprintf(stderr, "no locale with a comma\n");
        return 3;
    }
    return snnc_main(count, words);
}
