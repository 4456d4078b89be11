// Decodes blocks of short codes: a look-up gives all symbols whose codes lie in a window, up to six.

#ifndef HUFFMANSHORT_H
#define HUFFMANSHORT_H

#include "HuffmanStream.h"

/// An entry of the table, for all windows that begin with some codes: bits 0 to 47, up to six symbols; 48 to 55, how
/// many; 56 to 63, the bits of their codes.
#define SYMBOLS_OF(entry) ((entry) >> 48 & 0xFF)
#define BITS_OF(entry) ((entry) >> 56)
#define MOST_SYMBOLS 6

/// The entry with a symbol before those of another.
static inline uint64_t preceded(uint64_t entry, uint64_t symbol, unsigned length) {
    const uint64_t symbols = (entry << 8 & 0x0000FFFFFFFFFF00) | symbol;
    return symbols | ((entry & 0xFFFF000000000000) + ((uint64_t)length << 56 | (uint64_t)1 << 48));
}

/// Fills the table of all windows of `bits` bits, with the codes that lie in them whole, from the tables of fewer bits.
/// The table of b bits begins at `tables + 2^b`.
static void fill(uint64_t *tables, unsigned bits, const struct code *code) {
    uint64_t *own = tables + ((size_t)1 << bits);
    for (size_t i = 0; i < code->count && code->lengths[code->order[i]] <= bits; i++) {
        const uint8_t symbol = code->order[i];
        const unsigned length = code->lengths[symbol];
        const size_t windows = (size_t)1 << (bits - length);
        for (size_t k = 0; k < windows; k++) own[k] = preceded(tables[windows + k], symbol, length);
        own += windows;
    }
    __builtin_memset(own, 0, (size_t)(tables + ((size_t)2 << bits) - own) * sizeof *own);
}

/// Corrects the entries that tell more than six symbols, of which the first six have room: only codes of one bit make such.
static void keep_six(uint64_t *table, const struct code *code) {
    for (size_t k = 0; k < (size_t)1 << WINDOW; k++) {
        if (SYMBOLS_OF(table[k]) <= MOST_SYMBOLS) continue;
        unsigned taken = 0;
        for (unsigned i = 0; i < MOST_SYMBOLS; i++) taken += code->lengths[table[k] >> 8 * i & 0xFF];
        table[k] = (table[k] & 0x0000FFFFFFFFFFFF) | (uint64_t)MOST_SYMBOLS << 48 | (uint64_t)taken << 56;
    }
}

/// Makes the table of all windows of 11 bits, which begins at the middle of `tables`.
static const uint64_t *fill_all(uint64_t *tables, const struct code *code) {
    tables[1] = 0;
    for (unsigned bits = 1; bits <= WINDOW; bits++) fill(tables, bits, code);
    uint64_t *const table = tables + ((size_t)1 << WINDOW);
    if (code->lengths[code->order[0]] == 1) keep_six(table, code);
    return table;
}

/// How often a stream can be asked for five entries: each time it takes at most 55 bits, and writes at most 30 bytes
/// and 2 more that are written again later.
static inline size_t safe_rounds(const struct stream *s) {
    const size_t left = (size_t)(s->out_end - s->out), bytes = s->size - s->bit / 8;
    if (left < 32 || bytes < 8) return 0;
    const size_t out_rounds = (left - 2) / 30, in_rounds = (bytes - 1) / 7;
    return out_rounds < in_rounds ? out_rounds : in_rounds;
}

/// Decodes some streams side by side, so that none waits for the look-ups of another, until one of them is near its end.
INLINE void decode_some(
    struct stream *const streams[], const size_t count, const uint64_t *table) {
    uint8_t *out[STREAMS];
    size_t bit[STREAMS];
#pragma clang loop unroll(full)
    for (size_t k = 0; k < count; k++) out[k] = streams[k]->out, bit[k] = streams[k]->bit;
    for (;;) {
        size_t rounds = SIZE_MAX;
#pragma clang loop unroll(full)
        for (size_t k = 0; k < count; k++) {
            streams[k]->out = out[k], streams[k]->bit = bit[k];
            const size_t safe = safe_rounds(streams[k]);
            if (safe < rounds) rounds = safe;
        }
        if (rounds == 0) return;
        for (; rounds > 0; rounds--) {
            uint64_t w[STREAMS];
#pragma clang loop unroll(full)
            for (size_t k = 0; k < count; k++) w[k] = window(streams[k]->bytes, bit[k]);
#pragma clang loop unroll(full)
            for (int i = 0; i < 5; i++) {
#pragma clang loop unroll(full)
                for (size_t k = 0; k < count; k++) {
                    const uint64_t entry = table[w[k] >> (64 - WINDOW)];
                    __builtin_memcpy(out[k], &entry, 8);
                    out[k] += SYMBOLS_OF(entry);
                    w[k] <<= BITS_OF(entry);
                    bit[k] += BITS_OF(entry);
                }
            }
        }
    }
}

/// Decodes streams as far as their ends are not near: fewer and fewer side by side, since some have shorter codes.
static void decode_most(struct stream s[], size_t count, const uint64_t *table) {
    struct stream *open[STREAMS];
    for (;;) {
        size_t still = 0;
        for (size_t k = 0; k < count; k++) {
            if (safe_rounds(s + k) > 0) open[still++] = s + k;
        }
        switch (still) {
        case 0: return;
        case 1: decode_some(open, 1, table); break;
        case 2: decode_some(open, 2, table); break;
        case 3: decode_some(open, 3, table); break;
        default: decode_some(open, STREAMS, table);
        }
    }
}

#endif
