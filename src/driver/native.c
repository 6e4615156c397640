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
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
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

static const char *adapter(const native_network *net, arena *a)
{
    buf t = {.a = a};
    buf_printf(&t, "#include \"%s.h\"\n", net->name);
    buf_printf(&t, "const uint32_t adapter_size = sizeof(%s_state);\n",
               net->name);
    buf_printf(&t,
               "void adapter_init(void *state)\n{\n    %s_init(state);\n}\n",
               net->name);
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
    char *copy = text_printf(a, "%s", text);
    for (char *word = strtok(copy, " \t"); word && n < MAX_WORDS;
         word = strtok(NULL, " \t")) {
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
static int run(char **words, const char *output)
{
    pid_t child = fork();
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
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
    words[count] = NULL;
    int status = run(words, log);
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
    n->state = arena_alloc(a, 1, *size);
    return true;
}

bool native_open(native *n, const native_network *net, arena *a, diag *d)
{
    *n = (native){0};
    n->folder = files_temporary(a, d);
    if (!n->folder) {
        return false;
    }
    const char *text = adapter(net, a);
    file_text files[] = {
        {text_printf(a, "%s/%s.h", n->folder, net->name), net->header,
         net->header_size, NULL, 0},
        {text_printf(a, "%s/%s.c", n->folder, net->name), net->source,
         net->source_size, NULL, 0},
        {text_printf(a, "%s/adapter.c", n->folder), text, (int64_t)strlen(text),
         NULL, 0},
    };
    return files_write(files, 3, a, d) && compile(n, net, a, d) &&
           find_functions(n, net, a, d);
}

void native_close(native *n, arena *a)
{
    if (n->library) {
        dlclose(n->library);
    }
    if (n->folder) {
        files_remove_folder(n->folder, a);
    }
}
