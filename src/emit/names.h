/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * names.h - C identifiers; for src/emit only.
 */
#ifndef SNN_EMIT_NAMES_H
#define SNN_EMIT_NAMES_H

#include <stdbool.h>

#include "base/arena.h"

/* Identifiers in use in a scope, and in those around it. */
typedef struct names {
    arena *a; /* set before the first use */
    const struct names *outer;
    const char **taken;
    int64_t n;
    int64_t capacity;
    const char **slots; /* the same, as a hash table */
    int64_t n_slots;
} names;

/*
 * text with every character that an identifier cannot have made '_', and with
 * '_' behind what C, its library or a macro may have taken.
 */
char *names_identifier(arena *a, const char *text);
/* "lif1.v" and "Fc-2" as "LIF1_V" and "FC_2". */
char *names_macro(arena *a, const char *text);
/* text as an identifier that is in no scope yet; it is in this one now. */
const char *names_take(names *scope, const char *text);
/* text as a macro's name, the same. */
const char *names_take_macro(names *scope, const char *text);
bool names_has(const names *scope, const char *name);
/* Forgets the names taken since n was scope->n: their block has ended. */
void names_release(names *scope, int64_t n);
/* What of text follows prefix and a '.' or '_'; null if it does not fit. */
const char *names_suffix(const char *text, const char *prefix);
/* Does text end in end? */
bool names_ends(const char *text, const char *end);

#endif
