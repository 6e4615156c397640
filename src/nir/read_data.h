/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read_data.h - a dataset of an HDF5 file; for read_*.c only.
 */
#ifndef SNN_NIR_READ_DATA_H
#define SNN_NIR_READ_DATA_H

#define H5_USE_18_API 1 /* H5O_info_t with an address, in every release */
#include <hdf5.h>

#include "nir/store.h"

/* A dataset that is being read. */
typedef struct dataset {
    store *s;
    const char *where;
    const char *name;
    hid_t id;
    hid_t type;  /* of an element, in the file */
    hid_t space; /* its extent */
    hid_t plist; /* how it is stored */
    int rank;
    hsize_t dim[NIR_MAX_RANK];
    int64_t count;
} dataset;

/*
 * Opens what describes a dataset: x has s, where and name. Refuses what is no
 * dataset, has no value, is too large, or is not in this file. To be closed in
 * any case.
 */
MUST_CHECK bool dataset_open(dataset *x, const store_object *object);
void dataset_close(const dataset *x);
/* The file is large enough to hold what the dataset declares. */
MUST_CHECK bool dataset_check_storage(const dataset *x);
/*
 * Each chunk unpacks to what a chunk holds. The chunks are all there, and not
 * too large; their filters are dataset_follows's.
 */
MUST_CHECK bool dataset_check_chunks(const dataset *x);
bool dataset_follows(H5Z_filter_t filter);
/* Reports with HDF5's reason that a call failed. Returns false. */
MUST_CHECK bool dataset_damaged(const dataset *x);
/* "numbers", "text", ...: what a dataset with elements of this type holds. */
const char *dataset_content(hid_t type);

#endif
