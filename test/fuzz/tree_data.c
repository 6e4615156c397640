/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tree_data.c - datasets: their types, extents, storage and values.
 */
#include "tree.h"

#include <math.h>
#include <string.h>

enum { MOST_WRITTEN = 1 << 16 };

unsigned program_take(program *p, unsigned n)
{
    if (p->left == 0) {
        return 0;
    }
    p->left--;
    return *p->at++ % n;
}

bool program_odd(program *p)
{
    unsigned byte = program_take(p, 256);
    return byte > 0 && byte % 16 == 0;
}

static hid_t small_float(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

/* A float of any fields. */
static hid_t odd_float(program *p)
{
    hid_t type = H5Tcopy(H5T_IEEE_F64LE);
    size_t sign = program_take(p, 64);
    size_t exponent = program_take(p, 64);
    size_t n_exponent = program_take(p, 32);
    size_t mantissa = program_take(p, 64);
    H5Tset_fields(type, sign, exponent, n_exponent, mantissa,
                  program_take(p, 64));
    H5Tset_ebias(type, program_take(p, 256) * 8);
    H5Tset_norm(type, (H5T_norm_t)program_take(p, 3));
    return type;
}

/* An integer of any size, precision and offset. */
static hid_t odd_integer(program *p)
{
    hid_t type = H5Tcopy(program_take(p, 2) ? H5T_STD_U64BE : H5T_STD_I32LE);
    H5Tset_precision(type, 1 + program_take(p, 32));
    H5Tset_offset(type, program_take(p, 40));
    H5Tset_size(type, 1 + program_take(p, 64));
    H5Tset_pad(type, (H5T_pad_t)program_take(p, 2),
               (H5T_pad_t)program_take(p, 2));
    return type;
}

static hid_t enumeration(program *p)
{
    hid_t base = program_take(p, 2) ? H5T_STD_I64BE : H5T_STD_I8LE;
    hid_t type = H5Tenum_create(base);
    const int64_t zero = 0;
    const int64_t one = 1;
    H5Tenum_insert(type, "FALSE", &zero);
    if (program_take(p, 4) != 3) {
        H5Tenum_insert(type, "TRUE", &one);
    }
    return type;
}

static hid_t compound(void)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "r", 0, H5T_IEEE_F32LE);
    H5Tinsert(type, "i", 4, H5T_IEEE_F32LE);
    return type;
}

static hid_t fixed_string(program *p)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    unsigned size = program_take(p, 256);
    H5Tset_size(type, size == 255 ? 1 << 21 : size + 1);
    H5Tset_strpad(type, (H5T_str_t)program_take(p, 3));
    H5Tset_cset(type, (H5T_cset_t)program_take(p, 2));
    return type;
}

static hid_t variable_string(program *p)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, program_take(p, 2) ? H5T_CSET_ASCII : H5T_CSET_UTF8);
    return type;
}

hid_t tree_type(program *p)
{
    const hsize_t two = 2;
    switch (program_take(p, 24)) {
    case 0:
        return H5Tcopy(H5T_IEEE_F32LE);
    case 1:
        return H5Tcopy(H5T_IEEE_F64LE);
    case 2:
        return H5Tcopy(H5T_IEEE_F32BE);
    case 3:
        return H5Tcopy(H5T_IEEE_F64BE);
    case 4:
        return small_float();
    case 5:
        return H5Tcopy(H5T_STD_I8LE);
    case 6:
        return H5Tcopy(H5T_STD_U8BE);
    case 7:
        return H5Tcopy(H5T_STD_I16BE);
    case 8:
        return H5Tcopy(H5T_STD_I32LE);
    case 9:
        return H5Tcopy(H5T_STD_I64LE);
    case 10:
        return H5Tcopy(H5T_STD_U64LE);
    case 11:
        return enumeration(p);
    case 12:
        return H5Tcopy(H5T_STD_B16LE);
    case 13:
        return H5Tcreate(H5T_OPAQUE, 1 + program_take(p, 32));
    case 14:
        return compound();
    case 15:
        return H5Tvlen_create(H5T_STD_I32LE);
    case 16:
        return H5Tarray_create2(H5T_IEEE_F32LE, 1, &two);
    case 17:
        return fixed_string(p);
    case 18:
        return variable_string(p);
    case 19:
        return H5Tcopy(H5T_STD_REF_OBJ);
    case 20:
        return odd_integer(p);
    case 21:
        return odd_float(p);
    case 22:
        return H5Tcopy(H5T_NATIVE_LDOUBLE);
    default:
        return H5Tcopy(H5T_UNIX_D64LE);
    }
}

