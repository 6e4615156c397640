/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * weights_print.c - the C that knows the weights file: its struct and codes in
 * the header, the functions that check it in the source.
 */
#include "emit/weights.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "emit/layout.h"
#include "mlir-c/BuiltinTypes.h"

/*===- header ---------------------------------------------------------------*/

/* "784 x 678" */
static const char *shape_of(const plan *p, const table *t)
{
    buf text = {.a = p->a};
    for (intptr_t i = 0; i < mlirShapedTypeGetRank(t->type); i++) {
        buf_printf(&text, "%s%" PRId64, i > 0 ? " x " : "",
                   mlirShapedTypeGetDimSize(t->type, i));
    }
    return text.text;
}

static const char *member_text(const plan *p, const table *t)
{
    return text_printf(p->a, "%s %s[%" PRId64 "];", t->element->name, t->name,
                       t->count);
}

/* Of the longest member that is not too long for a comment behind it. */
static int member_width(const plan *p)
{
    size_t width = 0;
    for (int64_t i = 0; i < p->n_tables; i++) {
        const table *t = &p->tables[i];
        size_t n = t->in_file ? strlen(member_text(p, t)) : 0;
        width = n > width && n < LAYOUT_WIDTH / 2 ? n : width;
    }
    return (int)width;
}

static void print_struct(const plan *p, buf *out)
{
    const weights_names *w = p->weights;
    layout_comment(out, 0,
                   text_printf(p->a,
                               "The file %s.weights, byte for byte, in the "
                               "byte order of a little-endian processor.",
                               p->options->name));
    buf_printf(out,
               "typedef struct %s {\n"
               "    uint32_t magic;   /* 0x%08XU */\n"
               "    uint32_t version; /* of this format: %dU */\n"
               "    uint32_t crc;     /* CRC-32 of all that follows unused */\n"
               "    uint32_t unused[13];\n",
               w->type, WEIGHTS_MAGIC, WEIGHTS_VERSION);
    int width = member_width(p);
    int64_t n;
    const table **tables = weights_tables(p, &n);
    for (int64_t i = 0; i < n; i++) {
        buf_printf(out, "    %-*s /* %s */\n", width, member_text(p, tables[i]),
                   shape_of(p, tables[i]));
    }
    buf_printf(out, "} %s;\n\n", w->type);
}

static void print_status(const plan *p, buf *out)
{
    static const char *const about[WEIGHTS_STATUS_COUNT] = {
        [WEIGHTS_READY] = "the weights fit",
        [WEIGHTS_NONE] = "the pointer is null",
        [WEIGHTS_SIZE] = "the size is another",
        [WEIGHTS_BYTE_ORDER] = "made for the other byte order",
        [WEIGHTS_UNKNOWN] = "no weights file at all",
        [WEIGHTS_OTHER] = "of another network or build",
        [WEIGHTS_DAMAGED] = "the CRC-32 is wrong",
    };
    const weights_names *w = p->weights;
    size_t width = 0;
    for (int i = 0; i < WEIGHTS_STATUS_COUNT; i++) {
        size_t n = strlen(w->status[i]);
        width = n > width ? n : width;
    }
    layout_comment(out, 0,
                   text_printf(p->a, "What %s_init finds.", p->options->name));
    buf_printf(out, "typedef enum %s {\n", w->status_type);
    for (int i = 0; i < WEIGHTS_STATUS_COUNT; i++) {
        bool last = i + 1 == WEIGHTS_STATUS_COUNT;
        int gap = (int)(width - strlen(w->status[i])) + (last ? 1 : 0);
        buf_printf(out, "    %s%s%*s /* %s */\n", w->status[i], last ? "" : ",",
                   gap, "", about[i]);
    }
    buf_printf(out, "} %s;\n\n", w->status_type);
}

void weights_print_sizes(const plan *p, int64_t bytes, buf *out)
{
    buf_printf(out,
               "#define %s %" PRId64 "U\n"
               "#define %s 0x%08" PRIX32 "U\n",
               p->weights->bytes, bytes, p->weights->crc,
               p->weights->crc_value);
}

void weights_print_types(const plan *p, buf *out)
{
    print_struct(p, out);
    print_status(p, out);
}

const char *weights_init(const plan *p)
{
    const weights_names *w = p->weights;
    return text_printf(
        p->a, "%s %s_init(%s *state, const %s *weights, size_t size)",
        w->status_type, p->options->name, p->state_type, w->type);
}

int weights_alignment(const plan *p)
{
    int bytes = (int)sizeof(uint32_t);
    for (int64_t i = 0; i < p->n_tables; i++) {
        const table *t = &p->tables[i];
        bool wide = t->in_file && t->element->size > bytes;
        bytes = wide ? (int)t->element->size : bytes;
    }
    return bytes;
}

void weights_print_init(const plan *p, buf *out)
{
    const weights_names *w = p->weights;
    const char *name = p->options->name;
    buf_text(out, "/*\n");
    layout_words(out, " * ",
                 text_printf(p->a,
                             "Checks the weights and puts the network into its "
                             "initial state. Call it before the first step; a "
                             "copy of the state serves to start again."));
    buf_text(out, " *\n");
    layout_words(
        out, " * weights: ",
        text_printf(
            p->a,
            "the file %s.weights, mapped, read or in flash, at an address that "
            "is a "
            "multiple of %d. It stays there as long as the state is used.",
            name, weights_alignment(p)));
    layout_words(out,
                 " * size:    ", text_printf(p->a, "its bytes, %s.", w->bytes));
    buf_text(out, " *\n");
    layout_words(
        out, " * ",
        text_printf(p->a,
                    "Unless it returns %s, %s_step will do nothing. "
                    "Compiled with %s, it leaves out the CRC-32, which "
                    "reads all of the file.",
                    w->status[WEIGHTS_READY], name, w->trust));
    buf_text(out, " */\n");
    layout_line(out, 0, text_printf(p->a, "%s;", weights_init(p)));
    buf_text(out, "\n/*\n");
    layout_words(out, " * ",
                 text_printf(p->a,
                             "The file as a constant of the program: it is "
                             "there if %s.c is compiled with %s.",
                             name, w->link));
    buf_printf(out, " */\nextern const %s %s;\n", w->type, w->data);
}

