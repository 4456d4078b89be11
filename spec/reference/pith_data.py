"""Section 5 of spec/FORMAT.md: `DATA`, its chunks and planes."""

import zlib

from pith_bytes import Cursor, PithError, ceil_div
from pith_elements import elements
from pith_header import check_crc
from pith_index import TYPES


def read_data(data, section, tensors):
    at, end = section.start, section.start + section.length

    def take(count):
        nonlocal at
        if count > end - at:
            raise PithError("truncated", "DATA ends before its chunks do", at)
        at += count
        return data[at - count : at]

    for tensor in tensors:
        contents, pending = [], b""
        for component in tensor.components:
            if component.byte_count > 4096 and all(chunk.codec == 0 for chunk in component.chunks):
                start = at
                if any(take(-at % 64)):
                    raise PithError("nonZeroPadding", "padding before a tensor", start)
            for chunk in component.chunks:
                start = at
                stored = take(chunk.stored)
                contents.append((component, chunk, stored, start))
                pending += stored
                if chunk.checksum is not None:
                    check_crc(pending, chunk.checksum, start)
                    pending = b""
        tensor.data = elements(tensor, decode(tensor.components, contents))
    if at != end:
        raise PithError("trailingBytes", "DATA goes on after its chunks", at)


def decode(components, contents):
    parts = {id(component): [] for component in components}
    for component, chunk, stored, start in contents:
        plain = stored if chunk.codec == 0 else planes(chunk, stored, component.type, start)
        parts[id(component)].append(plain)
    return [b"".join(parts[id(component)]) for component in components]


def planes(chunk, stored, type_code, at):
    """Section 5.1."""
    width, count = TYPES[type_code].size, chunk.decoded // TYPES[type_code].size
    cursor = Cursor(stored, 0, len(stored))
    result = bytearray(chunk.decoded)
    for plane in range(width):
        method, length = cursor.u8(), cursor.varint()
        if length >= 2**28:
            raise PithError("malformed", "a plane's stored length", at)
        body = cursor.bytes(length)
        if method == 0:
            if length != count:
                raise PithError("malformed", "a stored plane of another length", at)
            plain = body
        elif method == 1:
            if chunk.codec != 2:
                raise PithError("malformed", "a deflated plane outside codec 2", at)
            plain = inflate(body, count, at)
        elif method == 2:
            plain = huffman_plane(Cursor(body, 0, len(body)), count, at)
        elif method == 3:
            if length != 1:
                raise PithError("malformed", "a constant is one byte", at)
            plain = body * count
        elif method == 4 and chunk.codec == 3:
            plain = arithmetic_plane(body, count, at)
        else:
            raise PithError("unsupportedFeature" if method > 4 else "malformed", f"method {method}", at)
        result[plane::width] = plain
    cursor.finish()
    if not TYPES[type_code].is_float:
        return bytes(result)
    bits = 8 * width
    for index in range(0, len(result), width):
        number = int.from_bytes(result[index : index + width], "little")
        number = (number >> 1) | (number & 1) << (bits - 1)
        result[index : index + width] = number.to_bytes(width, "little")
    return bytes(result)


def inflate(body, count, at):
    stream = zlib.decompressobj(-15)
    try:
        plain = stream.decompress(body, count + 1)
    except zlib.error as error:
        raise PithError("malformed", f"deflate: {error}", at) from None
    if len(plain) != count or not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise PithError("malformed", "a deflate stream of another length", at)
    return plain


def arithmetic_plane(body, count, at):
    """Section 5.3."""
    if not body or body[0] > 15:
        raise PithError("malformed", "the first byte of an arithmetic plane", at)
    bits, after_last = (body[0] & 7) + 1, body[0] >> 3
    states, last, result = {}, 0, bytearray()
    low, high, position = 0, 2**32 - 1, 5
    window = int.from_bytes(body[1:5].ljust(4, b"\0"), "big")
    for _ in range(count):
        node = 1
        for _ in range(bits):
            probability, met = states.get((last, node), (32768, 0))
            distance = high - low
            middle = low + (distance >> 16) * probability + ((distance & 0xFFFF) * probability >> 16)
            bit = window <= middle
            low, high = (low, middle) if bit else (middle + 1, high)
            probability += ((65535 if bit else 0) - probability) * (131072 // (2 * met + 3)) >> 16
            states[last, node] = min(max(probability, 32), 65504), min(met + 1, 255)
            node = 2 * node + bit
            while low >> 24 == high >> 24:
                low, high = low << 8 & 0xFFFFFFFF, high << 8 & 0xFFFFFFFF | 255
                window = window << 8 & 0xFFFFFFFF | (body[position] if position < len(body) else 0)
                position += 1
        result.append(node - (1 << bits))
        last = result[-1] if after_last else 0
    if position != len(body) + 3:
        raise PithError("malformed", "an arithmetic plane of another length", at)
    return bytes(result)


def huffman_plane(cursor, count, at):
    """Section 5.2."""
    result = bytearray()
    while len(result) < count:
        size = min(32768, count - len(result))
        mode = cursor.u8()
        if mode == 0:
            result += cursor.bytes(size)
        elif mode == 1:
            result += cursor.bytes(1) * size
        elif mode == 2:
            result += huffman_block(cursor, size, at)
        else:
            raise PithError("malformed", f"block mode {mode}", at)
    cursor.finish()
    return bytes(result)


def huffman_block(cursor, size, at):
    low, high = cursor.u8(), cursor.u8()
    if low >= high:
        raise PithError("malformed", "the range of symbols", at)
    packed = cursor.bytes(ceil_div(high - low + 1, 2))
    nibbles = [half for byte in packed for half in (byte & 15, byte >> 4)]
    if (high - low + 1) % 2 and nibbles.pop():
        raise PithError("malformed", "the half byte left over", at)
    lengths = {low + index: length for index, length in enumerate(nibbles) if length}
    if low not in lengths or high not in lengths or max(lengths.values()) > 11:
        raise PithError("malformed", "code lengths", at)
    if sum(2 ** (11 - length) for length in lengths.values()) != 2048:
        raise PithError("malformed", "the code is not complete", at)
    symbols, code, previous = {}, 0, None
    for symbol, length in sorted(lengths.items(), key=lambda item: (item[1], item[0])):
        if previous is not None:
            code = (code + 1) << (length - previous)
        symbols[length, code] = symbol
        previous = length
    streams = 1 if size < 1024 else 4
    sizes = [cursor.u16() for _ in range(streams)]
    share, result = ceil_div(size, streams), bytearray()
    for number, stream_size in enumerate(sizes):
        wanted = min((number + 1) * share, size) - min(number * share, size)
        result += huffman_stream(cursor.bytes(stream_size), wanted, symbols, at)
    return result


def huffman_stream(body, wanted, symbols, at):
    result, code, length, used = bytearray(), 0, 0, 0
    total = 8 * len(body)
    while len(result) < wanted:
        if used == total:
            raise PithError("malformed", "a stream ends early", at)
        code = code << 1 | body[used >> 3] >> (7 - (used & 7)) & 1
        length, used = length + 1, used + 1
        symbol = symbols.get((length, code))
        if symbol is not None:
            result.append(symbol)
            code = length = 0
    if total - used >= 8 or (total > used and body[-1] & ((1 << (total - used)) - 1)):
        raise PithError("malformed", "bits after the last code", at)
    return result
