"""Builds `.pith` files byte by byte from spec/FORMAT.md, right ones and wrong ones. Used by make.py."""

import struct
import zlib

MAGIC = bytes.fromhex("89 50 54 48 0D 0A 1A 0A")


def varint(number):
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes(result + bytes([number]))


def zigzag(number):
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def text(string):
    data = string if isinstance(string, bytes) else string.encode()
    return varint(len(data)) + data


def shape(*extents):
    return varint(len(extents)) + b"".join(varint(extent) for extent in extents)


def crc(data):
    return struct.pack("<I", zlib.crc32(data))


def codes(count):
    """The lengths of a complete code of nearly equal lengths for `count` symbols."""
    short = count.bit_length() - 1 if count & (count - 1) else count.bit_length() - 1
    longer = 2 * (count - (1 << short))
    return [short + 1] * longer + [short] * (count - longer)


def huffman_block(symbols, lengths=None, spoil=None):
    """Mode 2 of section 5.2; `lengths` maps symbols to code lengths; `spoil` changes the parts before they are joined."""
    if lengths is None:
        present = sorted(set(symbols), key=lambda symbol: -symbols.count(symbol))
        lengths = dict(zip(present, sorted(codes(len(present)))))
    low, high = min(lengths), max(lengths)
    nibbles = [lengths.get(symbol, 0) for symbol in range(low, high + 1)]
    packed = bytes(
        nibbles[i] | (nibbles[i + 1] << 4 if i + 1 < len(nibbles) else 0) for i in range(0, len(nibbles), 2))
    book, code, previous = {}, 0, None
    for symbol, length in sorted(lengths.items(), key=lambda item: (item[1], item[0])):
        if previous is not None:
            code = (code + 1) << max(0, length - previous)
        book[symbol] = format(code, f"0{length}b")
        previous = length
    streams = 1 if len(symbols) < 1024 else 4
    share = -(-len(symbols) // streams)
    bodies = []
    for k in range(streams):
        bits = "".join(book[symbol] for symbol in symbols[k * share : (k + 1) * share])
        bits += "0" * (-len(bits) % 8)
        bodies.append(bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)))
    parts = {"range": bytes([low, high]), "lengths": packed, "bodies": bodies}
    if spoil:
        spoil(parts)
    sizes = b"".join(struct.pack("<H", len(body)) for body in parts["bodies"])
    return b"\2" + parts["range"] + parts["lengths"] + sizes + b"".join(parts["bodies"])


