/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * adapter.c - the same few functions for every network.
 */
#include "driver/adapter.h"

#include "base/buf.h"

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

static void add_places(buf *text, const native_network *net)
{
    const emit_report *r = net->report;
    buf_text(text, "const uint64_t adapter_places[] = {\n");
    for (int64_t i = 0; i < r->n_states; i++) {
        const char *member = r->states[i].member;
        buf_printf(text,
                   "    offsetof(%s_state, %s), sizeof ((%s_state *)0)->%s,\n",
                   net->name, member, net->name, member);
    }
    buf_text(text, "    0};\n"); /* C knows no empty array */
}

const char *adapter_text(const native_network *net, arena *a)
{
    buf t = {.a = a};
    buf_printf(&t, "#include <stddef.h>\n#include \"%s.h\"\n", net->name);
    buf_printf(&t, "const uint64_t adapter_size = sizeof(%s_state);\n",
               net->name);
    add_places(&t, net);
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
