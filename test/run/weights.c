/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * weights.c - kinds_init sees weights that do not fit, and kinds_step does
 * nothing then. Run with the path of kinds.weights; prints how many it saw.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"

static kinds_weights good;
static kinds_weights bad;
static kinds_state state;
static int seen;

static void need(int condition, const char *what)
{
    if (!condition) {
        printf("error: %s\n", what);
        exit(1);
    }
}

/* The status, and that a step with what came of it touches no output. */
static void expect(const kinds_weights *weights, size_t size,
                   kinds_status status, const char *what)
{
    float input[KINDS_INPUT] = {1.0F};
    float output[KINDS_OUTPUT];
    uint8_t spikes[KINDS_SPIKES] = {0x5AU};
    memset(&state, 0xA5, sizeof state); /* a pointer that must not be used */
    need(kinds_init(&state, weights, size) == status, what);
    if (status == KINDS_READY) {
        return;
    }
    memset(output, 0x5A, sizeof output);
    kinds_step(&state, input, spikes, output);
    need(spikes[0] == 0x5AU, "a step was made");
    for (size_t i = 0; i < sizeof output; i++) {
        need(((const unsigned char *)output)[i] == 0x5A, "a step was made");
    }
    seen++;
}

static uint32_t swapped(uint32_t x)
{
    return x << 24 | (x & 0xFF00U) << 8 | (x >> 8 & 0xFF00U) | x >> 24;
}

/* Every word of the file in the other byte order. */
static void swap_all(void)
{
    unsigned char *at = (unsigned char *)&bad;
    for (size_t i = 0; i < sizeof bad; i += 4) {
        uint32_t word;
        memcpy(&word, at + i, 4);
        word = swapped(word);
        memcpy(at + i, &word, 4);
    }
}

/* One bit of the byte at. */
static void damage(size_t at, kinds_status status, const char *what)
{
    bad = good;
    ((unsigned char *)&bad)[at] ^= 0x10U;
    expect(&bad, sizeof bad, status, what);
}

int main(int count, char **words)
{
    FILE *file = count == 2 ? fopen(words[1], "rb") : NULL;
    need(file && fread(&good, 1, sizeof good, file) == sizeof good, "file");
    need(fgetc(file) == EOF, "the file is longer than its struct");
    fclose(file);
    expect(&good, sizeof good, KINDS_READY, "good");
    expect(NULL, sizeof good, KINDS_NO_WEIGHTS, "null");
    expect(&good, sizeof good - 1, KINDS_WRONG_SIZE, "short");
    expect(&good, sizeof good + 1, KINDS_WRONG_SIZE, "long");
    expect(&good, 0, KINDS_WRONG_SIZE, "empty");
    bad = good;
    swap_all();
    expect(&bad, sizeof bad, KINDS_WRONG_BYTE_ORDER, "swapped");
    damage(0, KINDS_NOT_WEIGHTS, "magic");
    damage(4, KINDS_OTHER_WEIGHTS, "version");
    damage(8, KINDS_OTHER_WEIGHTS, "the CRC-32 of another build");
#if defined(KINDS_TRUST_WEIGHTS)
    damage(64, KINDS_READY, "trusted");
    printf("%d refusals, trusting\n", seen);
#else
    damage(64, KINDS_DAMAGED_WEIGHTS, "first byte");
    damage(sizeof good - 1, KINDS_DAMAGED_WEIGHTS, "last byte");
    printf("%d refusals\n", seen);
#endif
    return 0;
}
