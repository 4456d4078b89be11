#include "HuffmanLong.h"
#include "HuffmanShort.h"

enum { SEVERAL = 1024, STORED = 0, CONSTANT = 1, CODED = 2 };

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
        const size_t place = w >> (64 - WINDOW);
        const uint8_t symbol = (uint8_t)(s->singles ? s->singles[place] >> 8 : table[place]);
        s->bit += code->lengths[symbol];
        if (s->bit > 8 * s->size) return 0;
        *s->out++ = symbol;
    }
    if (8 * s->size - s->bit >= 8) return 0;
    return s->bit % 8 == 0 || (uint8_t)(s->bytes[s->size - 1] << s->bit % 8) == 0;
}

/// A coded block: its code and its streams.
struct block {
    struct code code;
    struct stream streams[STREAMS];
    size_t count;
};

/// Reads the body of a coded block up to its streams; returns how many bytes it takes with them, 0 when it is not valid.
static size_t open_block(struct block *block, uint8_t *out, size_t count, const uint8_t *bytes, size_t available) {
    size_t taken = read_code(&block->code, bytes, available);
    block->count = count < SEVERAL ? 1 : STREAMS;
    if (taken == 0 || available - taken < 2 * block->count) return 0;
    const uint8_t *sizes = bytes + taken;
    taken += 2 * block->count;
    const size_t share = (count + block->count - 1) / block->count;
    for (size_t k = 0; k < block->count; k++) {
        const size_t size = sizes[2 * k] | (size_t)sizes[2 * k + 1] << 8;
        if (available - taken < size) return 0;
        const size_t end = (k + 1) * share < count ? (k + 1) * share : count;
        block->streams[k] = (struct stream){out + k * share, out + end, bytes + taken, size, 0, 0};
        taken += size;
    }
    return taken;
}

/// Whether a window seldom holds two codes: those of a whole block take more than five bits.
static int has_long_codes(const struct block *block, size_t count) {
    size_t bytes = 0;
    for (size_t k = 0; k < block->count; k++) bytes += block->streams[k].size;
    return count == BLOCK && 8 * bytes > 5 * count;
}

/// Decodes what is left of a block's streams; 1 when they end where they must.
static int finish_block(struct block *block, const uint64_t *table) {
    for (size_t k = 0; k < block->count; k++) {
        if (!decode_rest(block->streams + k, &block->code, table)) return 0;
    }
    return 1;
}

/// Decodes blocks of long codes.
static int decode_long(struct block blocks[], size_t count) {
    if (count == 0) return 1;
    struct stream s[2 * STREAMS];
    for (size_t k = 0; k < count * STREAMS; k++) s[k] = blocks[k / STREAMS].streams[k % STREAMS];
    if (count == 2) decode_singles(s, 2 * STREAMS);
    else decode_singles(s, STREAMS);
    for (size_t k = 0; k < count * STREAMS; k++) blocks[k / STREAMS].streams[k % STREAMS] = s[k];
    for (size_t i = 0; i < count; i++) {
        if (!finish_block(blocks + i, 0)) return 0;
    }
    return 1;
}

/// Decodes one block, unless its codes are long: then it is only made ready, to be decoded with another. Returns how many
/// bytes it takes, 0 when it is not valid.
static size_t begin_block(
    struct block *block, int *is_long, uint8_t *out, size_t count, const uint8_t *bytes, size_t available,
    uint64_t *tables, uint16_t *singles) {
    *is_long = 0;
    if (available < 2) return 0;
    switch (bytes[0]) {
    case STORED:
        if (available - 1 < count) return 0;
        __builtin_memcpy(out, bytes + 1, count);
        return 1 + count;
    case CONSTANT:
        __builtin_memset(out, bytes[1], count);
        return 2;
    case CODED: break;
    default: return 0;
    }
    const size_t taken = open_block(block, out, count, bytes + 1, available - 1);
    if (taken == 0) return 0;
    *is_long = has_long_codes(block, count);
    if (*is_long) {
        fill_singles(singles, &block->code);
        for (size_t k = 0; k < STREAMS; k++) block->streams[k].singles = singles;
        return 1 + taken;
    }
    const uint64_t *table = fill_all(tables, &block->code);
    decode_most(block->streams, block->count, table);
    return finish_block(block, table) ? 1 + taken : 0;
}

size_t pith_huffman_decode(uint8_t *out, size_t count, const uint8_t *bytes, size_t available, uint64_t *tables) {
    struct block blocks[2];
    uint16_t *const singles = (uint16_t *)(void *)(tables + ((size_t)2 << WINDOW));
    size_t taken = 0, ready = 0;
    for (size_t done = 0; done < count;) {
        const size_t symbols = count - done < BLOCK ? count - done : BLOCK;
        int is_long = 0;
        const size_t own = begin_block(
            blocks + ready, &is_long, out + done, symbols, bytes + taken, available - taken, tables,
            singles + ready * SINGLES);
        if (own == 0) return 0;
        taken += own, done += symbols;
        ready += is_long ? 1 : 0;
    }
    return decode_long(blocks, ready) ? taken : 0;
}
