/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read_data.c - reads the numbers in an HDF5 file.
 *
 * A dataset says how large it is before anything shows that its data exist.
 * So its type, its extent and its storage are checked, in this order, and only
 * then memory is allocated. HDF5 converts every number to what is asked for.
 */
#include "nir/read_data.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { DEFLATE_MOST = 1032 }; /* bytes from one byte */

bool dataset_damaged(const dataset *x)
{
    return diag_error(x->s->d, x->where, "'%s' is damaged: %s", x->name,
                      store_reason(x->s));
}

static const char *filter_name(H5Z_filter_t filter)
{
    static const struct {
        H5Z_filter_t filter;
        const char *name;
    } names[] = {
        {H5Z_FILTER_DEFLATE, "deflate"},
        {H5Z_FILTER_SZIP, "szip"},
        {H5Z_FILTER_NBIT, "nbit"},
        {H5Z_FILTER_SCALEOFFSET, "scaleoffset"},
        {307, "bzip2"},
        {32000, "LZF"},
        {32001, "Blosc"},
        {32004, "LZ4"},
        {32008, "bitshuffle"},
        {32013, "ZFP"},
        {32015, "Zstandard"},
        {32026, "Blosc2"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].filter == filter) {
            return names[i].name;
        }
    }
    return "unknown";
}

/* All filters are there; *ratio is how much they can compress, 0 if unknown. */
MUST_CHECK static bool check_filters(const dataset *x, int64_t *ratio)
{
    *ratio = 1;
    int n = H5Pget_nfilters(x->plist);
    for (int i = 0; i < n; i++) {
        size_t n_values = 0;
        unsigned flags = 0;
        H5Z_filter_t f = H5Pget_filter2(x->plist, (unsigned)i, &flags,
                                        &n_values, NULL, 0, NULL, NULL);
        if (f < 0) {
            return dataset_damaged(x);
        }
        if (H5Zfilter_avail(f) <= 0) {
            return diag_error(x->s->d, x->where,
                              "'%s' needs HDF5 filter %d (%s), which is not "
                              "installed",
                              x->name, f, filter_name(f));
        }
        if (!dataset_follows(f)) {
            return diag_error(x->s->d, x->where,
                              "'%s' is packed by HDF5 filter %d (%s), which is "
                              "not read",
                              x->name, f, filter_name(f));
        }
        if (f == H5Z_FILTER_DEFLATE) {
            *ratio = *ratio == 1 ? DEFLATE_MOST : 0;
        } else if (f != H5Z_FILTER_SHUFFLE && f != H5Z_FILTER_FLETCHER32) {
            *ratio = 0;
        }
    }
    return true;
}

/* The data are in this file; store_get has refused lists of other files. */
MUST_CHECK static bool check_layout(const dataset *x)
{
    if (H5Pget_layout(x->plist) == H5D_VIRTUAL) {
        return diag_error(x->s->d, x->where,
                          "'%s' is a virtual dataset, made of other datasets",
                          x->name);
    }
    return true;
}

MUST_CHECK static bool check_extent(dataset *x)
{
    diag *d = x->s->d;
    x->rank = H5Sget_simple_extent_ndims(x->space);
    if (H5Sget_simple_extent_type(x->space) == H5S_NULL) {
        return diag_error(d, x->where, "'%s' has no value", x->name);
    }
    if (x->rank < 0) {
        return dataset_damaged(x);
    }
    if (x->rank > NIR_MAX_RANK) {
        return diag_error(d, x->where, "'%s' has %d axes, at most %d are read",
                          x->name, x->rank, NIR_MAX_RANK);
    }
    H5Sget_simple_extent_dims(x->space, x->dim, NULL);
    x->count = 1;
    for (int i = 0; i < x->rank; i++) {
        if (x->dim[i] > NIR_MAX_ELEMENTS ||
            x->count * (int64_t)x->dim[i] > NIR_MAX_ELEMENTS) {
            return diag_error(
                d, x->where, "'%s' has more than %d elements, axis %d has %llu",
                x->name, NIR_MAX_ELEMENTS, i, (unsigned long long)x->dim[i]);
        }
        x->count *= (int64_t)x->dim[i];
    }
    return true;
}

MUST_CHECK static bool refuse_chunks(const dataset *x)
{
    return diag_error(x->s->d, x->where, "'%s' has chunks that are too large",
                      x->name);
}

