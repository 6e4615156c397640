/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * native.c - writes the network and an adapter into a temporary folder, runs
 * the compiler on them, and loads what it makes. The adapter gives every
 * network the same two functions, whatever its Inputs and Outputs are.
 */
#include "driver/native.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "driver/child.h"
#include "driver/files.h"

enum { MAX_WORDS = 64 };

/*===- adapter --------------------------------------------------------------*/

/* Fills a list of the indices of the spikes of input i. */
static void add_list(buf *text, int64_t i, int64_t size)
{
    buf_printf(text,
               "    static _Thread_local %s list%lld[%lld];\n"
               "    uint32_t n%lld = 0U;\n"
               "    for (uint32_t k = 0U; k < %lldU; k++) {\n"
               "        if (((const uint8_t *)in[%lld])[k] != 0U) {\n"
               "            list%lld[n%lld++] = (%s)k;\n"
               "        }\n"
               "    }\n",
               size <= 65536 ? "uint16_t" : "uint32_t", (long long)i,
               (long long)size, (long long)i, (long long)size, (long long)i,
               (long long)i, (long long)i,
               size <= 65536 ? "uint16_t" : "uint32_t");
}

/* The weights are those of the file, or linked if the macro says so. */
static void add_init(buf *text, const native_network *net)
{
    const emit_report *r = net->report;
    buf_text(text, "int adapter_init(void *state, const void *weights,\n"
                   "                 size_t size)\n{\n");
    if (r->n_weights == 0) {
        buf_printf(text,
                   "    (void)weights;\n    (void)size;\n"
                   "    %s_init(state);\n    return 0;\n}\n",
                   net->name);
        return;
    }
    buf_printf(text,
               "#if defined(%s)\n"
               "    weights = &%s;\n"
               "    size = sizeof %s;\n"
               "#endif\n"
               "    return (int)%s_init(state, weights, size);\n}\n",
               r->weights_link, r->weights_data, r->weights_data, net->name);
}

static const char *adapter(const native_network *net, arena *a)
{
    buf t = {.a = a};
    buf_printf(&t, "#include <stddef.h>\n#include \"%s.h\"\n", net->name);
    buf_printf(&t, "const uint32_t adapter_size = sizeof(%s_state);\n",
               net->name);
    add_init(&t, net);
    buf_text(&t, "void adapter_step(void *state, const void *const *in,\n"
                 "                  void *const *out)\n{\n");
    for (int64_t i = 0; i < net->n_inputs && net->input_events; i++) {
        add_list(&t, i, net->inputs[i].size);
    }
    buf_printf(&t, "    %s_step(state", net->name);
    for (int64_t i = 0; i < net->n_inputs; i++) {
        if (net->input_events) {
            buf_printf(&t, ", list%lld, n%lld", (long long)i, (long long)i);
        } else {
            buf_printf(&t, ",\n        (const %s *)in[%lld]",
                       net->inputs[i].type, (long long)i);
        }
    }
    for (int64_t i = 0; i < net->n_outputs; i++) {
        buf_printf(&t, ",\n        (%s *)out[%lld]", net->outputs[i].type,
                   (long long)i);
    }
    buf_text(&t, ");\n}\n");
    return t.text;
}

/*===- compiling ------------------------------------------------------------*/

/* Splits text at blanks. */
static int words_of(const char *text, arena *a, char **words, int n)
{
    char *rest;
    char *copy = text_printf(a, "%s", text);
    for (char *word = strtok_r(copy, " \t", &rest); word && n < MAX_WORDS;
         word = strtok_r(NULL, " \t", &rest)) {
        words[n++] = word;
    }
    return n;
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

/* Runs a command with its output in a file; its exit status, or -1. */
static int run(char **words, const char *output, diag *d)
{
    pid_t child = child_start(d);
    if (child == 0) {
        int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file >= 0) {
            dup2(file, 1);
            dup2(file, 2);
        }
        execvp(words[0], words);
        fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
        _exit(127);
    }
    int status = -1;
    return child > 0 && child_wait(child, d, &status) && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : -1;
}

/* The first lines of a file. */
static const char *beginning(const char *path, arena *a)
{
    enum { SHOWN = 2000 };
    char *text = ARENA_ARRAY(a, char, SHOWN + 1);
    FILE *file = fopen(path, "r");
    if (file) {
        size_t n = fread(text, 1, SHOWN, file);
        while (n > 0 && text[n - 1] == '\n') {
            n--;
        }
        text[n] = '\0';
        fclose(file);
    }
    return text;
}

