/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * snnc.h - the command line as a function: of the program, and of the Python
 * extension.
 */
#ifndef SNN_TOOLS_SNNC_H
#define SNN_TOOLS_SNNC_H

/*
 * What main does; words[0] is not read. Standard output has been flushed when
 * it returns the exit status. It may be called again.
 */
int snnc_main(int count, char **words);

#endif
