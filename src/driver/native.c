/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * native.c - writes the network and an adapter into a temporary folder, runs
 * the compiler on them, and loads what it makes. The folder is gone when that
 * is done.
 */
#include "driver/native.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "driver/adapter.h"
#include "driver/cache.h"
#include "driver/compiler.h"

/*===- loading --------------------------------------------------------------*/

static bool load_library(native *n, const native_network *net,
                         const char *library, diag *d)
{
    n->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!n->library) {
        return diag_error(d, net->name,
                          "the compiled network cannot be loaded: %s",
                          dlerror());
    }
    void *init = dlsym(n->library, "adapter_init");
    void *step = dlsym(n->library, "adapter_step");
    const uint64_t *size = dlsym(n->library, "adapter_size");
    n->places = dlsym(n->library, "adapter_places");
    if (!init || !step || !size || !n->places) {
        return diag_error(d, net->name,
                          "the compiled network lacks a "
                          "function");
    }
    /* POSIX: an object pointer of dlsym converts to a function's. */
    memcpy(&n->init, &init, sizeof init);
    memcpy(&n->step, &step, sizeof step);
    n->state_size = *size;
    return true;
}

static bool map_weights(native *n, const char *path, diag *d)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat what = {0};
    if (file < 0 || fstat(file, &what) != 0) {
        return diag_error(d, path, "cannot be read: %s", strerror(errno));
    }
    size_t size = (size_t)what.st_size;
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (map == MAP_FAILED) {
        return diag_error(d, path, "cannot be read: %s", strerror(errno));
    }
    n->weights = map;
    n->weights_size = size;
    return true;
}

/* A state that has checked the weights, for all others to be copies of. */
static bool make_fresh(native *n, const native_network *net, arena *a, diag *d)
{
    n->fresh = arena_alloc(a, 1, n->state_size);
    int status = n->init(n->fresh, n->weights, n->weights_size);
    return status == 0 ||
           diag_error(d, net->name,
                      "the compiled network refuses its weights: status %d",
                      status);
}

bool native_load(native *n, const native_network *net, const char *library,
                 const char *weights, arena *a, diag *d)
{
    *n = (native){0};
    bool good = load_library(n, net, library, d) &&
                (net->report->n_weights == 0 || map_weights(n, weights, d)) &&
                make_fresh(n, net, a, d);
    if (!good) {
        native_close(n);
    }
    return good;
}

void native_close(native *n)
{
    if (n->weights) {
        munmap(n->weights, n->weights_size);
    }
    if (n->library) {
        dlclose(n->library);
    }
    *n = (native){0};
}

/*===- making ---------------------------------------------------------------*/

const file_text *native_files(const native_network *net, const char *folder,
                              arena *a, int64_t *n)
{
    const char *text = adapter_text(net, a);
    file_text *files = ARENA_ARRAY(a, file_text, 4);
    files[0] = (file_text){.path = text_printf(a, "%s/%s.h", folder, net->name),
                           .head = net->header,
                           .head_size = net->header_size};
    files[1] = (file_text){.path = text_printf(a, "%s/%s.c", folder, net->name),
                           .head = net->source,
                           .head_size = net->source_size};
    files[2] = (file_text){.path = text_printf(a, "%s/adapter.c", folder),
                           .head = text,
                           .head_size = (int64_t)strlen(text)};
    files[3] = net->weights;
    files[3].path = text_printf(a, "%s/%s.weights", folder, net->name);
    *n = net->report->n_weights > 0 ? 4 : 3;
    return files;
}

static bool make(native *n, const native_network *net, const compiler *cc,
                 const char *folder, const char *cache, arena *a, diag *d)
{
    int64_t count;
    const file_text *files = native_files(net, folder, a, &count);
    const char *library = text_printf(a, "%s/network.so", folder);
    const char *weights = text_printf(a, "%s/%s.weights", folder, net->name);
    if (!files_write(files, count, a, d) ||
        !compiler_run(cc, net, folder, library, a, d) ||
        !native_load(n, net, library, weights, a, d)) {
        return false;
    }
    if (cache) {
        cache_add(cache, net, cc, library, a);
    }
    return true;
}

bool native_open(native *n, const native_network *net, const char *cache,
                 arena *a, diag *d)
{
    *n = (native){0};
    compiler cc = compiler_find(a);
    if (cache && !cache_is_safe(cache, d)) {
        cache = NULL;
    }
    if (cache && cache_load(cache, net, &cc, n, a)) {
        return true;
    }
    const char *folder = files_temporary(a, d);
    if (!folder) {
        return false;
    }
    bool good = make(n, net, &cc, folder, cache, a, d);
    files_remove_folder(folder, a);
    return good;
}