/*===- source ---------------------------------------------------------------*/

void weights_print_assert(const plan *p, buf *out)
{
    layout_line(out, 0,
                text_printf(p->a,
                            "_Static_assert(sizeof(%s) == %s, \"no gaps in the "
                            "weights file\");",
                            p->weights->type, p->weights->bytes));
}

/* gcc's and clang's assembler puts the file into read-only data. */
static void print_link(const plan *p, buf *out)
{
    const weights_names *w = p->weights;
    const char *name = p->options->name;
    layout_comment(out, 0,
                   text_printf(p->a,
                               "%s.weights as %s, for gcc and clang, in ELF "
                               "files. -Wa,-IDIR says where it is.",
                               name, w->data));
    buf_printf(out,
               "#if defined(%s)\n"
               "__asm__(\".pushsection .rodata.%s, \\\"a\\\", %%progbits\\n\"\n"
               "        \".balign 64\\n\"\n"
               "        \".globl %s\\n\"\n"
               "        \".type %s, %%object\\n\"\n"
               "        \"%s:\\n\"\n"
               "        \".incbin \\\"%s.weights\\\"\\n\"\n"
               "        \".size %s, . - %s\\n\"\n"
               "        \".popsection\\n\");\n"
               "#endif\n\n",
               w->link, w->data, w->data, w->data, w->data, name, w->data,
               w->data);
}

static void print_crc(const plan *p, buf *out)
{
    buf_printf(out,
               "#if !defined(%s)\n"
               "/* CRC-32 as in zip and Ethernet, half a byte at a time. */\n"
               "static uint32_t %s(const uint8_t *bytes, size_t length)\n"
               "{\n"
               "    static const uint32_t nibbles[16] = {\n"
               "        0x00000000U, 0x1DB71064U, 0x3B6E20C8U, 0x26D930ACU,\n"
               "        0x76DC4190U, 0x6B6B51F4U, 0x4DB26158U, 0x5005713CU,\n"
               "        0xEDB88320U, 0xF00F9344U, 0xD6D6A3E8U, 0xCB61B38CU,\n"
               "        0x9B64C2B0U, 0x86D3D2D4U, 0xA00AE278U, 0xBDBDF21CU,\n"
               "    };\n"
               "    uint32_t crc = 0xFFFFFFFFU;\n"
               "    for (size_t at = 0U; at < length; at++) {\n"
               "        crc ^= bytes[at];\n"
               "        crc = (crc >> 4U) ^ nibbles[crc & 15U];\n"
               "        crc = (crc >> 4U) ^ nibbles[crc & 15U];\n"
               "    }\n"
               "    return ~crc;\n"
               "}\n"
               "#endif\n\n",
               p->weights->trust, p->weights->crc_of);
}

static void print_check_function(const plan *p, buf *out)
{
    const weights_names *w = p->weights;
    layout_line(out, 0,
                text_printf(p->a,
                            "static %s %s(const %s *weights, size_t size)",
                            w->status_type, w->check, w->type));
    buf_printf(out,
               "{\n"
               "    %s status = %s;\n"
               "    if (weights == NULL) {\n"
               "        status = %s;\n"
               "    } else if (size != %s) {\n"
               "        status = %s;\n"
               "    } else if (weights->magic == 0x%08XU) {\n"
               "        status = %s;\n",
               w->status_type, w->status[WEIGHTS_READY],
               w->status[WEIGHTS_NONE], w->bytes, w->status[WEIGHTS_SIZE],
               WEIGHTS_SWAPPED_MAGIC, w->status[WEIGHTS_BYTE_ORDER]);
    buf_printf(out,
               "    } else if (weights->magic != 0x%08XU) {\n"
               "        status = %s;\n"
               "    } else if ((weights->version != %dU) ||\n"
               "               (weights->crc != %s)) {\n"
               "        status = %s;\n",
               WEIGHTS_MAGIC, w->status[WEIGHTS_UNKNOWN], WEIGHTS_VERSION,
               w->crc, w->status[WEIGHTS_OTHER]);
    buf_printf(out,
               "    } else {\n"
               "#if !defined(%s)\n"
               "        const uint8_t *bytes = (const uint8_t *)weights;\n"
               "        if (%s(&bytes[%d], size - %dU) != %s) {\n"
               "            status = %s;\n"
               "        }\n"
               "#endif\n"
               "    }\n"
               "    return status;\n"
               "}\n\n",
               w->trust, w->crc_of, WEIGHTS_HEAD_BYTES, WEIGHTS_HEAD_BYTES,
               w->crc, w->status[WEIGHTS_DAMAGED]);
}

void weights_print_check(const plan *p, buf *out)
{
    print_link(p, out);
    print_crc(p, out);
    print_check_function(p, out);
}

void weights_open_init(const plan *p, body *b)
{
    const weights_names *w = p->weights;
    body_line(b, "const %s status = %s(weights, size);", w->status_type,
              w->check);
    body_line(b, "state->weights = NULL;");
    body_line(b, "if (status == %s) {", w->status[WEIGHTS_READY]);
    b->indent++;
    body_line(b, "state->weights = weights;");
}

void weights_close_init(body *b)
{
    b->indent--;
    body_line(b, "}");
    body_line(b, "return status;");
}
