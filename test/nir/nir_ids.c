/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * nir_ids.c - nir-ids FILE: reads a file twice, and prints how many ids of the
 * HDF5 library the second time has left open.
 */
#include <hdf5.h>
#include <inttypes.h>
#include <stdio.h>

#include "nir/nir.h"

/* Of HDF5's inside: the public function does not count the library's types. */
int64_t H5I_nmembers(H5I_type_t type);

static void ignore(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)severity;
    (void)where;
    (void)text;
    (void)user;
}

static int64_t ids_after(const char *path)
{
    arena a = {0};
    diag d = {.report = ignore};
    nir_net net;
    int64_t n = 0;
    bool good = nir_read(path, path, &a, &d, &net);
    (void)good;
    arena_free(&a);
    for (int type = H5I_FILE; type < H5I_NTYPES; type++) {
        n += H5I_nmembers((H5I_type_t)type);
    }
    return n;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: nir-ids FILE\n");
        return 2;
    }
    int64_t first = ids_after(argv[1]);
    printf("%" PRId64 " left open\n", ids_after(argv[1]) - first);
    return 0;
}
