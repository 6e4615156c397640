/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fuzz.h - what the fuzz targets share; docs/fuzz.md says what they are for.
 */
#ifndef SNN_TEST_FUZZ_FUZZ_H
#define SNN_TEST_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer calls these. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Prepares this process and the HDF5 library in it. */
void fuzz_start(void);
/* The file of this process that inputs are written to, in $TMPDIR or /tmp. */
const char *fuzz_path(void);
/* Puts a new file in its place. */
void fuzz_renew(void);
/* Gives it a second name, $FUZZ_COPY, where that is set; for run.py. */
void fuzz_keep(void);
/* Makes it hold these bytes and nothing else, and keeps it. */
void fuzz_write(const uint8_t *data, size_t size);
/*
 * Reads the network in the file and infers its shapes. Ends the process if the
 * reader breaks a promise: an error is reported if and only if it fails, a
 * network that it gives is as nir.h says, and nothing is left open.
 */
void fuzz_read(void);

#endif