def arithmetic(symbols, after_last=False):
    """Section 5.3, for planes of at least one symbol."""
    bits = max(max(symbols).bit_length(), 1)
    states, last, result = {}, 0, bytearray([bits - 1 | 8 * after_last])
    low, high = 0, 2**32 - 1
    for symbol in symbols:
        node = 1
        for place in reversed(range(bits)):
            probability, met = states.get((last, node), (32768, 0))
            bit = symbol >> place & 1
            distance = high - low
            middle = low + (distance >> 16) * probability + ((distance & 0xFFFF) * probability >> 16)
            low, high = (low, middle) if bit else (middle + 1, high)
            probability += ((65535 if bit else 0) - probability) * (131072 // (2 * met + 3)) >> 16
            states[last, node] = min(max(probability, 32), 65504), min(met + 1, 255)
            node = 2 * node + bit
            while low >> 24 == high >> 24:
                result.append(high >> 24)
                low, high = low << 8 & 0xFFFFFFFF, high << 8 & 0xFFFFFFFF | 255
        last = symbol if after_last else 0
    result.append((low >> 24) + (1 if low & 0xFFFFFF else 0))
    return bytes(result)


def deflate(data):
    stream = zlib.compressobj(9, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()


def rotated(data, width):
    result = bytearray()
    for index in range(0, len(data), width):
        number = int.from_bytes(data[index : index + width], "little")
        number = (number << 1 | number >> (8 * width - 1)) & ((1 << 8 * width) - 1)
        result += number.to_bytes(width, "little")
    return bytes(result)


def planes(data, width, is_float, methods):
    """A chunk of codec 1, 2 or 3; a method is 0 to 4 or (number, stored bytes)."""
    data = rotated(data, width) if is_float else data
    result = b""
    for plane in range(width):
        symbols, method = data[plane::width], methods[plane]
        if isinstance(method, tuple):
            number, body = method
        else:
            number = method
            body = {0: lambda: symbols, 1: lambda: deflate(symbols), 2: lambda: huffman_block(list(symbols)),
                    3: lambda: symbols[:1], 4: lambda: arithmetic(list(symbols))}[method]()
        result += bytes([number]) + varint(len(body)) + body
    return result


class Component:
    """Bytes in chunks; `stored` gives the chunks as (codec, bytes), else all of them are stored as they are."""

    def __init__(self, data, stored=None):
        self.data, self.stored = data, stored

    def chunks(self, size):
        if self.stored is not None:
            return self.stored
        return [(0, self.data[at : at + size]) for at in range(0, len(self.data), size)]


class Tensor:
    def __init__(self, name, code, extents, components, encoding=0, layout=0, fields=b"", size=None):
        self.name, self.code, self.extents, self.fields = name, code, extents, fields
        self.components = [c if isinstance(c, Component) else Component(c) for c in components]
        self.both = encoding + 16 * layout
        widths = {1: 4, 2: 8, 3: 2, 4: 2, 7: 8, 8: 4, 9: 2, 11: 8, 12: 4, 13: 2}
        elements = 1
        for extent in extents:
            elements *= extent
        self.decoded = elements * widths.get(code, 1)
        if self.both and encoding != 4:
            self.decoded += sum(len(component.data) for component in self.components)


def tensors(items, chunk_log=18, start=0):
    """TNSR and DATA; `start(len of TNSR)` gives the offset of DATA in the file."""
    index = bytes([chunk_log]) + varint(len(items))
    layout = []
    for tensor in items:
        index += text(tensor.name) + bytes([tensor.code, tensor.both]) + shape(*tensor.extents) + tensor.fields
        chunks = [(component, chunk) for component in tensor.components for chunk in component.chunks(1 << chunk_log)]
        pending = b""
        for number, (component, (codec, stored)) in enumerate(chunks):
            index += bytes([codec]) + varint(len(stored))
            pending += stored
            if number == len(chunks) - 1 or len(pending) > 4096:
                index += crc(pending)
                pending = b""
            is_first = number == 0 or chunks[number - 1][0] is not component
            raw = all(codec == 0 for codec, _ in component.chunks(1 << chunk_log))
            layout.append((is_first and raw and len(component.data) > 4096, stored))
    return index, layout


def data_section(layout, offset):
    result = b""
    for aligned, stored in layout:
        if aligned:
            result += bytes(-(offset + len(result)) % 64)
        result += stored
    return result


def join(role, features, decoded, peak, operators, sections, layout=None, patch=None):
    """The file of these sections; DATA is made of `layout`. `patch` changes the header's fields before they are joined."""
    def header(data):
        fields = {
            "version": b"\1\0", "role": bytes([role]), "features": varint(features), "decoded": varint(decoded),
            "peak": varint(peak), "operators": varint(len(operators)) + bytes(operators),
        }
        every = sections + [("DATA", data)]
        directory = varint(len(every))
        for kind, body in every:
            directory += kind.encode() + varint(len(body)) + (b"" if kind == "DATA" else crc(body))
        fields["directory"] = directory
        if patch:
            patch(fields)
        total = 0
        for _ in range(4):
            length = varint(fields.get("length", total))
            rest = (fields["role"] + fields["features"] + length + fields["decoded"] + fields["peak"]
                    + fields["operators"] + fields["directory"])
            size = 12 + len(rest) + 4
            total = size + sum(len(body) for _, body in every)
        start = MAGIC + fields["version"] + struct.pack("<H", size) + rest
        return start + crc(start)

    data = b""
    for _ in range(4):
        offset = len(header(data)) + sum(len(body) for _, body in sections)
        data = data_section(layout or [], offset)
    return header(data) + b"".join(body for _, body in sections) + data


def weights(items, features=0, chunk_log=18, extra=(), patch=None, decoded=None, data=None):
    """A file of role weights."""
    index, layout = tensors(items, chunk_log)
    if decoded is None:
        decoded = sum(item.decoded for item in items)
    return join(2, features, decoded, 0, [], [("TNSR", index)] + list(extra), data if data is not None else layout, patch)
