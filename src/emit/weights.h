/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * weights.h - the weights file: what is in it, and the C that checks it; for
 * src/emit only. All but weights_name need a plan with a weights file.
 */
#ifndef SNN_EMIT_WEIGHTS_H
#define SNN_EMIT_WEIGHTS_H

#include "emit/body.h"

enum {
    WEIGHTS_MAGIC = 0x574E4E53,         /* the bytes "SNNW" */
    WEIGHTS_SWAPPED_MAGIC = 0x534E4E57, /* in the other byte order */
    WEIGHTS_VERSION = 1,
    WEIGHTS_HEAD_BYTES = 64
};

/* Names what stands in the header and source, if there is a weights file. */
void weights_name(plan *p);
/* The tables that are in it, in their order. */
const table **weights_tables(const plan *p, int64_t *n);
/* The file's address is a multiple of this. */
int weights_alignment(const plan *p);
/* Lists the parts of the file, and finds their CRC-32. */
void weights_list(plan *p, emit_report *report);

/* Header: macros for the file's size and CRC-32. */
void weights_print_sizes(const plan *p, int64_t bytes, buf *out);
/* Header: the file as a struct, and what NAME_init returns. */
void weights_print_types(const plan *p, buf *out);
/* Header: what NAME_init does, and the file when it is linked. */
void weights_print_init(const plan *p, buf *out);
/* "net_status net_init(net_state *state, const net_weights *weights, ...)" */
const char *weights_init(const plan *p);

/* Source: the size of the struct; the functions that check the file. */
void weights_print_assert(const plan *p, buf *out);
void weights_print_check(const plan *p, buf *out);
/* Source: NAME_init around what sets the states. */
void weights_open_init(const plan *p, body *b);
void weights_close_init(body *b);

#endif
