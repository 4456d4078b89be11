// Byte planes, their Huffman code and CRC-32, fast: `PithFormat` defines each of them in Swift, and these give the same
// bytes (`spec/FORMAT.md`).
//
// Nothing allocates, keeps state or calls libc, and every function may run on many threads at once.

#ifndef CPITHCODECS_H
#define CPITHCODECS_H

#include "CPithKernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Checksum

/// The CRC-32 of zlib and PNG, of `count` bytes that follow others whose CRC-32 is `crc`; that of no bytes is 0.
uint32_t pith_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

// MARK: Planes

/// Puts elements together from planes, the first of which has their lowest bytes.
///
/// - out: `width * count` bytes, which overlap no plane.
/// - planes: `width` planes of `count` bytes.
/// - rotates: 1 to rotate each element right by one bit afterwards, else 0.
void pith_merge_planes(
    int isa, uint8_t *out, const uint8_t *const planes[], size_t width, size_t count, int rotates);

/// The inverse of `pith_merge_planes`; the planes are written one after another.
void pith_split_planes(int isa, uint8_t *planes, const uint8_t *bytes, size_t width, size_t count, int rotates);

// MARK: Huffman

/// Entries of the tables for windows of up to 11 bits, the longest code, of several symbols and of one.
#define PITH_HUFFMAN_ENTRIES (4096 + 1028)

/// The most symbols that one call decodes: those of two whole blocks.
#define PITH_HUFFMAN_SYMBOLS 65536

/// Decodes one or two blocks of a Huffman plane.
///
/// - out: `count` bytes, at most `PITH_HUFFMAN_SYMBOLS`, all of which are written when the blocks are valid; the first block
///   has 32768 of them or all.
/// - bytes: the `available` bytes that are left of the plane; nothing after the blocks is looked at.
/// - tables: room for `PITH_HUFFMAN_ENTRIES` entries, of any contents.
/// - returns: how many bytes the blocks take, 0 when one is not valid to its last bit.
size_t pith_huffman_decode(uint8_t *out, size_t count, const uint8_t *bytes, size_t available, uint64_t *tables);

#ifdef __cplusplus
}
#endif

#endif
