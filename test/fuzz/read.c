/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read.c - reads the file as the compiler does, and holds the reader to its
 * promises.
 */
#include "fuzz.h"

#include <hdf5.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "nir/check.h"
#include "nir/kinds.h"
#include "nir/nir.h"

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "fuzz: the reader broke a promise: %s\n", what);
        abort();
    }
}

static void report(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)user;
    require(severity <= DIAG_HELP, "a diagnostic has a severity");
    require(text_is_plain(where) && text_is_plain(text),
            "a diagnostic is plain text");
    require(strncmp(where, fuzz_path(), strlen(fuzz_path())) == 0,
            "a diagnostic says where");
}

static void check_shape(const nir_shape *shape)
{
    require(shape->rank >= 0 && shape->rank <= NIR_MAX_RANK,
            "a shape has a rank");
    for (int i = 0; i < shape->rank; i++) {
        require(shape->dim[i] >= 0, "a dimension is not negative");
    }
    require(nir_shape_size(shape) <= NIR_MAX_ELEMENTS, "a shape has a limit");
}

static void check_field(const nir_node *node, nir_field field)
{
    const nir_array *x = &node->field[field];
    if (x->type == NIR_ABSENT) {
        require(!nir_requires(node->kind, field), "a node has what it needs");
        return;
    }
    require(nir_allows(node->kind, field), "a node has what its kind has");
    require((x->type == NIR_I64) == nir_is_integer(field),
            "integers are integers");
    require(x->shape.rank == 0 ? x->count == 1
                               : nir_shape_size(&x->shape) == x->count,
            "a count is the product of the dimensions");
    for (int64_t i = 0; i < x->count; i++) {
        require(isfinite(nir_number(x, i)), "numbers are finite");
    }
}

static void check_windows(const nir_node *node)
{
    nir_window window[2];
    int axes = nir_windows(node, window);
    for (int i = 0; i < axes; i++) {
        const nir_window *w = &window[i];
        require(w->kernel > 0 && w->stride > 0 && w->dilation > 0 &&
                    w->pad_before >= 0 && w->pad_after >= 0 && w->out > 0,
                "a window is one");
        require(node->out.dim[i + 1] == w->out, "a window gives its output");
    }
}

static void check_node(const nir_node *node)
{
    require(text_is_plain(node->name), "a name is plain text");
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        if (f != NIR_PADDING || node->padding_word == NIR_PAD_NUMBERS) {
            check_field(node, (nir_field)f);
        }
    }
    check_shape(&node->in);
    check_shape(&node->out);
    check_windows(node);
    if (node->kind == NIR_FLATTEN) {
        int first = 0;
        int last = 0;
        nir_flatten_axes(node, &first, &last);
        require(first >= 0 && first <= last && last < node->in.rank,
                "a Flatten has axes");
    }
}

static void check_net(const nir_net *net)
{
    for (int64_t i = 0; i < net->n_nodes; i++) {
        check_node(&net->nodes[i]);
        require(i == 0 ||
                    strcmp(net->nodes[i - 1].name, net->nodes[i].name) < 0,
                "nodes are sorted, and each name stands once");
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const nir_edge *e = &net->edges[i];
        require(e->source >= 0 && e->source < net->n_nodes && e->target >= 0 &&
                    e->target < net->n_nodes,
                "an edge has ends");
        require(i == 0 || e[-1].source < e->source ||
                    (e[-1].source == e->source && e[-1].target < e->target),
                "edges are sorted, and each stands once");
        require(nir_shape_equal(&net->nodes[e->source].out,
                                &net->nodes[e->target].in),
                "both ends of an edge have one shape");
    }
}

/* Of HDF5's inside: the public function does not count the library's types. */
int64_t H5I_nmembers(H5I_type_t type);

/*
 * How many ids of each type the HDF5 library has open; without property lists,
 * of which it forgets some itself when it fails.
 */
typedef struct open_ids {
    int64_t n[H5I_NTYPES];
} open_ids;

static open_ids count_ids(void)
{
    open_ids ids = {0};
    for (int type = H5I_FILE; type < H5I_NTYPES; type++) {
        ids.n[type] =
            type == H5I_GENPROP_LST ? 0 : H5I_nmembers((H5I_type_t)type);
    }
    return ids;
}

static void check_closed(const open_ids *before)
{
    open_ids now = count_ids();
    for (int type = H5I_FILE; type < H5I_NTYPES; type++) {
        if (now.n[type] != before->n[type]) {
            fprintf(stderr, "fuzz: ids of type %d: %" PRId64 ", %" PRId64 "\n",
                    type, before->n[type], now.n[type]);
        }
    }
    require(memcmp(&now, before, sizeof now) == 0,
            "everything in the file is closed again");
}

/* The lowest file descriptor that is free. */
static int free_descriptor(void)
{
    int fd = dup(0);
    if (fd >= 0) {
        close(fd);
    }
    return fd;
}

void fuzz_start(void)
{
    enum { MEBIBYTE = 1 << 20 };
    (void)fuzz_path();
    H5dont_atexit();
    H5open();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    /* else the buffer of every conversion is mapped anew */
    H5set_free_list_limits(MEBIBYTE, MEBIBYTE, MEBIBYTE, MEBIBYTE,
                           16 * MEBIBYTE, 4 * MEBIBYTE);
}

/* Who wrote it, as the driver asks: of what was read without an error. */
static void check_writer(const nir_net *net, arena *a)
{
    nir_suspect suspects[NIR_WRITER_COUNT];
    nir_writer writer = nir_recognize(net, a, suspects);
    for (int w = 0; w < NIR_WRITER_COUNT; w++) {
        const nir_suspect *s = &suspects[w];
        const nir_suspect *best =
            writer < NIR_WRITER_COUNT ? &suspects[writer] : s;
        require(text_is_plain(s->framework) && text_is_plain(s->evidence),
                "evidence is plain text");
        require((s->marks > 0) == (s->evidence[0] != '\0'),
                "marks are evidence");
        require(s->dt == 0.0 || (s->dt > 0.0 && isfinite(s->dt) &&
                                 !s->against && s->dt_evidence),
                "a time step is positive, and has evidence");
        require(s == best || s->against || s->marks < best->marks ||
                    writer == NIR_WRITER_COUNT,
                "the writer has the most marks");
        require((int)writer != w || (!s->against && s->marks > 0),
                "the writer has marks, and nothing against it");
    }
}

MUST_CHECK static bool read_once(arena *a, diag *d, nir_net *net)
{
    bool good = nir_read(fuzz_path(), fuzz_path(), a, d, net);
    require(good == (d->errors == 0), "it fails if and only if it reports");
    if (good) {
        check_writer(net, a);
    }
    /* `check` goes on with what could be read */
    int64_t errors = d->errors;
    bool shaped = nir_infer_shapes(net, a, d);
    require(shaped == (d->errors == errors), "shapes fail only with a report");
    errors = d->errors;
    bool open = nir_find_loops(net, 1.0, a, d);
    require(open == (d->errors == errors), "loops fail only with a report");
    return good && shaped;
}

void fuzz_read(void)
{
    arena a = {0};
    diag d = {.report = report};
    nir_net net = {0};
    open_ids ids = count_ids();
    int fd = free_descriptor();
    if (read_once(&a, &d, &net)) {
        check_net(&net);
    }
    arena_free(&a);
    check_closed(&ids);
    require(free_descriptor() == fd, "the file is closed again");
}
