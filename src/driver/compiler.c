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

typedef struct command {
    char **words;
    int64_t n;
    int64_t capacity;
} command;

static void add(command *c, char *word, arena *a)
{
    c->words = arena_grow(a, c->words, c->n, &c->capacity, sizeof *c->words);
    c->words[c->n++] = word;
}

/* Splits text at blanks. */
static void add_words(command *c, const char *text, arena *a)
{
    char *rest;
    char *copy = text_printf(a, "%s", text);
    for (char *word = strtok_r(copy, " \t", &rest); word;
         word = strtok_r(NULL, " \t", &rest)) {
        add(c, word, a);
    }
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
    command words = {0};
    compiler cc = {.command = text_printf(a, "%s", setting("CC", "cc")),
                   .flags = text_printf(a, "%s", setting("CFLAGS", "-O2"))};
    add_words(&words, cc.command, a);
    cc.name = words.n > 0 ? words.words[0] : "";
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

/*
 * There is no status where a host ignores SIGCHLD or waits for the children of
 * others: then it went well if the library is there, since a compiler that
 * fails removes it.
 */
static bool run(const compiler *cc, const native_network *net, char **words,
                const char *library, const char *log, arena *a, diag *d)
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
        bool made = ended == -1 && access(library, R_OK) == 0;
        status = made                              ? 0
                 : ended != -1 && WIFEXITED(ended) ? WEXITSTATUS(ended)
                                                   : -1;
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
    command c = {0};
    add_words(&c, cc->command, a);
    add_words(&c, cc->flags, a);
    char *rest[] = {(char[]){"-std=c11"},
                    (char[]){"-shared"},
                    (char[]){"-fPIC"},
                    (char[]){"-o"},
                    text_printf(a, "%s", library),
                    text_printf(a, "%s/adapter.c", folder),
                    text_printf(a, "%s/%s.c", folder, net->name)};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        add(&c, rest[i], a);
    }
    if (net->report->n_weights > 0) {        /* for the macro that links them */
        add(&c, (char[]){"-Xassembler"}, a); /* -Wa, splits at commas */
        add(&c, text_printf(a, "-I%s", folder), a);
    }
    add(&c, NULL, a);
    return run(cc, net, c.words, library, text_printf(a, "%s/log", folder), a,
               d);
}
