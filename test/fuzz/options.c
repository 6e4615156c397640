/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * options.c - how the sanitizers treat what is not ours, for all fuzz targets.
 *
 * The HDF5 library is not instrumented, and it fails on many damaged files. It
 * gets NULL for more than 1 GiB, as it would under the limit of the guard in
 * src/driver; our own code ends with "out of memory" then, which is a finding.
 * HDF5 1.10 forgets memory when it gives up in the middle of a damaged object;
 * nobody else could free that. What our own code forgets is a finding.
 */
const char *__asan_default_options(void);
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1:max_allocation_size_mb=1024:"
           "quarantine_size_mb=16:malloc_context_size=30:"
           "detect_container_overflow=0:abort_on_error=0:exitcode=77";
}

const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }

const char *__lsan_default_options(void) { return "print_suppressions=0"; }

const char *__lsan_default_suppressions(void) { return "leak:^H5\n"; }
