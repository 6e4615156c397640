/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * main.c - the program snnc, which is one function.
 */
#include "snnc.h"

int main(int count, char **words) { return snnc_main(count, words); }
