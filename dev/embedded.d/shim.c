// What Embedded Swift expects of a C library, for a module without one. Memory is handed out and never taken back.
#include <stddef.h>
#include <stdint.h>

extern unsigned char __heap_base;
static uintptr_t next;

static void *take(size_t alignment, size_t size) {
    if (next == 0) next = (uintptr_t)&__heap_base;
    uintptr_t start = (next + alignment - 1) / alignment * alignment;
    if (start < next || size > UINTPTR_MAX - start) return NULL;
    uintptr_t end = start + size;
    size_t have = __builtin_wasm_memory_size(0), pages = end / 65536 + 1;
    if (pages > have && __builtin_wasm_memory_grow(0, pages - have) == (size_t)-1) return NULL;
    next = end;
    return (void *)start;
}

// The size stands 16 bytes before the block, for realloc.
void *malloc(size_t size) {
    size_t *block = take(16, size + 16);
    if (!block) return NULL;
    *block = size;
    return (char *)block + 16;
}

void free(void *block) { (void)block; }

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
    char *t = to;
    const char *f = from;
    for (size_t i = 0; i < count; i++) t[i] = f[i];
    return to;
}

void *memmove(void *to, const void *from, size_t count) {
    char *t = to;
    const char *f = from;
    if (t <= f) for (size_t i = 0; i < count; i++) t[i] = f[i];
    else for (size_t i = count; i-- > 0;) t[i] = f[i];
    return to;
}

void *memset(void *to, int value, size_t count) {
    char *t = to;
    for (size_t i = 0; i < count; i++) t[i] = (char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t count) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < count; i++) if (x[i] != y[i]) return x[i] - y[i];
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

void *calloc(size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) return NULL;
    void *block = malloc(count * size);
    return block ? memset(block, 0, count * size) : NULL;
}

void *realloc(void *block, size_t size) {
    void *copy = malloc(size);
    if (!block || !copy) return copy;
    size_t old = *(size_t *)((char *)block - 16);
    return memcpy(copy, block, old < size ? old : size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = take(alignment < 16 ? 16 : alignment, size);
    return *block ? 0 : 12;
}

void *aligned_alloc(size_t alignment, size_t size) { return take(alignment < 16 ? 16 : alignment, size); }

// Seeds hashes only, which decide no result.
void arc4random_buf(void *to, size_t count) { memset(to, 7, count); }

uintptr_t __stack_chk_guard = 0x5A17;
void __stack_chk_fail(void) { __builtin_trap(); }
int putchar(int c) { return c; }

// The product of two 128-bit integers, by 32-bit halves so that it does not call itself.
__int128 __multi3(__int128 a, __int128 b) {
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    uint64_t xl = (uint32_t)x, xh = x >> 32, yl = (uint32_t)y, yh = y >> 32;
    uint64_t ll = xl * yl, lh = xl * yh, hl = xh * yl, hh = xh * yh;
    uint64_t middle = (ll >> 32) + (uint32_t)lh + (uint32_t)hl;
    uint64_t low = middle << 32 | (uint32_t)ll;
    uint64_t high = hh + (lh >> 32) + (hl >> 32) + (middle >> 32);
    high += x * (uint64_t)(b >> 64) + (uint64_t)(a >> 64) * y;
    return (__int128)((unsigned __int128)high << 64 | low);
}
