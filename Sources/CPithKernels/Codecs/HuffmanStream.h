// What both ways to decode a Huffman block share. The format is that of `spec/FORMAT.md`, "Huffman planes".

#ifndef HUFFMANSTREAM_H
#define HUFFMANSTREAM_H

#include "CPithCodecs.h"

enum { BLOCK = 32768, WINDOW = 11, STREAMS = 4 };

#define INLINE static inline __attribute__((always_inline))

/// Symbols present, in the order of their codes.
struct code {
    uint8_t lengths[256];
    uint8_t order[256];
    size_t count;
};

/// One of the streams of a block: where its next symbol goes and its next bit stands.
struct stream {
    uint8_t *out, *out_end;
    const uint8_t *bytes;
    size_t size, bit;
    /// The table of single symbols, if the block is decoded by it, else null.
    const uint16_t *singles;
};

INLINE uint64_t window(const uint8_t *bytes, size_t bit) {
    uint64_t word;
    __builtin_memcpy(&word, bytes + bit / 8, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word << bit % 8;
}

#endif
