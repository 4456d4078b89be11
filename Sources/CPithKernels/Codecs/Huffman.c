#include "CPithCodecs.h"

// The format is that of `spec/FORMAT.md`, "Huffman planes".

enum { WINDOW = 11, SEVERAL = 1024, STREAMS = 4, STORED = 0, CONSTANT = 1, CODED = 2 };

/// An entry of the table, for all windows that begin with some codes: bits 0 to 47, up to six symbols; 48 to 55, how
/// many; 56 to 63, the bits of their codes.
#define SYMBOLS_OF(entry) ((entry) >> 48 & 0xFF)
#define BITS_OF(entry) ((entry) >> 56)
#define MOST_SYMBOLS 6

/// Symbols present, in the order of their codes.
struct code {
    uint8_t lengths[256];
    uint8_t order[256];
    size_t count;
};

/// Reads a code's lengths; returns how many bytes they take, 0 when the code is not complete.
static size_t read_code(struct code *code, const uint8_t *bytes, size_t available) {
    if (available < 2 || bytes[0] >= bytes[1]) return 0;
    const size_t low = bytes[0], symbols = bytes[1] - low + 1, taken = 2 + (symbols + 1) / 2;
    if (available < taken) return 0;
    unsigned of_length[16] = {0}, sum = 0;
    for (size_t i = 0; i < symbols; i++) {
        const unsigned length = bytes[2 + i / 2] >> (i & 1 ? 4 : 0) & 15;
        code->lengths[low + i] = (uint8_t)length;
        of_length[length]++;
        if (length > WINDOW) return 0;
        if (length) sum += 1u << (WINDOW - length);
    }
    if (sum != 1u << WINDOW || !code->lengths[low] || !code->lengths[low + symbols - 1]) return 0;
    if (symbols & 1 && bytes[taken - 1] >> 4) return 0;
    unsigned start[16] = {0};
    for (unsigned length = 1; length < WINDOW; length++) start[length + 1] = start[length] + of_length[length];
    for (size_t i = low; i < low + symbols; i++) {
        if (code->lengths[i]) code->order[start[code->lengths[i]]++] = (uint8_t)i;
    }
    code->count = symbols - of_length[0];
    return taken;
}

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

/// Corrects the entries of seven symbols, of which six have room: only codes of one bit make such.
static void keep_six(uint64_t *tables, unsigned bits, const struct code *code) {
    uint64_t *own = tables + ((size_t)1 << bits);
    for (size_t k = 0; k < (size_t)1 << bits; k++) {
        if (SYMBOLS_OF(own[k]) <= MOST_SYMBOLS) continue;
        unsigned taken = 0;
        for (unsigned i = 0; i < MOST_SYMBOLS; i++) taken += code->lengths[own[k] >> 8 * i & 0xFF];
        own[k] = (own[k] & 0x0000FFFFFFFFFFFF) | (uint64_t)MOST_SYMBOLS << 48 | (uint64_t)taken << 56;
    }
}

/// Makes the table of all windows of 11 bits, which begins at the middle of `tables`.
static const uint64_t *fill_all(uint64_t *tables, const struct code *code) {
    tables[1] = 0;
    for (unsigned bits = 1; bits <= WINDOW; bits++) {
        fill(tables, bits, code);
        if (code->lengths[code->order[0]] == 1 && bits > MOST_SYMBOLS) keep_six(tables, bits, code);
    }
    return tables + ((size_t)1 << WINDOW);
}

/// One of the streams of a block: where its next symbol goes and its next bit stands.
struct stream {
    uint8_t *out, *out_end;
    const uint8_t *bytes;
    size_t size, bit;
};

static inline uint64_t window(const uint8_t *bytes, size_t bit) {
    uint64_t word;
    __builtin_memcpy(&word, bytes + bit / 8, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word << bit % 8;
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
static inline __attribute__((always_inline)) void decode_some(
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

/// Decodes the rest of a stream symbol by symbol; 1 when it ends where it must.
static int decode_rest(struct stream *s, const struct code *code, const uint64_t *table) {
    while (s->out < s->out_end) {
        uint64_t w = 0;
        if (s->size - s->bit / 8 >= 8) {
            w = window(s->bytes, s->bit);
        } else {
            for (size_t i = 0; i < 8 && s->bit / 8 + i < s->size; i++) {
                w |= (uint64_t)s->bytes[s->bit / 8 + i] << (56 - 8 * i);
            }
            w <<= s->bit % 8;
        }
        const uint8_t symbol = (uint8_t)table[w >> (64 - WINDOW)];
        s->bit += code->lengths[symbol];
        if (s->bit > 8 * s->size) return 0;
        *s->out++ = symbol;
    }
    if (8 * s->size - s->bit >= 8) return 0;
    return s->bit % 8 == 0 || (uint8_t)(s->bytes[s->size - 1] << s->bit % 8) == 0;
}

/// Decodes the body of a coded block; returns how many bytes it takes, 0 when it is not valid.
static size_t decode_block(uint8_t *out, size_t count, const uint8_t *bytes, size_t available, uint64_t *tables) {
    struct code code;
    size_t taken = read_code(&code, bytes, available);
    const size_t streams = count < SEVERAL ? 1 : STREAMS;
    if (taken == 0 || available - taken < 2 * streams) return 0;
    const uint8_t *sizes = bytes + taken;
    taken += 2 * streams;
    const size_t share = (count + streams - 1) / streams;
    struct stream s[STREAMS];
    for (size_t k = 0; k < streams; k++) {
        const size_t size = sizes[2 * k] | (size_t)sizes[2 * k + 1] << 8;
        if (available - taken < size) return 0;
        const size_t end = (k + 1) * share < count ? (k + 1) * share : count;
        s[k] = (struct stream){out + k * share, out + end, bytes + taken, size, 0};
        taken += size;
    }
    const uint64_t *table = fill_all(tables, &code);
    decode_most(s, streams, table);
    for (size_t k = 0; k < streams; k++) {
        if (!decode_rest(s + k, &code, table)) return 0;
    }
    return taken;
}

size_t pith_huffman_decode(uint8_t *out, size_t count, const uint8_t *bytes, size_t available, uint64_t *tables) {
    if (available < 2) return 0;
    size_t taken = 0;
    switch (bytes[0]) {
    case STORED:
        if (available - 1 < count) return 0;
        __builtin_memcpy(out, bytes + 1, count);
        return 1 + count;
    case CONSTANT:
        __builtin_memset(out, bytes[1], count);
        return 2;
    case CODED:
        taken = decode_block(out, count, bytes + 1, available - 1, tables);
        return taken == 0 ? 0 : 1 + taken;
    default: return 0;
    }
}
