#include "KernelTable.h"

size_t pith_sparse_base(size_t k, size_t chunk) {
    const size_t base = chunk * PITH_SPARSE_CHUNK;
    return k < PITH_SPARSE_CHUNK ? 0 : base + PITH_SPARSE_CHUNK <= k ? base : k - PITH_SPARSE_CHUNK;
}

static size_t units_of(size_t n) { return n / PITH_SPARSE_WIDTH + (n % PITH_SPARSE_WIDTH != 0); }

static size_t chunks_of(size_t k) { return k / PITH_SPARSE_CHUNK + (k % PITH_SPARSE_CHUNK != 0); }

/// Steps begin at a boundary.
static size_t bytes_before_steps(size_t n, size_t steps) {
    return ((units_of(n) + 1 + steps) * sizeof(uint32_t) + 63) / 64 * 64;
}

static uint32_t bits_of(const float *x) {
    uint32_t bits;
    __builtin_memcpy(&bits, x, sizeof bits);
    return bits;
}

/// Lays out the steps of one chunk of a unit, or only counts them when `steps` is NULL.
static size_t pack_chunk(
    const float *panels, size_t k, size_t n, size_t unit, size_t chunk, struct pith_sparse_step *steps) {
    const size_t base = pith_sparse_base(k, chunk), first = chunk * PITH_SPARSE_CHUNK;
    const size_t end = k - first < PITH_SPARSE_CHUNK ? k : first + PITH_SPARSE_CHUNK;
    size_t most = 0;
    for (size_t q = 0; q < PITH_SPARSE_WIDTH && unit * PITH_SPARSE_WIDTH + q < n; q++) {
        const size_t panel = (unit * PITH_SPARSE_WIDTH + q) / PITH_PANEL_WIDTH;
        const float *column = panels + panel * k * PITH_PANEL_WIDTH + q % PITH_PANEL_WIDTH;
        size_t count = 0;
        for (size_t kk = first; kk < end; kk++) {
            const float *element = column + kk * PITH_PANEL_WIDTH;
            if (bits_of(element) == 0) continue;
            if (steps) {
                steps[count].index[q] = (int8_t)(kk - base);
                steps[count].value[q] = *element;
            }
            count++;
        }
        if (count > most) most = count;
    }
    return most;
}

size_t pith_sparse_steps(const float *panels, size_t k, size_t n) {
    size_t steps = 0;
    for (size_t unit = 0; unit < units_of(n); unit++) {
        for (size_t chunk = 0; chunk < chunks_of(k); chunk++) steps += pack_chunk(panels, k, n, unit, chunk, NULL);
    }
    return steps;
}

size_t pith_sparse_pack_size(size_t n, size_t steps) {
    return bytes_before_steps(n, steps) + steps * sizeof(struct pith_sparse_step);
}

size_t pith_sparse_most_steps(int isa, size_t k, size_t n) {
    // What a step of 32 columns costs, beside 32 rows of a dense product, depends on how lanes are picked.
    const size_t each = isa == PITH_ISA_AVX512 ? 6 : isa == PITH_ISA_AVX2 || isa == PITH_ISA_NEON ? 2 : 8;
    return chunks_of(k) * units_of(n) * each;
}

void pith_sparse_pack(void *packed, size_t steps, const float *panels, size_t k, size_t n) {
    uint32_t *starts = packed, *bases = starts + units_of(n) + 1;
    struct pith_sparse_step *to = (void *)((uint8_t *)packed + bytes_before_steps(n, steps));
    for (size_t i = 0; i < steps; i++) {
        for (size_t q = 0; q < PITH_SPARSE_WIDTH; q++) {
            to[i].index[q] = -1;
            to[i].value[q] = -0.0f;
        }
    }
    size_t step = 0;
    for (size_t unit = 0; unit < units_of(n); unit++) {
        starts[unit] = (uint32_t)step;
        for (size_t chunk = 0; chunk < chunks_of(k); chunk++) {
            const size_t count = pack_chunk(panels, k, n, unit, chunk, to + step);
            for (size_t i = 0; i < count; i++) bases[step + i] = (uint32_t)pith_sparse_base(k, chunk);
            step += count;
        }
    }
    starts[units_of(n)] = (uint32_t)step;
}

void pith_sparse_matmul(
    int isa, size_t m, size_t n, size_t k, const float *a, ptrdiff_t a_row_stride, const void *packed,
    size_t first_column, size_t last_column, float *c, ptrdiff_t ldc, const struct pith_matmul_epilogue *epilogue) {
    const uint32_t *starts = packed;
    struct pith_sparse_product product = {
        .view = {.k = k, .starts = starts, .bases = starts + units_of(n) + 1}, .m = m, .a = a,
        .a_row_stride = a_row_stride, .first_column = first_column, .last_column = last_column, .c = c, .ldc = ldc,
    };
    product.view.steps = (const void *)((const uint8_t *)packed + bytes_before_steps(n, starts[units_of(n)]));
    if (epilogue) product.epilogue = *epilogue;
    pith_kernels(isa)->sparse(&product);
}
