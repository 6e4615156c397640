/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * compiler.c - runs $CC with $CFLAGS on what is in a folder.
 */
#include "driver/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "driver/child.h"

enum { MAX_WORDS = 64 };

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

/*===- where it is ----------------------------------------------------------*/

static bool is_program(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0 && S_ISREG(what.st_mode) &&
           access(path, X_OK) == 0;
}

/* As a shell would find it; NULL: not there. */
static const char *find_program(const char *name, arena *a)
{
    if (strchr(name, '/')) {
        return is_program(name) ? name : NULL;
    }
    const char *at = setting("PATH", "/bin:/usr/bin");
    while (true) {
        size_t n = strcspn(at, ":");
        const char *path = n == 0 ? name /* the working directory */
                                  : text_printf(a, "%.*s/%s", (int)n, at, name);
        if (is_program(path)) {
            return path;
        }
        if (at[n] == '\0') {
            return NULL;
        }
        at += n + 1;
    }
}

compiler compiler_find(arena *a)
{
    char *words[MAX_WORDS];
    compiler cc = {.command = text_printf(a, "%s", setting("CC", "cc")),
                   .flags = text_printf(a, "%s", setting("CFLAGS", "-O2"))};
    cc.name = words_of(cc.command, a, words, 0) > 0 ? words[0] : "";
    cc.path = find_program(cc.name, a);
    return cc;
}

/*===- running it -----------------------------------------------------------*/

/* Starts a command with its output in a file; the process, or -1: see errno. */
static pid_t start(char **words, const char *output, const diag *d)
{
    pid_t child = child_start(d);
    if (child == 0) {
        int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file >= 0) {
            dup2(file, 1);
            dup2(file, 2);
        }
        execvp(words[0], words);
        dprintf(2, "%s: %s", words[0], strerror(errno));
        _exit(127); /* as a shell says that there is no such program */
    }
    return child;
}

/* The first lines of a file. */
static const char *beginning(const char *path, arena *a)
{
    enum { SHOWN = 2000 };
    char *text = ARENA_ARRAY(a, char, SHOWN + 1);
    FILE *file = fopen(path, "re");
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

static bool run(const compiler *cc, const native_network *net, char **words,
                const char *log, arena *a, diag *d)
{
    int ended = -1;
    int status = -1;
    const char *said = "";
    pid_t child = start(words, log, d);
    if (child < 0) {
        said = strerror(errno);
    } else if (!child_wait(child, d, &ended)) {
        return false;
    } else {
        status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
        said = beginning(log, a);
    }
    return status == 0 ||
           diag_error(d, net->name,
                      "the C compiler '%s' failed with status %d%s%s",
                      cc->command, status, *said ? ": " : "", said);
}

bool compiler_run(const compiler *cc, const native_network *net,
                  const char *folder, const char *library, arena *a, diag *d)
{
    char *words[MAX_WORDS + 16];
    int count = words_of(cc->command, a, words, 0);
    count = words_of(cc->flags, a, words, count);
    char *rest[] = {(char[]){"-std=c11"},
                    (char[]){"-shared"},
                    (char[]){"-fPIC"},
                    (char[]){"-o"},
                    text_printf(a, "%s", library),
                    text_printf(a, "%s/adapter.c", folder),
                    text_printf(a, "%s/%s.c", folder, net->name)};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        words[count++] = rest[i];
    }
    if (net->report->n_weights > 0) { /* for the macro that links them */
        words[count++] = text_printf(a, "-Wa,-I%s", folder);
    }
    words[count] = NULL;
    return run(cc, net, words, text_printf(a, "%s/log", folder), a, d);
}
