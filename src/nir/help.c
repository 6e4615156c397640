/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * help.c - what to write where a file has no dataset, or a type that is none.
 */
#include "nir/check.h"

#include <string.h>

#include "base/buf.h"
#include "base/guess.h"
#include "base/text.h"
#include "nir/kinds.h"

/* What an absent dataset should be; where there is a usual value, that. */
static const char *const absent[NIR_FIELD_COUNT] = {
    [NIR_SHAPE] = "add 'shape', one integer for each axis of the signal, "
                  "without batch and time",
    [NIR_BIAS] = "add 'bias'; zeros, one for each output, change nothing",
    [NIR_STRIDE] = "add 'stride'; of a convolution it usually is 1, of a pool "
                   "its 'kernel_size'",
    [NIR_PADDING] = "add 'padding'; 0 is none",
    [NIR_DILATION] = "add 'dilation'; 1 is none",
    [NIR_GROUPS] = "add 'groups'; 1 connects all channels",
    [NIR_TAU] = "add 'tau', the time constant in seconds",
    [NIR_TAU_SYN] = "add 'tau_syn', the time constant of the current in "
                    "seconds",
    [NIR_TAU_MEM] = "add 'tau_mem', the time constant of the voltage in "
                    "seconds",
    [NIR_R] = "add 'r'; 1 is usual",
    [NIR_V_LEAK] = "add 'v_leak'; 0 is usual",
    [NIR_V_THRESHOLD] = "add 'v_threshold'; 1 is usual",
};

bool nir_help_absent(nir_kind kind, nir_field field, const char *where, diag *d)
{
    if (kind == NIR_AFFINE && field == NIR_BIAS) {
        return diag_help(d, where,
                         "without 'bias' the type is Linear; or add zeros");
    }
    return absent[field] && diag_help(d, where, "%s", absent[field]);
}

/* "Input, Output, ..., NIRGraph" */
static const char *all_types(arena *a)
{
    buf text = {.a = a};
    for (int k = 0; k < NIR_KIND_COUNT; k++) {
        buf_printf(&text, "%s, ", nir_kind_name((nir_kind)k));
    }
    buf_text(&text, "NIRGraph");
    return text.text;
}

bool nir_refuse_type(const char *type, const char *where, arena *a, diag *d)
{
    guess near = {.word = type};
    for (int k = 0; k < NIR_KIND_COUNT; k++) {
        guess_offer(&near, nir_kind_name((nir_kind)k));
    }
    guess_offer(&near, "NIRGraph");
    diag_error(d, where, "unknown type %s", text_quote(a, type));
    if (!near.best) {
        return diag_help(d, where, "the types are %s", all_types(a));
    }
    return near.distance == 0
               ? diag_help(d, where,
                           "did you mean '%s'? types are "
                           "case-sensitive",
                           near.best)
               : diag_help(d, where, "did you mean '%s'?", near.best);
}