static hsize_t odd_dimension(program *p)
{
    static const hsize_t some[] = {1,
                                   2,
                                   3,
                                   4,
                                   5,
                                   0,
                                   6,
                                   9,
                                   16,
                                   1000,
                                   65536,
                                   65537,
                                   1 << 20,
                                   1 << 28,
                                   (1 << 28) + 1,
                                   UINT32_MAX,
                                   (hsize_t)1 << 33,
                                   (hsize_t)1 << 62,
                                   (hsize_t)1 << 63,
                                   H5S_UNLIMITED - 1};
    return some[program_take(p, sizeof some / sizeof some[0])];
}

static tree_shape odd_shape(program *p)
{
    tree_shape shape = {.rank = (int)program_take(p, 11)};
    for (int i = 0; i < shape.rank; i++) {
        shape.dim[i] = odd_dimension(p);
    }
    return shape;
}

static hid_t space_of(const tree_shape *shape)
{
    return shape->rank == 0 ? H5Screate(H5S_SCALAR)
                            : H5Screate_simple(shape->rank, shape->dim, NULL);
}

hid_t tree_odd_space(program *p)
{
    if (program_take(p, 8) == 7) {
        return H5Screate(H5S_NULL);
    }
    tree_shape shape = odd_shape(p);
    return space_of(&shape);
}

/* Elements, MOST_WRITTEN + 1 if there are more. */
static hsize_t elements(hid_t space)
{
    hsize_t dim[H5S_MAX_RANK];
    int rank = H5Sget_simple_extent_dims(space, dim, NULL);
    hsize_t n = 1;
    for (int i = 0; i < rank; i++) {
        n = dim[i] > MOST_WRITTEN ? MOST_WRITTEN + 1 : n * dim[i];
        n = n > MOST_WRITTEN ? MOST_WRITTEN + 1 : n;
    }
    return n;
}

static void set_filters(program *p, hid_t list)
{
    for (unsigned n = program_take(p, 4); n > 0; n--) {
        switch (program_take(p, 8)) {
        case 0:
            H5Pset_deflate(list, program_take(p, 10));
            break;
        case 1:
            H5Pset_shuffle(list);
            break;
        case 2:
            H5Pset_fletcher32(list);
            break;
        case 3:
            H5Pset_scaleoffset(list, H5Z_SO_INT, 0);
            break;
        case 4: /* nbit is left out: writing crashes HDF5 */
        case 5:
            H5Pset_szip(list, H5_SZIP_NN_OPTION_MASK, 8);
            break;
        case 6: /* not there, but not needed to write */
            H5Pset_filter(list, 32000, H5Z_FLAG_OPTIONAL, 0, NULL);
            break;
        default:
            H5Pset_filter(list, 307, H5Z_FLAG_OPTIONAL, 0, NULL);
            break;
        }
    }
}

static void set_chunks(program *p, hid_t list, hid_t space)
{
    hsize_t dim[H5S_MAX_RANK];
    int rank = H5Sget_simple_extent_dims(space, dim, NULL);
    for (int i = 0; i < rank; i++) {
        unsigned part = program_take(p, 4);
        dim[i] = part == 0   ? dim[i]
                 : part == 1 ? 1
                 : part == 2 ? dim[i] / 2 + 1
                             : odd_dimension(p);
    }
    H5Pset_chunk(list, rank, dim);
    set_filters(p, list);
}

/* How an odd dataset is stored; *write tells whether there is to be data. */
static hid_t odd_storage(program *p, hid_t space, bool *write)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    switch (program_take(p, 8)) {
    case 0:
        break;
    case 1:
    case 2:
    case 3:
        set_chunks(p, list, space);
        break;
    case 4:
        H5Pset_layout(list, H5D_COMPACT);
        break;
    case 5:
        H5Pset_external(list, "other.raw", 0, H5F_UNLIMITED);
        break;
    case 6:
        H5Pset_layout(list, H5D_VIRTUAL);
        H5Pset_virtual(list, space, "other.h5", "/x", space);
        break;
    default:
        *write = false;
        break;
    }
    if (program_take(p, 8) == 7 && elements(space) <= MOST_WRITTEN) {
        H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY);
        H5Pset_fill_time(list, H5D_FILL_TIME_NEVER);
        *write = false;
    }
    return list;
}

