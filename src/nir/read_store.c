/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read_store.c - opens an HDF5 file, its groups and its links.
 *
 * HDF5 is included by read_data.h and here only. Links to other files are
 * refused twice: by name where the link itself is one, and by a callback where
 * the path of a soft link leads through one.
 */
#define H5_USE_18_API 1 /* H5O_info_t with an address, in every release */
#include "nir/store.h"

#include <hdf5.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"

_Static_assert(sizeof(hid_t) == sizeof(int64_t), "store.h holds ids");

typedef struct reason {
    arena *a;
    const char *text;
} reason;

static herr_t keep_innermost(unsigned n, const H5E_error2_t *error, void *user)
{
    reason *r = user;
    if (n == 0 && error->desc) {
        r->text = text_is_plain(error->desc)
                      ? text_printf(r->a, "%s", error->desc)
                      : text_quote(r->a, error->desc);
    }
    return 0;
}

const char *store_reason(const store *s)
{
    reason r = {.a = s->a, .text = "HDF5 gives no reason"};
    (void)H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &r);
    return r.text;
}

static herr_t refuse_external(const char *parent_file, const char *parent_group,
                              const char *child_file, const char *child,
                              unsigned *flags, hid_t access, void *user)
{
    (void)parent_file;
    (void)parent_group;
    (void)child_file;
    (void)child;
    (void)flags;
    (void)access;
    (void)user;
    return -1;
}

/* Looks at the file before HDF5 does: its messages for these are obscure. */
MUST_CHECK static bool check_file(store *s)
{
    struct stat info;
    if (stat(s->path, &info) != 0) {
        return diag_error(s->d, s->file, "cannot be opened: %s",
                          strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return diag_error(s->d, s->file, "is not a regular file");
    }
    if (info.st_size == 0) {
        return diag_error(s->d, s->file, "is empty");
    }
    s->bytes = info.st_size;
    s->left = nir_most_numbers(s->bytes);
    s->left_text = nir_most_text(s->bytes);
    return true;
}

/* The open file, or a negative number, and *why it cannot be opened. */
static hid_t open_file(const store *s, const char **why)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(access, 1, 1); /* file systems without locks will do */
#endif
    struct stat info;
    if (stat(s->path, &info) == 0 && info.st_nlink == 0) {
        /* A file without a name (/proc/self/fd/3): HDF5 insists on the real
         * path of a link, but not where it reads all of it into memory. Nor
         * does it through stdio, which forgets why a file is damaged. */
        H5Pset_fapl_core(access, 1 << 20, false);
    }
    hid_t id = H5Fopen(s->path, H5F_ACC_RDONLY, access);
    *why = store_reason(s); /* the next call to HDF5 forgets it */
    H5Pclose(access);
    return id;
}

/* Prepares the reading of strings of variable length. */
MUST_CHECK static bool open_strings(store *s)
{
    size_t n_offset = 0;
    size_t n_length = 0;
    hsize_t base = 0;
    hid_t layout = H5Fget_create_plist(s->id);
    bool ok = layout >= 0 && H5Pget_sizes(layout, &n_offset, &n_length) >= 0 &&
              H5Pget_userblock(layout, &base) >= 0;
    if (layout >= 0) {
        H5Pclose(layout);
    }
    s->strings =
        (heap){.fd = open(s->path, O_RDONLY | O_CLOEXEC),
               .bytes = s->bytes,
               .base = ok && base < (hsize_t)s->bytes ? (int64_t)base : 0,
               .n_offset = ok && n_offset <= 8 ? (int64_t)n_offset : 8,
               .n_length = ok && n_length <= 8 ? (int64_t)n_length : 8,
               .left = nir_most_text(s->bytes)};
    if (s->strings.fd < 0) {
        return diag_error(s->d, s->file, "cannot be opened: %s",
                          strerror(errno));
    }
    return true;
}

static void close_strings(store *s)
{
    if (s->strings.fd >= 0) {
        close(s->strings.fd);
    }
    arena_free(&s->strings.a);
}

