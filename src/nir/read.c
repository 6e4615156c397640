/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read.c - reads a .nir file: what its groups and datasets mean.
 *
 * A node or graph that cannot be read leaves a member without content behind,
 * so that everything else is read and every problem is reported. How HDF5 is
 * read is in read_store.c; how graphs become flat is in graph.c.
 */
#include "nir/nir.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "nir/check.h"
#include "nir/graph.h"
#include "nir/kinds.h"
#include "nir/store.h"

typedef struct reader {
    store s;
    builder b;
    int64_t n_members;                 /* of all graphs */
    uint64_t above[NIR_MAX_DEPTH + 1]; /* addresses of the graphs around */
} reader;

/* A group of the file, and where it is in words. */
typedef struct place {
    const char *where;
    store_object object;
} place;

static bool is_one_of(const char *name, const char *const *known)
{
    while (*known && strcmp(name, *known) != 0) {
        known++;
    }
    return *known != NULL;
}

/* A node's datasets, its type and metadata. */
static bool belongs_to_node(nir_kind kind, const char *name)
{
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        if (nir_allows(kind, (nir_field)f) &&
            strcmp(nir_field_name((nir_field)f), name) == 0) {
            return true;
        }
    }
    return strcmp(name, "type") == 0 || strcmp(name, "metadata") == 0;
}

static void warn_attributes(const reader *r, const place *p)
{
    if (p->object.n_attributes > 0) {
        diag_warning(r->b.d, p->where, "attributes are ignored");
    }
}

static void warn_member(const reader *r, const char *where, const char *name)
{
    diag_warning(r->b.d, where, "unknown member %s is ignored",
                 text_quote(r->b.a, name));
}

/* Warns of members that a group should not have. */
MUST_CHECK static bool warn_members(reader *r, const place *p,
                                    const char *const *known)
{
    store_names names;
    warn_attributes(r, p);
    if (!store_list(&r->s, p->where, p->object.id, &names)) {
        return false;
    }
    for (int64_t i = 0; i < names.count; i++) {
        if (!is_one_of(names.name[i], known)) {
            warn_member(r, p->where, names.name[i]);
        }
    }
    return true;
}

/* Reads the string called name of a group. */
MUST_CHECK static bool read_text(reader *r, const place *p, const char *name,
                                 char **text)
{
    store_object object;
    if (!store_get(&r->s, p->where, p->object.id, name, &object)) {
        return false;
    }
    bool ok = store_text(&r->s, p->where, &object, name, text);
    store_release(&object);
    return ok;
}

/* Reads the word that a convolution may have for a padding. */
MUST_CHECK static bool read_padding_word(reader *r, const place *p,
                                         const store_object *object,
                                         nir_node *node)
{
    char *word = NULL;
    if (!store_text(&r->s, p->where, object, "padding", &word)) {
        return false;
    }
    if (strcmp(word, "same") != 0 && strcmp(word, "valid") != 0) {
        return diag_error(r->b.d, p->where,
                          "'padding' must be numbers, 'same' or 'valid', it is "
                          "%s",
                          text_quote(r->b.a, word));
    }
    node->padding_word =
        strcmp(word, "same") == 0 ? NIR_PAD_SAME : NIR_PAD_VALID;
    return true;
}

/* Reads one dataset of a node. */
MUST_CHECK static bool read_field(reader *r, const place *p, nir_field field,
                                  nir_node *node)
{
    const char *name = nir_field_name(field);
    if (!nir_requires(node->kind, field) &&
        !store_has(&r->s, p->object.id, name)) {
        node->field[field] = nir_default(node->kind, field);
        return true;
    }
    store_object object;
    if (!store_get(&r->s, p->where, p->object.id, name, &object)) {
        return !store_has(&r->s, p->object.id, name) &&
               nir_help_absent(node->kind, field, p->where, r->b.d);
    }
    bool ok = field == NIR_PADDING && nir_is_conv(node->kind) &&
                      store_is_text(&object)
                  ? read_padding_word(r, p, &object, node)
                  : store_numbers(&r->s, p->where, &object, name,
                                  nir_is_integer(field), &node->field[field]);
    store_release(&object);
    return ok;
}

