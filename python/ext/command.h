/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * command.h - the command line, for Python.
 */
#ifndef SNN_PYTHON_COMMAND_H
#define SNN_PYTHON_COMMAND_H

#include <Python.h>

/*
 * main(arguments): what `snnc` does with these words, its exit status. They are
 * str, of file names what os.fsdecode gives. C's standard output has been
 * flushed when it returns. NULL with TypeError or ValueError (a null
 * character).
 */
PyObject *command_main(PyObject *module, PyObject *arguments);

#endif