bool store_open(store *s)
{
    /* else it tells stderr at exit what it did not free of a damaged file */
    H5dont_atexit();
    H5open();
    H5Eget_auto2(H5E_DEFAULT, &s->print, &s->print_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    s->strings.fd = -1;
    s->access = H5Pcreate(H5P_LINK_ACCESS);
    H5Pset_elink_cb(s->access, refuse_external, NULL);
    if (!check_file(s)) {
        return false;
    }
    const char *why = NULL;
    s->id = open_file(s, &why);
    if (s->id > 0) {
        return open_strings(s);
    }
    if (H5Fis_hdf5(s->path) == 0) {
        return diag_error(s->d, s->file, "is not an HDF5 file");
    }
    return diag_error(s->d, s->file, "is damaged: %s", why);
}

void store_close(store *s)
{
    if (s->id > 0) {
        assert(H5Fget_obj_count(s->id, H5F_OBJ_ALL | H5F_OBJ_LOCAL) == 1);
        H5Fclose(s->id);
    }
    close_strings(s);
    H5Pclose(s->access);
    H5Eset_auto2(H5E_DEFAULT, s->print, s->print_data);
    s->id = 0;
}

bool store_has(const store *s, int64_t group, const char *name)
{
    return H5Lexists(group, name, s->access) > 0;
}

bool store_has_attribute(const store *s, const char *name)
{
    return H5Aexists(s->id, name) > 0;
}

/* Reports a soft link that could not be followed. */
static bool refuse_soft(store *s, const char *where, int64_t group,
                        const char *name)
{
    const char *why = store_reason(s);
    H5L_info_t link;
    char *target = NULL;
    if (H5Lget_info(group, name, &link, s->access) >= 0 &&
        link.u.val_size <= NIR_MAX_NAME_BYTES) {
        target = arena_alloc(s->a, (int64_t)link.u.val_size + 1, 1);
        if (H5Lget_val(group, name, target, link.u.val_size, s->access) < 0) {
            target = NULL;
        }
    }
    return diag_error(s->d, where, "%s is a soft link to %s: %s",
                      text_quote(s->a, name),
                      target ? text_quote(s->a, target) : "nowhere", why);
}

/* Reports that what a link leads to could not be opened. */
static bool refuse_target(store *s, const char *where, int64_t group,
                          const char *name, H5L_type_t link)
{
    return link == H5L_TYPE_SOFT
               ? refuse_soft(s, where, group, name)
               : diag_error(s->d, where, "%s is damaged: %s",
                            text_quote(s->a, name), store_reason(s));
}

/* The link is there, and of one of the two kinds that stay in the file. */
MUST_CHECK static bool check_link(store *s, const char *where, int64_t group,
                                  const char *name, H5L_type_t *type)
{
    H5L_info_t link;
    if (!store_has(s, group, name)) {
        return diag_error(s->d, where, "%s is missing", text_quote(s->a, name));
    }
    if (H5Lget_info(group, name, &link, s->access) < 0) {
        return diag_error(s->d, where, "%s is damaged: %s",
                          text_quote(s->a, name), store_reason(s));
    }
    if (link.type != H5L_TYPE_HARD && link.type != H5L_TYPE_SOFT) {
        return diag_error(s->d, where,
                          "%s is a link to another file, which is not followed",
                          text_quote(s->a, name));
    }
    *type = link.type;
    return true;
}

/*
 * The header of an object lists other files. HDF5 reads that list when it opens
 * the dataset; 1.10 does not let go of it if it is damaged, and can then not
 * close the file. So this is asked before, which looks at the kinds of entries
 * in the header alone.
 */
static bool has_other_files(const H5O_info_t *info)
{
    enum { EXTERNAL_FILES = 7 }; /* the number of this kind in the format */
    return (info->hdr.mesg.present >> EXTERNAL_FILES & 1) != 0;
}

bool store_get(store *s, const char *where, int64_t group, const char *name,
               store_object *object)
{
    H5L_type_t link = H5L_TYPE_ERROR;
    H5O_info_t info;
    *object = (store_object){0};
    if (!check_link(s, where, group, name, &link)) {
        return false;
    }
    if (H5Oget_info_by_name2(group, name, &info,
                             H5O_INFO_BASIC | H5O_INFO_NUM_ATTRS | H5O_INFO_HDR,
                             s->access) < 0) {
        return refuse_target(s, where, group, name, link);
    }
    if (has_other_files(&info)) {
        return diag_error(s->d, where, "%s has its data in another file",
                          text_quote(s->a, name));
    }
    hid_t id = H5Oopen(group, name, s->access);
    if (id < 0) {
        return refuse_target(s, where, group, name, link);
    }
    object->id = id;
    object->kind = info.type == H5O_TYPE_GROUP     ? STORE_GROUP
                   : info.type == H5O_TYPE_DATASET ? STORE_DATASET
                                                   : STORE_OTHER;
    object->address = info.addr;
    object->n_attributes = (int64_t)info.num_attrs;
    return true;
}

void store_release(store_object *object)
{
    if (object->id > 0) {
        H5Oclose(object->id);
    }
    object->id = 0;
}

enum { STRING_BYTES = 16 }; /* what is counted for a string beside its own */

bool store_take_text(store *s, const char *where, int64_t bytes)
{
    s->left_text -= bytes + STRING_BYTES;
    return s->left_text >= 0 ||
           diag_error(s->d, where,
                      "the strings and names read from this file have more "
                      "than %" PRId64 " bytes in all",
                      nir_most_text(s->bytes));
}

static herr_t add_name(hid_t group, const char *name, const H5L_info_t *link,
                       void *user)
{
    (void)group;
    (void)link;
    store_names *n = user;
    n->name = arena_grow(n->a, n->name, n->count, &n->capacity, sizeof(char *));
    int64_t size = (int64_t)strlen(name);
    n->name[n->count++] = arena_text(n->a, name, size);
    n->bytes += size + STRING_BYTES;
    return n->count > NIR_MAX_NODES || n->bytes > n->most;
}

static int compare_names(const void *x, const void *y)
{
    return strcmp(*(char *const *)x, *(char *const *)y);
}

bool store_list(store *s, const char *where, int64_t group, store_names *names)
{
    *names = (store_names){.a = s->a, .most = s->left_text};
    /*
     * HDF5 1.10 frees what it never set when it sorts links of which one is
     * damaged. So they are not sorted by it, and a search for a name that is
     * not there makes it decode them all once.
     */
    htri_t sane = H5Lexists(group, "\x01", s->access);
    herr_t end = sane < 0 ? -1
                          : H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE,
                                       NULL, add_name, names);
    if (end < 0) {
        return diag_error(s->d, where, "a group is damaged: %s",
                          store_reason(s));
    }
    if (!store_take_text(s, where, names->bytes)) {
        return false;
    }
    if (end > 0) {
        return diag_error(s->d, where, "a group has more than %d members",
                          NIR_MAX_NODES);
    }
    if (names->count > 1) {
        qsort(names->name, (size_t)names->count, sizeof(char *), compare_names);
    }
    for (int64_t i = 1; i < names->count; i++) {
        if (strcmp(names->name[i - 1], names->name[i]) == 0) {
            return diag_error(s->d, where, "two members are called %s",
                              text_quote(s->a, names->name[i]));
        }
    }
    return true;
}
