/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * run.c - snn_run: arrays in, arrays out.
 */
#include "driver/engine.h"
#include "driver/files.h"

static bool write_outputs(runner *r)
{
    arena *a = &r->c->a;
    file_text *files = ARENA_ARRAY(a, file_text, r->n_outputs);
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        int64_t dim[PORT_MAX_DIMS];
        int rank = runner_dims(r, p, dim);
        if (p->path) {
            files[n++] = npy_file(p->path, p->type, rank, dim, p->data, a);
        }
    }
    return files_write(files, n, a, &r->c->d);
}

static bool bind(runner *r, const snn_run_options *how)
{
    bool good = runner_bind_outputs(r, how->outputs, how->n_outputs);
    good = runner_bind_shown(r, how->probes) && good;
    return runner_read_inputs(r, how->inputs, how->n_inputs) && good;
}

bool snn_run(const snn_options *options, const snn_run_options *how)
{
    compilation c;
    runner r = {0};
    bool good =
        compile_open(&c, options) &&
        runner_open(&r, &c, how->probes, how->n_probes) && bind(&r, how) &&
        engine_run(&r, how->reference, how->progress) && write_outputs(&r);
    runner_close(&r);
    compile_close(&c);
    return good;
}