static bool compile(native *n, const native_network *net, arena *a, diag *d)
{
    char *words[MAX_WORDS + 16];
    int count = words_of(setting("CC", "cc"), a, words, 0);
    count = words_of(setting("CFLAGS", "-O2"), a, words, count);
    char *library = text_printf(a, "%s/network.so", n->folder);
    char *log = text_printf(a, "%s/log", n->folder);
    char *rest[] = {(char[]){"-std=c11"},
                    (char[]){"-shared"},
                    (char[]){"-fPIC"},
                    (char[]){"-o"},
                    library,
                    text_printf(a, "%s/adapter.c", n->folder),
                    text_printf(a, "%s/%s.c", n->folder, net->name)};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        words[count++] = rest[i];
    }
    if (net->report->n_weights > 0) { /* for the macro that links them */
        words[count++] = text_printf(a, "-Wa,-I%s", n->folder);
    }
    words[count] = NULL;
    int status = run(words, log, d);
    if (status != 0) {
        const char *said = beginning(log, a);
        return diag_error(d, net->name,
                          "the C compiler '%s' failed with status %d%s%s",
                          setting("CC", "cc"), status, *said ? ": " : "", said);
    }
    n->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!n->library) {
        return diag_error(d, net->name,
                          "the compiled network cannot be loaded: %s",
                          dlerror());
    }
    return true;
}

static bool find_functions(native *n, const native_network *net, arena *a,
                           diag *d)
{
    void *init = dlsym(n->library, "adapter_init");
    void *step = dlsym(n->library, "adapter_step");
    const uint32_t *size = dlsym(n->library, "adapter_size");
    if (!init || !step || !size) {
        return diag_error(d, net->name,
                          "the compiled network lacks a "
                          "function");
    }
    /* POSIX: an object pointer of dlsym converts to a function's. */
    memcpy(&n->init, &init, sizeof init);
    memcpy(&n->step, &step, sizeof step);
    n->state_size = *size;
    n->state = arena_alloc(a, 1, *size);
    return true;
}

/* Maps the weights file; a state that has checked it serves for all samples. */
static bool open_weights(native *n, const native_network *net, const char *path,
                         arena *a, diag *d)
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
    n->weights_size = what.st_size;
    int status = n->init(n->state, map, size);
    if (status != 0) {
        return diag_error(d, net->name,
                          "the compiled network refuses its weights: status %d",
                          status);
    }
    n->fresh = arena_alloc(a, 1, (size_t)n->state_size);
    memcpy(n->fresh, n->state, (size_t)n->state_size);
    return true;
}

void native_reset(native *n)
{
    if (n->fresh) {
        memcpy(n->state, n->fresh, (size_t)n->state_size);
    } else {
        n->init(n->state, NULL, 0);
    }
}

bool native_open(native *n, const native_network *net, arena *a, diag *d)
{
    *n = (native){0};
    n->folder = files_temporary(a, d);
    if (!n->folder) {
        return false;
    }
    const char *text = adapter(net, a);
    bool has_weights = net->report->n_weights > 0;
    file_text files[] = {
        {.path = text_printf(a, "%s/%s.h", n->folder, net->name),
         .head = net->header,
         .head_size = net->header_size},
        {.path = text_printf(a, "%s/%s.c", n->folder, net->name),
         .head = net->source,
         .head_size = net->source_size},
        {.path = text_printf(a, "%s/adapter.c", n->folder),
         .head = text,
         .head_size = (int64_t)strlen(text)},
        net->weights,
    };
    files[3].path = text_printf(a, "%s/%s.weights", n->folder, net->name);
    return files_write(files, has_weights ? 4 : 3, a, d) &&
           compile(n, net, a, d) && find_functions(n, net, a, d) &&
           (!has_weights || open_weights(n, net, files[3].path, a, d));
}

void native_close(native *n, arena *a)
{
    if (n->weights) {
        munmap(n->weights, (size_t)n->weights_size);
    }
    if (n->library) {
        dlclose(n->library);
    }
    if (n->folder) {
        files_remove_folder(n->folder, a);
    }
}