/* What the chunks hold when unpacked; false if some are not stored. */
MUST_CHECK static bool chunk_bytes(const dataset *x, int64_t element,
                                   int64_t *bytes)
{
    hsize_t chunk[NIR_MAX_RANK];
    hsize_t stored = 0;
    if (H5Pget_chunk(x->plist, NIR_MAX_RANK, chunk) != x->rank ||
        H5Dget_num_chunks(x->id, x->space, &stored) < 0) {
        return dataset_damaged(x);
    }
    const int64_t most = nir_most_numbers(x->s->bytes) * 8;
    int64_t chunks = 1;     /* at most NIR_MAX_ELEMENTS */
    int64_t size = element; /* of a chunk in bytes */
    for (int i = 0; i < x->rank; i++) {
        if (chunk[i] == 0 || chunk[i] > (hsize_t)(most / size)) {
            return refuse_chunks(x);
        }
        chunks *= (int64_t)((x->dim[i] + chunk[i] - 1) / chunk[i]);
        size *= (int64_t)chunk[i];
    }
    if (chunks > most / size) {
        return refuse_chunks(x);
    }
    if (stored < (hsize_t)chunks) {
        return diag_error(x->s->d, x->where,
                          "'%s' has %" PRId64 " chunks, the file holds %" PRIu64
                          " of them",
                          x->name, chunks, (uint64_t)stored);
    }
    *bytes = chunks * size;
    return true;
}

bool dataset_check_storage(const dataset *x)
{
    int64_t element = (int64_t)H5Tget_size(x->type);
    if (element < 1 || element > NIR_MAX_NAME_BYTES) {
        return dataset_damaged(x);
    }
    int64_t bytes = x->count * element;
    uint64_t held = H5Dget_storage_size(x->id);
    int64_t ratio = 1;
    H5D_layout_t layout = H5Pget_layout(x->plist);
    if (layout == H5D_CHUNKED && x->count > 0 &&
        (!check_filters(x, &ratio) || !chunk_bytes(x, element, &bytes))) {
        return false;
    }
    if (layout == H5D_CONTIGUOUS && held > 0 &&
        H5Dget_offset(x->id) > (haddr_t)x->s->bytes) {
        held = 0;
    }
    if (held > (uint64_t)x->s->bytes) {
        held = (uint64_t)x->s->bytes;
    }
    if (ratio > 0 && (uint64_t)(bytes / ratio) > held) {
        return diag_error(x->s->d, x->where,
                          "'%s' needs %" PRId64
                          " bytes, the file holds %" PRIu64 " of them",
                          x->name, bytes / ratio, held);
    }
    return layout != H5D_CHUNKED || x->count == 0 || dataset_check_chunks(x);
}

bool dataset_open(dataset *x, const store_object *object)
{
    x->type = x->space = x->plist = -1;
    if (object->kind != STORE_DATASET) {
        return diag_error(x->s->d, x->where, "'%s' is %s, not a dataset",
                          x->name,
                          object->kind == STORE_GROUP ? "a group" : "a type");
    }
    x->id = object->id;
    x->plist = H5Dget_create_plist(x->id);
    if (x->plist < 0) {
        return dataset_damaged(x);
    }
    if (!check_layout(x)) {
        return false;
    }
    x->type = H5Dget_type(x->id);
    x->space = x->type < 0 ? -1 : H5Dget_space(x->id);
    if (x->space < 0) {
        return dataset_damaged(x);
    }
    return check_extent(x);
}

void dataset_close(const dataset *x)
{
    if (x->space >= 0) {
        H5Sclose(x->space);
    }
    if (x->type >= 0) {
        H5Tclose(x->type);
    }
    if (x->plist >= 0) {
        H5Pclose(x->plist);
    }
}

const char *dataset_content(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_ENUM:
        return "numbers";
    case H5T_STRING:
        return "text";
    case H5T_BITFIELD:
        return "bit fields";
    case H5T_OPAQUE:
        return "opaque data";
    case H5T_COMPOUND:
        return "compound values";
    case H5T_REFERENCE:
        return "references";
    case H5T_VLEN:
        return "sequences";
    case H5T_ARRAY:
        return "arrays";
    default:
        return "something else";
    }
}

/* The bits of a floating-point type. */
typedef struct float_bits {
    size_t sign;
    size_t exponent;
    size_t n_exponent;
    size_t mantissa;
    size_t n_mantissa;
} float_bits;

static bool get_float_bits(hid_t type, float_bits *b)
{
    return H5Tget_fields(type, &b->sign, &b->exponent, &b->n_exponent,
                         &b->mantissa, &b->n_mantissa) >= 0;
}

