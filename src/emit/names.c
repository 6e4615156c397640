/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * names.c - makes identifiers of node names, and keeps them apart.
 *
 * A node is called what its author likes: in any script, like a keyword, like
 * a function of the C library, twice the same but for a dot. What comes out is
 * valid in C11 and C++17, and depends on nothing but the names before it.
 */
#include "emit/names.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"

/*
 * Words that no identifier may be: keywords of C and C++, types of <stdint.h>,
 * macros of compilers, of the C library and of Windows, which may be included
 * before the header, and library functions that compilers know.
 */
static const char reserved[] =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch "
    "char char16_t char32_t char8_t class co_await co_return co_yield compl "
    "concept const const_cast consteval constexpr constinit continue decltype "
    "default delete do double dynamic_cast else enum explicit export extern "
    "false float for friend goto if inline int long mutable namespace new "
    "noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof "
    "static static_assert static_cast struct switch template this thread_local "
    "throw true try typedef typeid typename typeof union unsigned using "
    "virtual void volatile wchar_t while xor xor_eq "
    "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t "
    "intptr_t uintptr_t intmax_t uintmax_t size_t ptrdiff_t main "
    "linux unix i386 near far small min max interface "
    "assert complex errno fpclassify imaginary isfinite isgreater "
    "isgreaterequal isless islessequal islessgreater isnormal isunordered "
    "kill_dependency major makedev math_errhandling minor noreturn offsetof "
    "setjmp sigsetjmp stderr stdin stdout va_arg va_copy va_end va_start "
    "abort abs acos acosh alloca asin asinh atan atan2 atanh bcmp bcopy bzero "
    "cabs cacos cacosh calloc carg casin casinh catan catanh cbrt ccos ccosh "
    "ceil cexp cimag clog conj copysign cos cosh cpow cproj creal csin csinh "
    "csqrt ctan ctanh drem erf erfc exit exp exp10 exp2 expm1 fabs fdim ffs "
    "finite floor fma fmax fmin fmod fprintf fputc fputs free frexp fscanf "
    "fwrite gamma gammaf hypot ilogb index isalnum isalpha isascii isblank "
    "iscntrl isdigit isgraph isinf islower isnan isprint ispunct isspace "
    "isupper iswalnum isxdigit j0 j1 jn labs ldexp lgamma llabs llrint llround "
    "log log10 log1p log2 logb lrint lround malloc memchr memcmp memcpy "
    "memmove mempcpy memset modf nan nearbyint nextafter nexttoward pow pow10 "
    "printf putchar puts realloc remainder remquo rindex rint round scalb "
    "scalbln scalbn scanf signbit significand sin sincos sinh snprintf sprintf "
    "sqrt sscanf stpcpy strcasecmp strcat strchr strcmp strcpy strcspn strdup "
    "strlen strncat strncmp strncpy strpbrk strrchr strspn strstr tan tanh "
    "tgamma toascii tolower toupper trunc vprintf vscanf vsnprintf vsprintf "
    "y0 y1 yn ";

static bool is_reserved(const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(reserved, name); at;
         at = strstr(at + 1, name)) {
        if (at[-1] == ' ' && at[n] == ' ') {
            return true;
        }
    }
    return false;
}

/* The C locale's letters and digits, whatever the locale. */
static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9');
}

/* "EOF", "I", "PORTB": as macros are called, which are anywhere. */
static bool is_like_macro(const char *name)
{
    bool like = true;
    for (const char *c = name; *c; c++) {
        like = like && !(*c >= 'a' && *c <= 'z');
    }
    return like;
}

/* text as an identifier, maybe one that looks like a macro. */
static char *spell(arena *a, const char *text)
{
    buf b = {.a = a};
    if (!is_word(text[0]) || (text[0] >= '0' && text[0] <= '9')) {
        buf_text(&b, "n"); /* and a name with '_' at its start is reserved */
    }
    for (const char *c = text; *c; c++) {
        bool joint = !is_word(*c);
        if (joint && b.size > 0 && b.text[b.size - 1] == '_') {
            continue; /* C++ reserves names with "__" */
        }
        buf_bytes(&b, joint ? "_" : c, 1);
    }
    if (is_reserved(b.text)) {
        buf_text(&b, "_");
    }
    return b.text;
}

char *names_identifier(arena *a, const char *text)
{
    char *name = spell(a, text);
    size_t n = strlen(name);
    bool open = is_like_macro(name) && name[n - 1] != '_';
    return open ? text_printf(a, "%s_", name) : name;
}

char *names_macro(arena *a, const char *text)
{
    char *name = spell(a, text);
    for (char *c = name; *c; c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    return name;
}

/*===- scopes ---------------------------------------------------------------*/

static int64_t slot_of(const names *scope, const char *name)
{
    uint64_t hash = 14695981039346656037U;
    for (const char *c = name; *c; c++) {
        hash = (hash ^ (unsigned char)*c) * 1099511628211U;
    }
    uint64_t mask = (uint64_t)scope->n_slots - 1;
    uint64_t i = (hash ^ (hash >> 32)) & mask;
    while (scope->slots[i] && strcmp(scope->slots[i], name) != 0) {
        i = (i + 1) & mask;
    }
    return (int64_t)i;
}

static void rehash(names *scope)
{
    if (scope->slots) {
        memset(scope->slots, 0, (size_t)scope->n_slots * sizeof(char *));
    }
    for (int64_t i = 0; i < scope->n; i++) {
        scope->slots[slot_of(scope, scope->taken[i])] = scope->taken[i];
    }
}

static void add(names *scope, const char *name)
{
    scope->taken = arena_grow(scope->a, (void *)scope->taken, scope->n,
                              &scope->capacity, sizeof *scope->taken);
    scope->taken[scope->n++] = name;
    if (2 * scope->n > scope->n_slots) {
        scope->n_slots = scope->n_slots ? 2 * scope->n_slots : 32;
        scope->slots = ARENA_ARRAY(scope->a, const char *, scope->n_slots);
        rehash(scope);
    }
    scope->slots[slot_of(scope, name)] = name;
}

bool names_has(const names *scope, const char *name)
{
    for (; scope; scope = scope->outer) {
        if (scope->n_slots > 0 && scope->slots[slot_of(scope, name)]) {
            return true;
        }
    }
    return false;
}

/* base, or base with a number that makes it new in scope. */
static const char *take(names *scope, const char *base)
{
    const char *name = base;
    for (int i = 2; names_has(scope, name); i++) {
        size_t n = strlen(base);
        const char *joint = n > 0 && base[n - 1] == '_' ? "" : "_";
        name = text_printf(scope->a, "%s%s%d", base, joint, i);
    }
    add(scope, name);
    return name;
}

const char *names_take(names *scope, const char *text)
{
    return take(scope, names_identifier(scope->a, text));
}

const char *names_take_macro(names *scope, const char *text)
{
    return take(scope, names_macro(scope->a, text));
}

void names_release(names *scope, int64_t n)
{
    assert(n <= scope->n);
    if (n < scope->n) {
        scope->n = n;
        rehash(scope);
    }
}

/*===- parts of names -------------------------------------------------------*/

const char *names_suffix(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    bool fits = n > 0 && strncmp(text, prefix, n) == 0 &&
                (text[n] == '.' || text[n] == '_') && text[n + 1] != '\0';
    return fits ? text + n + 1 : NULL;
}

bool names_ends(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}