static double odd_value(program *p)
{
    static const double some[] = {
        0,           1,           -1,     2,      3,         0.5,
        1.5,         1e-3,        1e-30,  5e-324, 1e30,      1e308,
        NAN,         INFINITY,    -0.0,   255,    65536,     2147483647.,
        2147483648., 2147483649., 9.2e18, 1.8e19, -INFINITY, 1e-45,
        3.4e38,      268435456.,  -2};
    return some[program_take(p, sizeof some / sizeof some[0])];
}

/* HDF5 can convert to it: it crashes where fields of a float overlap. */
static bool is_plain(hid_t type)
{
    size_t sign = 0;
    size_t exponent = 0;
    size_t n_exponent = 0;
    size_t mantissa = 0;
    size_t n_mantissa = 0;
    if (H5Tget_class(type) != H5T_FLOAT) {
        return H5Tget_class(type) == H5T_INTEGER;
    }
    return H5Tget_fields(type, &sign, &exponent, &n_exponent, &mantissa,
                         &n_mantissa) >= 0 &&
           mantissa == 0 && n_mantissa == exponent &&
           exponent + n_exponent == sign && sign + 1 == H5Tget_precision(type);
}

/* Fills what is read as doubles: ones, or whatever the program says. */
static void write_values(program *p, hid_t data, hid_t type, hsize_t n,
                         double usual)
{
    static double values[MOST_WRITTEN];
    bool odd = program_odd(p);
    for (hsize_t i = 0; i < n; i++) {
        values[i] = odd && i < 8 ? odd_value(p) : usual;
    }
    H5T_class_t class = H5Tget_class(type);
    if (is_plain(type)) {
        H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                 values);
    } else if (H5Tdetect_class(type, H5T_VLEN) <= 0 && class != H5T_STRING &&
               H5Tget_size(type) * n < sizeof values) {
        H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    }
}

static void make(program *p, hid_t group, const char *name, hid_t type,
                 hid_t space, double usual)
{
    bool write = true;
    hid_t list = program_odd(p) ? odd_storage(p, space, &write) : H5P_DEFAULT;
    hid_t data =
        H5Dcreate2(group, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    hsize_t n = elements(space);
    if (data >= 0 && write && n <= MOST_WRITTEN &&
        H5Sget_simple_extent_type(space) != H5S_NULL) {
        write_values(p, data, type, n, usual);
    }
    H5Dclose(data);
    if (list != H5P_DEFAULT) {
        H5Pclose(list);
    }
}

/* What stands where a dataset should. */
static void no_dataset(program *p, hid_t group, const char *name)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    hid_t other;
    switch (program_take(p, 8)) {
    case 0:
        break; /* nothing */
    case 1:
        other = H5Gcreate2(group, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        H5Gclose(other);
        break;
    case 2:
        H5Lcreate_soft("r", group, name, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 3:
        H5Lcreate_soft("/nowhere/x", group, name, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 4:
        H5Lcreate_soft(name, group, name, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 5:
        H5Lcreate_external("o.h5", "/x", group, name, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 6:
        H5Tcommit2(group, name, type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        break;
    default:
        H5Lcreate_hard(group, ".", group, name, H5P_DEFAULT, H5P_DEFAULT);
        break;
    }
    H5Tclose(type);
}

void tree_numbers(program *p, hid_t group, const char *name,
                  const tree_shape *shape, bool integers)
{
    if (program_odd(p)) {
        no_dataset(p, group, name);
        return;
    }
    hid_t type = program_odd(p) ? tree_type(p)
                 : integers     ? H5Tcopy(H5T_STD_I64LE)
                                : H5Tcopy(H5T_IEEE_F32LE);
    hid_t space = program_odd(p) ? tree_odd_space(p) : space_of(shape);
    make(p, group, name, type, space, 1);
    H5Sclose(space);
    H5Tclose(type);
}