/* Reads and checks a node that is no graph. */
MUST_CHECK static bool read_node(reader *r, const place *p, nir_node *node)
{
    store_names names;
    bool ok = true;
    warn_attributes(r, p);
    if (!store_list(&r->s, p->where, p->object.id, &names)) {
        return false;
    }
    for (int64_t i = 0; i < names.count; i++) {
        if (!belongs_to_node(node->kind, names.name[i])) {
            warn_member(r, p->where, names.name[i]);
        }
    }
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        if (nir_allows(node->kind, (nir_field)f)) {
            ok = read_field(r, p, (nir_field)f, node) && ok;
        }
    }
    return ok && nir_check_node(node, p->where, r->b.a, r->b.d);
}

/* The type of the node or graph in a group. */
MUST_CHECK static bool read_type(reader *r, const place *p, char **type)
{
    if (p->object.kind != STORE_GROUP) {
        return diag_error(r->b.d, p->where, "is not a group, so it is no node");
    }
    if (!store_has(&r->s, p->object.id, "type")) {
        diag_error(r->b.d, p->where, "'type' is missing");
        return diag_help(r->b.d, p->where,
                         "a node has a dataset 'type', one string such as "
                         "'LIF'");
    }
    return read_text(r, p, "type", type);
}

/* A graph that is being read, for the callbacks and for its members. */
typedef struct graph_reader {
    reader *r;
    graph *g;
    int depth;
} graph_reader;

MUST_CHECK static bool read_graph(graph_reader *gr, const place *p);

/* Reads a nested graph into g's member name. */
MUST_CHECK static bool read_nested(graph_reader *outer, const place *p,
                                   const char *name)
{
    reader *r = outer->r;
    int depth = outer->depth + 1;
    if (depth > NIR_MAX_DEPTH) {
        return diag_error(r->b.d, p->where,
                          "graphs are nested more than %d deep", NIR_MAX_DEPTH);
    }
    for (int i = 0; i < depth; i++) {
        if (r->above[i] == p->object.address) {
            return diag_error(r->b.d, p->where, "the graph contains itself");
        }
    }
    graph *g = ARENA_NEW(r->b.a, graph);
    g->prefix = text_printf(r->b.a, "%s%s/", outer->g->prefix, name);
    g->where = p->where;
    graph_reader inner = {.r = r, .g = g, .depth = depth};
    r->above[depth] = p->object.address;
    if (!read_graph(&inner, p)) {
        g->broken = true; /* reported; what was read of it stands */
    }
    graph_add_graph(&r->b, outer->g, name, g);
    return true;
}

/*
 * Reads a member of a graph's nodes that is open; false: it is not added. *type
 * is what the file says, if it could be read.
 */
MUST_CHECK static bool read_member(graph_reader *gr, const place *p,
                                   const char *name, char **type)
{
    builder *b = &gr->r->b;
    nir_kind kind;
    if (!read_type(gr->r, p, type)) {
        return false;
    }
    if (strcmp(*type, "NIRGraph") == 0) {
        return read_nested(gr, p, name);
    }
    if (!nir_find_kind(*type, &kind)) {
        return nir_refuse_type(*type, p->where, b->a, b->d);
    }
    nir_node *node = graph_add_node(b, gr->g, name, kind);
    if (node && !read_node(gr->r, p, node)) {
        node->broken = true; /* reported; it stands, edges may name it */
    }
    return node != NULL;
}

/* Counts a member of a graph; false if there are too many. */
MUST_CHECK static bool count_member(graph_reader *gr, const char *name)
{
    reader *r = gr->r;
    int64_t most = nir_most_members(r->s.bytes);
    if (++r->n_members > most) {
        return diag_error(r->b.d, gr->g->where,
                          "the graphs of this file have more than %" PRId64
                          " members in all",
                          most);
    }
    return store_take_text(&r->s, gr->g->where,
                           (int64_t)(strlen(gr->g->prefix) + strlen(name)));
}

