/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * kinds.h - what the file format says about kinds and fields; for src/nir only.
 */
#ifndef SNN_NIR_KINDS_H
#define SNN_NIR_KINDS_H

#include "nir/nir.h"

/* Sets *kind to the kind of that name; false if there is none. */
bool nir_find_kind(const char *name, nir_kind *kind);
/* A node of this kind must have the dataset. */
bool nir_requires(nir_kind kind, nir_field field);
/* A node of this kind may have the dataset. */
bool nir_allows(nir_kind kind, nir_field field);
/* The dataset holds integers: a shape, a stride, ... */
bool nir_is_integer(nir_field field);
/* What an absent dataset stands for; NIR_ABSENT where it stands for nothing. */
nir_array nir_default(nir_kind kind, nir_field field);
/* One value per element of the signal: neurons, Scale, Threshold, Delay. */
bool nir_is_elementwise(nir_kind kind);
/* The window's axes: 1 for Conv1d, 2 for Conv2d and pooling, else 0. */
int nir_window_axes(nir_kind kind);
bool nir_is_conv(nir_kind kind);

#endif
