// Decodes whole blocks of long codes, of which a window seldom holds two: a look-up gives one symbol, which is cheaper, and
// two blocks go side by side, so that none waits for the look-ups of another.

#ifndef HUFFMANLONG_H
#define HUFFMANLONG_H

#include "HuffmanStream.h"

/// Entries of a table of single symbols, and as many after it as may be written before they are known to be too many.
enum { SINGLES = (1 << WINDOW) + 8 };

/// Makes the table of the first symbol of each window: in the low byte the bits of its code, in the high one the symbol.
static void fill_singles(uint16_t *table, const struct code *code) {
    uint16_t *own = table;
    for (size_t i = 0; i < code->count; i++) {
        const unsigned length = code->lengths[code->order[i]];
        const uint64_t entry = (length | (uint64_t)code->order[i] << 8) * 0x0001000100010001;
        uint16_t *const end = own + ((size_t)1 << (WINDOW - length));
        for (uint16_t *at = own; at < end; at += 8) {
            __builtin_memcpy(at, &entry, 8);
            __builtin_memcpy(at + 4, &entry, 8);
        }
        own = end;
    }
}

/// Decodes the streams of one or two whole blocks, one after the other in memory, symbol by symbol until a stream is near
/// its end. All are as far as each other, so that one place stands for all.
INLINE void decode_singles(struct stream s[], const size_t count) {
    enum { SHARE = BLOCK / STREAMS, TURN = 5 };
    uint8_t *const out = s[0].out;
    size_t bit[2 * STREAMS] = {0}, done = 0;
    for (;;) {
        // Five codes take at most 55 bits.
        size_t rounds = (SHARE - done) / TURN;
#pragma clang loop unroll(full)
        for (size_t k = 0; k < count; k++) {
            const size_t bytes = s[k].size - bit[k] / 8, safe = bytes < 8 ? 0 : (bytes - 1) / 7;
            if (safe < rounds) rounds = safe;
        }
        if (rounds == 0) break;
        for (; rounds > 0; rounds--, done += TURN) {
#pragma clang loop unroll(full)
            for (size_t first = 0; first < count; first += STREAMS) {
                const uint16_t *table = s[first].singles;
                uint64_t w[STREAMS], taken[STREAMS];
#pragma clang loop unroll(full)
                for (size_t k = 0; k < STREAMS; k++) w[k] = window(s[first + k].bytes, bit[first + k]), taken[k] = 0;
#pragma clang loop unroll(full)
                for (size_t i = 0; i < TURN; i++) {
#pragma clang loop unroll(full)
                    for (size_t k = 0; k < STREAMS; k++) {
                        const uint64_t entry = table[w[k] >> (64 - WINDOW)];
                        out[(first + k) * SHARE + done + i] = (uint8_t)(entry >> 8);
                        w[k] <<= entry & 63;
                        taken[k] += entry;
                    }
                }
#pragma clang loop unroll(full)
                for (size_t k = 0; k < STREAMS; k++) bit[first + k] += taken[k] & 0xFF;
            }
        }
    }
    for (size_t k = 0; k < count; k++) s[k].out += done, s[k].bit = bit[k];
}

#endif
