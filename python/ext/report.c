/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * report.c - keeps what the library reports while Python is not there, and
 * makes Diagnostics of it. Help is the hint of the message before it.
 */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spelling.h"

static const char *severity_name(snn_severity severity)
{
    static const char *const names[] = {"error", "warning", "note", "help"};
    return names[severity];
}

/*===- keeping --------------------------------------------------------------*/

static bool grow(reports *r)
{
    Py_ssize_t capacity = r->capacity > 0 ? 2 * r->capacity : 8;
    message *more = realloc(r->messages, (size_t)capacity * sizeof *more);
    if (!more) {
        return false;
    }
    r->messages = more;
    r->capacity = capacity;
    return true;
}

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *to = malloc(size);
    return to ? memcpy(to, text, size) : NULL;
}

void report_add(reports *r, snn_severity severity, const char *where,
                const char *text)
{
    message m = {severity, copy_text(where), copy_text(text)};
    if (!m.where || !m.text || (r->n == r->capacity && !grow(r))) {
        free(m.where);
        free(m.text);
        r->lost = true;
        return;
    }
    r->messages[r->n++] = m;
}

void report_release(reports *r)
{
    for (Py_ssize_t i = 0; i < r->n; i++) {
        free(r->messages[i].where);
        free(r->messages[i].text);
    }
    free(r->messages);
    *r = (reports){0};
}

const message *report_error(const reports *r)
{
    for (Py_ssize_t i = 0; i < r->n; i++) {
        if (r->messages[i].severity == SNN_ERROR) {
            return &r->messages[i];
        }
    }
    return NULL;
}

/*===- as Python objects ----------------------------------------------------*/

/* Names in files may be no UTF-8. */
static PyObject *to_text(const char *text, size_t size)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "surrogateescape");
}

/* Where the node begins in "file:node"; NULL: there is none. */
static const char *find_node(const char *where, const char *name)
{
    size_t size = strlen(name);
    bool known = strncmp(where, name, size) == 0 && where[size] == ':' &&
                 where[size + 1] != '\0';
    return known ? where + size + 1 : NULL;
}

/* What a message says, in the words of Python. */
static PyObject *to_words(const char *text)
{
    pieces t = {0};
    spelling_write(text, &t);
    PyObject *words = pieces_object(&t);
    pieces_release(&t);
    return words;
}

static PyObject *make_diagnostic(const core *c, const message *m,
                                 const message *help, const char *name)
{
    const char *node = find_node(m->where, name);
    size_t size = node ? (size_t)(node - m->where) - 1 : strlen(m->where);
    return PyObject_CallFunction(
        c->diagnostic, "(NNsNN)", to_text(m->where, size),
        node ? to_text(node, strlen(node)) : Py_NewRef(Py_None),
        severity_name(m->severity), to_words(m->text),
        help ? to_words(help->text) : Py_NewRef(Py_None));
}

/*
 * A list of Diagnostics, from message first on. Help that follows nothing, or
 * more help, is a note.
 */
static PyObject *make_list(const core *c, const reports *r, Py_ssize_t first,
                           const char *name)
{
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = first; i < r->n && list; i++) {
        const message *help = i + 1 < r->n &&
                                      r->messages[i].severity != SNN_HELP &&
                                      r->messages[i + 1].severity == SNN_HELP
                                  ? &r->messages[i + 1]
                                  : NULL;
        message m = r->messages[i];
        m.severity = m.severity == SNN_HELP ? SNN_NOTE : m.severity;
        PyObject *diagnostic = make_diagnostic(c, &m, help, name);
        if (!diagnostic || PyList_Append(list, diagnostic) != 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(diagnostic);
        i += help ? 1 : 0;
    }
    return list;
}

static void print(const char *piece, pieces *to)
{
    pieces_write(piece, (int64_t)strlen(piece), to);
}

/* "note: text", a line each, of what directly follows an error. */
static void print_notes(const message *m, const message *end, pieces *to)
{
    for (; m < end && m->severity >= SNN_NOTE; m++) {
        print("\n", to);
        print(severity_name(m->severity), to);
        print(": ", to);
        spelling_write(m->text, to);
    }
}

/* The first error, its notes and help, and how many more errors there are. */
static void print_first(const reports *r, pieces *to)
{
    const message *first = report_error(r);
    const message *end = r->messages + r->n;
    if (!first) {
        print("failed, and did not report why", to);
        return;
    }
    print(first->where, to);
    print(": ", to);
    spelling_write(first->text, to);
    print_notes(first + 1, end, to);
    int more = 0;
    for (const message *m = first + 1; m < end; m++) {
        more += m->severity == SNN_ERROR ? 1 : 0;
    }
    if (more > 0) {
        char number[64];
        snprintf(number, sizeof number, "\n(and %d more error%s)", more,
                 more > 1 ? "s" : "");
        print(number, to);
    }
}

void report_raise(const core *c, const reports *r, const char *name)
{
    if (r->lost) {
        PyErr_NoMemory();
        return;
    }
    pieces t = {0};
    print_first(r, &t);
    PyObject *list = make_list(c, r, 0, name);
    PyObject *words = list ? pieces_object(&t) : NULL;
    PyObject *error =
        words ? PyObject_CallFunctionObjArgs(c->compile_error, words, NULL)
              : NULL;
    if (error && PyObject_SetAttrString(error, "diagnostics", list) == 0) {
        PyErr_SetObject(c->compile_error, error);
    }
    Py_XDECREF(error);
    Py_XDECREF(words);
    Py_XDECREF(list);
    pieces_release(&t);
}

bool report_tell(const core *c, reports *r, const char *name,
                 PyObject *listener)
{
    if (r->n == r->told || listener == Py_None) {
        return true;
    }
    PyObject *list = make_list(c, r, r->told, name);
    r->told = r->n;
    bool good = list != NULL;
    for (Py_ssize_t i = 0; good && i < PyList_Size(list); i++) {
        PyObject *answer = PyObject_CallFunctionObjArgs(
            listener, PyList_GetItem(list, i), NULL);
        good = answer != NULL;
        Py_XDECREF(answer);
    }
    Py_XDECREF(list);
    return good;
}

void report_print(const reports *r, pieces *to)
{
    for (Py_ssize_t i = 0; i < r->n; i++) {
        const message *m = &r->messages[i];
        print(m->where, to);
        print(": ", to);
        print(severity_name(m->severity), to);
        print(": ", to);
        print(m->text, to);
        print("\n", to);
    }
}
