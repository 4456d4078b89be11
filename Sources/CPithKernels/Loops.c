#include "KernelTable.h"

int pith_loops_add(struct pith_loops *loops, size_t extent, ptrdiff_t a_step, ptrdiff_t b_step) {
    if (extent == 1) return 1;
    if (loops->count > 0) {
        const size_t outer = loops->count - 1;
        if (loops->a_steps[outer] == a_step * (ptrdiff_t)extent && loops->b_steps[outer] == b_step * (ptrdiff_t)extent) {
            loops->extents[outer] *= extent;
            loops->a_steps[outer] = a_step;
            loops->b_steps[outer] = b_step;
            return 1;
        }
    }
    if (loops->count == PITH_MOST_LOOPS) return 0;
    loops->extents[loops->count] = extent;
    loops->a_steps[loops->count] = a_step;
    loops->b_steps[loops->count] = b_step;
    loops->count++;
    return 1;
}

size_t pith_loops_rounds(const struct pith_loops *loops) { return loops->count > 0 ? loops->extents[0] : 1; }

void pith_loops_position(const struct pith_loops *loops, size_t round, ptrdiff_t *a, ptrdiff_t *b) {
    *a = *b = 0;
    for (size_t axis = loops->count; axis-- > 0; round /= loops->extents[axis]) {
        const ptrdiff_t index = (ptrdiff_t)(round % loops->extents[axis]);
        *a += index * loops->a_steps[axis];
        *b += index * loops->b_steps[axis];
    }
}

/// Rounds of all loops inside the outermost one.
static size_t rounds_inside(const struct pith_loops *loops) {
    size_t rounds = 1;
    for (size_t axis = 1; axis < loops->count; axis++) rounds *= loops->extents[axis];
    return rounds;
}

struct pith_row_walk pith_row_walk(const struct pith_loops *given, size_t first, size_t last) {
    struct pith_row_walk walk = {.n = 1};
    walk.loops = pith_loops_cut(given, first, last, &walk.a, &walk.b);
    walk.y = first * rounds_inside(given);
    if (walk.loops.count > 0) {
        const size_t inner = walk.loops.count - 1;
        walk.n = walk.loops.extents[inner];
        walk.a_step = walk.loops.a_steps[inner];
        walk.b_step = walk.loops.b_steps[inner];
    }
    return walk;
}

void pith_pairs_f32(
    int isa, int function, float *y, const float *a, const float *b, const struct pith_loops *loops, size_t first,
    size_t last) {
    if (first >= last) return;
    const struct pith_kernel_table *kernels = pith_kernels(isa);
    struct pith_row_walk walk = pith_row_walk(loops, first, last);
    y += walk.y;
    do {
        kernels->pairs(function, y, a + walk.a, walk.a_step, b + walk.b, walk.b_step, walk.n);
        y += walk.n;
    } while (pith_row_walk_next(&walk));
}

void pith_reduce_f32(
    int isa, int function, float *y, const float *x, const struct pith_loops *given, const struct pith_loops *reduced,
    size_t first, size_t last) {
    if (first >= last) return;
    ptrdiff_t a_at, b_at;
    const struct pith_loops kept = pith_loops_cut(given, first, last, &a_at, &b_at);
    const struct pith_kernel_table *kernels = pith_kernels(isa);
    // Groups that are neighbours, element by element, are reduced side by side.
    const int are_neighbours = kept.count > 0 && kept.a_steps[kept.count - 1] == 1;
    const size_t inner = are_neighbours ? 1 : 0, columns = are_neighbours ? kept.extents[kept.count - 1] : 1;
    size_t rounds[PITH_MOST_LOOPS] = {0};
    y += first * rounds_inside(given);
    do {
        if (are_neighbours) {
            kernels->reduce_columns(function, y, x + a_at, reduced, columns);
        } else {
            *y = kernels->reduce_row(function, x + a_at, reduced);
        }
        y += columns;
    } while (pith_loops_next(&kept, inner, rounds, &a_at, &b_at));
}
