/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * window.c - what a node does to the axes of its input: windows, and Flatten.
 */
#include "nir/check.h"
#include "nir/kinds.h"

/* The window along one axis; out is not positive where it does not fit. */
static nir_window window_of(const nir_node *node, int axis)
{
    nir_window w = {.dilation = 1,
                    .stride = nir_per_axis(node, NIR_STRIDE, axis)};
    if (nir_is_conv(node->kind)) {
        w.kernel = node->field[NIR_WEIGHT].shape.dim[axis + 2];
        w.dilation = nir_per_axis(node, NIR_DILATION, axis);
    } else {
        w.kernel = nir_per_axis(node, NIR_KERNEL_SIZE, axis);
    }
    int64_t span = w.dilation * (w.kernel - 1) + 1;
    if (node->padding_word == NIR_PAD_SAME) {
        w.pad_before = (span - 1) / 2;
        w.pad_after = (span - 1) - w.pad_before;
    } else if (node->padding_word == NIR_PAD_NUMBERS) {
        w.pad_before = nir_per_axis(node, NIR_PADDING, axis);
        w.pad_after = w.pad_before;
    }
    int64_t room = node->in.dim[axis + 1] + w.pad_before + w.pad_after - span;
    w.out = room < 0 ? 0 : room / w.stride + 1;
    return w;
}

int nir_windows(const nir_node *node, nir_window window[2])
{
    int axes = nir_window_axes(node->kind);
    for (int i = 0; i < axes; i++) {
        window[i] = window_of(node, i);
    }
    return axes;
}

void nir_flatten_axes(const nir_node *node, int *first, int *last)
{
    int64_t start = nir_per_axis(node, NIR_START_DIM, 0);
    int64_t end = nir_per_axis(node, NIR_END_DIM, 0);
    start += start < 0 ? node->in.rank : 0;
    end += end < 0 ? node->in.rank : 0;
    /* out of range becomes an empty range */
    bool fits = start >= 0 && start <= end && end < node->in.rank;
    *first = fits ? (int)start : 0;
    *last = fits ? (int)end : -1;
}