/* The values fit into a float without loss. */
static bool fits_float(hid_t type)
{
    float_bits b;
    if (H5Tget_class(type) != H5T_FLOAT) {
        return H5Tget_precision(type) <= 16;
    }
    return get_float_bits(type, &b) && b.n_exponent <= 8 && b.n_mantissa <= 23;
}

/* All bits of a type lie in its bytes: HDF5 1.10 does not look. */
static bool type_is_sane(hid_t type)
{
    float_bits b;
    size_t bits = H5Tget_size(type) * 8;
    size_t precision = H5Tget_precision(type);
    int offset = H5Tget_offset(type);
    if (bits < 8 || bits > 128 || precision < 1 || precision > bits ||
        offset < 0 || (size_t)offset + precision > bits) {
        return false;
    }
    if (H5Tget_class(type) != H5T_FLOAT) {
        return true;
    }
    return get_float_bits(type, &b) && b.sign < bits && b.n_exponent > 0 &&
           b.n_exponent < 32 && b.n_mantissa > 0 &&
           b.exponent + b.n_exponent <= bits &&
           b.mantissa + b.n_mantissa <= bits;
}

MUST_CHECK static bool read_values(const dataset *x, nir_array *out)
{
    bool narrow = fits_float(x->type);
    void *data =
        arena_alloc(x->s->a, x->count, narrow ? sizeof(float) : sizeof(double));
    out->type = narrow ? NIR_F32 : NIR_F64;
    out->data = data;
    if (x->count > 0 &&
        H5Dread(x->id, narrow ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE, H5S_ALL,
                H5S_ALL, H5P_DEFAULT, data) < 0) {
        return dataset_damaged(x);
    }
    return true;
}

MUST_CHECK static bool read_integers(const dataset *x, nir_array *out)
{
    double wide[NIR_MAX_RANK];
    const double most = 2147483648.0;
    diag *d = x->s->d;
    if (x->count > NIR_MAX_RANK) {
        return diag_error(d, x->where,
                          "'%s' has %" PRId64 " elements, at most %d are read",
                          x->name, x->count, NIR_MAX_RANK);
    }
    if (x->count > 0 && H5Dread(x->id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL,
                                H5P_DEFAULT, wide) < 0) {
        return dataset_damaged(x);
    }
    int64_t *data = ARENA_ARRAY(x->s->a, int64_t, x->count);
    out->type = NIR_I64;
    out->data = data;
    for (int64_t i = 0; i < x->count; i++) {
        if (!(fabs(wide[i]) <= most) || floor(wide[i]) != wide[i]) {
            return diag_error(
                d, x->where,
                "'%s' must hold integers of at most 32 bits, element %" PRId64
                " is %s",
                x->name, i, text_number(x->s->a, wide[i]));
        }
        data[i] = (int64_t)wide[i];
    }
    return true;
}

MUST_CHECK static bool check_numeric(const dataset *x)
{
    H5T_class_t class = H5Tget_class(x->type);
    if (class != H5T_INTEGER && class != H5T_FLOAT && class != H5T_ENUM) {
        return diag_error(x->s->d, x->where, "'%s' holds %s, not numbers",
                          x->name, dataset_content(x->type));
    }
    hid_t number = class == H5T_ENUM ? H5Tget_super(x->type) : x->type;
    bool sane = number >= 0 && type_is_sane(number);
    if (class == H5T_ENUM && number >= 0) {
        H5Tclose(number);
    }
    if (!sane) {
        return diag_error(
            x->s->d, x->where,
            "'%s' has numbers of more than 128 bits, or with bits "
            "outside of them",
            x->name);
    }
    return true;
}

MUST_CHECK static bool take_from_total(const dataset *x)
{
    if (x->count > x->s->left) {
        return diag_error(x->s->d, x->where,
                          "'%s' brings the network above %" PRId64
                          " numbers in all",
                          x->name, nir_most_numbers(x->s->bytes));
    }
    x->s->left -= x->count;
    return true;
}

bool store_numbers(store *s, const char *where, const store_object *object,
                   const char *name, bool integers, nir_array *out)
{
    dataset x = {.s = s, .where = where, .name = name};
    bool ok = false;
    *out = (nir_array){0};
    if (!dataset_open(&x, object) || !check_numeric(&x) ||
        !dataset_check_storage(&x) || !take_from_total(&x)) {
        goto done;
    }
    out->shape.rank = x.rank;
    for (int i = 0; i < x.rank; i++) {
        out->shape.dim[i] = (int64_t)x.dim[i];
    }
    out->count = x.count;
    ok = integers ? read_integers(&x, out) : read_values(&x, out);
done:
    dataset_close(&x);
    if (!ok) {
        *out = (nir_array){0};
    }
    return ok;
}
