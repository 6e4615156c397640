/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * json.h - writes JSON into a buf.
 *
 * Members of the outermost object, and elements of its arrays, have a line of
 * their own. key is NULL for elements of an array and the outermost value.
 */
#ifndef SNN_BASE_JSON_H
#define SNN_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct json {
    buf *out; /* set before the first use */
    int depth;
    bool filled; /* something stands in what is open */
} json;

/* bracket is '{' or '['; the matching one closes it. */
void json_open(json *j, const char *key, char bracket);
void json_close(json *j, char bracket);
/* Any bytes: what is not UTF-8 becomes U+FFFD. A NULL text is null. */
void json_text(json *j, const char *key, const char *text);
void json_int(json *j, const char *key, int64_t value);
void json_bool(json *j, const char *key, bool value);
void json_none(json *j, const char *key);
/* The value as it stands in text: "0.25", "true". */
void json_raw(json *j, const char *key, const char *text);

#endif