/* Opens and reads one member of the group "nodes", or leaves a gap for it. */
static void open_member(graph_reader *gr, int64_t nodes, const char *name)
{
    builder *b = &gr->r->b;
    char *type = NULL;
    if (!text_is_plain(name) || strchr(name, '/')) {
        diag_error(b->d, gr->g->where,
                   "the name %s has a '/', a control character or is not UTF-8",
                   text_quote(b->a, name));
        graph_add_graph(b, gr->g, name, NULL);
        b->gaps = true;
        return;
    }
    place p = {.where =
                   text_printf(b->a, "%s:%s%s", b->file, gr->g->prefix, name)};
    if (!store_get(&gr->r->s, p.where, nodes, name, &p.object) ||
        !read_member(gr, &p, name, &type)) {
        graph_add_unknown(b, gr->g, name, type);
    }
    store_release(&p.object);
}

/* Reads all members of the group "nodes"; false: a limit was met. */
MUST_CHECK static bool read_members(graph_reader *gr, const store_names *names,
                                    int64_t nodes)
{
    builder *b = &gr->r->b;
    for (int64_t i = 0; i < names->count; i++) {
        if (!count_member(gr, names->name[i])) {
            b->full = true;
            return false;
        }
        open_member(gr, nodes, names->name[i]);
        if (b->full || gr->r->s.left_text < 0) {
            return false;
        }
    }
    return true;
}

static bool take_edge(void *user, const char *source, const char *target)
{
    const graph_reader *gr = user;
    return graph_add_edge(&gr->r->b, gr->g, source, target);
}

MUST_CHECK static bool read_nodes(graph_reader *gr, const place *p)
{
    store *s = &gr->r->s;
    store_names names;
    store_object nodes;
    if (!store_get(s, p->where, p->object.id, "nodes", &nodes)) {
        return false;
    }
    bool ok = nodes.kind == STORE_GROUP
                  ? store_list(s, p->where, nodes.id, &names) &&
                        read_members(gr, &names, nodes.id)
                  : diag_error(s->d, p->where, "'nodes' is not a group");
    store_release(&nodes);
    return ok;
}

MUST_CHECK static bool read_edges(graph_reader *gr, const place *p)
{
    store_object edges;
    if (!store_get(&gr->r->s, p->where, p->object.id, "edges", &edges)) {
        return false;
    }
    bool ok = store_pairs(&gr->r->s, p->where, &edges, "edges", take_edge, gr);
    store_release(&edges);
    return graph_end_edges(&gr->r->b, gr->g) && ok;
}

MUST_CHECK static bool read_graph(graph_reader *gr, const place *p)
{
    static const char *const known[] = {"type", "nodes", "edges", "metadata",
                                        NULL};
    if (!warn_members(gr->r, p, known) || !read_nodes(gr, p)) {
        gr->r->b.gaps = true;
        return false;
    }
    return read_edges(gr, p);
}

/* The Input and the Output around a node that stands alone. */
static void add_port(reader *r, graph *g, nir_kind kind, const nir_node *node)
{
    nir_shape shape = {.rank = 1, .dim = {1}};
    if (node->kind == NIR_LINEAR || node->kind == NIR_AFFINE) {
        shape = nir_linear_input(node);
        if (kind == NIR_OUTPUT) {
            shape = node->field[NIR_WEIGHT].shape;
            shape.rank--;
        }
    } else {
        (void)nir_own_shape(node, &shape);
    }
    int64_t *dims = ARENA_ARRAY(r->b.a, int64_t, shape.rank);
    memcpy(dims, shape.dim, (size_t)shape.rank * sizeof dims[0]);
    nir_node *port =
        graph_add_node(&r->b, g, kind == NIR_INPUT ? "input" : "output", kind);
    port->field[NIR_SHAPE] = (nir_array){
        .type = NIR_I64,
        .shape = {.rank = 1, .dim = {shape.rank}},
        .count = shape.rank,
        .i64 = dims,
    };
}

/* Reads a file with one node and no graph: input -> node -> output. */
MUST_CHECK static bool read_bare(reader *r, graph *g, const place *p,
                                 nir_kind kind)
{
    nir_node node = {.kind = kind};
    if (!nir_is_elementwise(kind) && kind != NIR_LINEAR && kind != NIR_AFFINE) {
        return diag_error(r->b.d, p->where,
                          "a node of type '%s' cannot stand without a NIRGraph",
                          nir_kind_name(kind));
    }
    if (!read_node(r, p, &node)) {
        graph_add_unknown(&r->b, g, "node", nir_kind_name(kind));
        return false;
    }
    add_port(r, g, NIR_INPUT, &node);
    nir_node *added = graph_add_node(&r->b, g, "node", kind);
    memcpy(added->field, node.field, sizeof node.field);
    add_port(r, g, NIR_OUTPUT, &node);
    return graph_add_edge(&r->b, g, "input", "node") &&
           graph_add_edge(&r->b, g, "node", "output");
}

MUST_CHECK static bool read_top(reader *r, const place *p)
{
    graph g = {.prefix = "", .where = r->b.file};
    graph_reader gr = {.r = r, .g = &g};
    char *type = NULL;
    nir_kind kind;
    if (!read_type(r, p, &type)) {
        return false;
    }
    if (strcmp(type, "NIRGraph") == 0) {
        r->above[0] = p->object.address;
        return read_graph(&gr, p);
    }
    if (!nir_find_kind(type, &kind)) {
        return nir_refuse_type(type, p->where, r->b.a, r->b.d);
    }
    return read_bare(r, &g, p, kind);
}

/* The file's version, for information only. */
static const char *read_version(reader *r, const place *root)
{
    store_object object;
    char *text = NULL;
    if (!store_has(&r->s, root->object.id, "version") ||
        !store_get(&r->s, root->where, root->object.id, "version", &object)) {
        return "";
    }
    if (!store_is_text(&object)) {
        diag_warning(r->b.d, root->where,
                     "'version' is not one string, ignored");
    } else if (!store_text(&r->s, root->where, &object, "version", &text)) {
        text = NULL; /* reported */
    } else if (!text_is_plain(text)) {
        diag_warning(r->b.d, root->where, "'version' is %s, ignored",
                     text_quote(r->b.a, text));
        text = NULL;
    }
    store_release(&object);
    return text ? text : "";
}

MUST_CHECK static bool read_root(reader *r, nir_net *net)
{
    static const char *const known[] = {"version", "node", NULL};
    place root = {.where = r->b.file, .object = {.id = r->s.id}};
    place top = {.where = r->b.file};
    if (!store_has(&r->s, r->s.id, "node")) {
        return diag_error(
            r->b.d, r->b.file, "%s",
            store_has_attribute(&r->s, "__type__")
                ? "holds recorded data (NIRGraphData), not a network"
                : "has no group 'node', so it is no NIR network");
    }
    if (!warn_members(r, &root, known)) {
        return false;
    }
    net->version = read_version(r, &root);
    if (!store_get(&r->s, r->b.file, r->s.id, "node", &top.object)) {
        return false;
    }
    bool ok = read_top(r, &top);
    store_release(&top.object);
    return ok;
}

bool nir_read(const char *path, const char *file, arena *a, diag *d,
              nir_net *net)
{
    int64_t errors = d->errors;
    reader r = {.s = {.path = path, .file = file, .a = a, .d = d},
                .b = {.file = file, .a = a, .d = d}};
    *net = (nir_net){.file = file, .version = ""};
    bool ok = store_open(&r.s) && read_root(&r, net);
    store_close(&r.s);
    graph_finish(&r.b, net);
    if (net->n_nodes > 0 || ok) {
        ok = graph_check_ports(&r.b, net) && ok;
    }
    /* some problems let the reading go on, so success is no error at all */
    net->partial = !ok || d->errors > errors;
    return !net->partial;
}
