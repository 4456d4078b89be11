"""A second reader of `.pith` files, written from spec/FORMAT.md and spec/OPERATORS.md and in their order.

    import pith_reader
    model = pith_reader.load("mnist.pith")
    model.tensors["fc1.weight"].numpy()

Standard library only; `Tensor.numpy()` needs numpy. It is written to be read and checked against the page, not to be
fast. Bad files raise `PithError` with the code that the page names.

At a prompt: `python3 pith_reader.py FILE…` prints what a file holds.
"""

import hashlib
import struct
import sys
import unicodedata
import zlib
from dataclasses import dataclass, field

import pith_cost
import pith_graph
import pith_shapes
from pith_bytes import Cursor, PithError

MAGIC = bytes.fromhex("89 50 54 48 0D 0A 1A 0A")
VERSION = (0, 2)
ROLES = {1: "model", 2: "weights", 3: "checkpoint"}
KNOWN_SECTIONS = ["GRPH", "TNSR", "meta", "test", "DATA"]


@dataclass
class Limits:
    """Section 8: the reader's own limits."""

    file_bytes: int = 2**36
    decoded_bytes: int = 2**36
    working_bytes: int = 2**36
    tensors: int = 2**20
    expansion: int = 1032
    small: int = 2**24


# 2.1 and 2.2: the header and its directory.


@dataclass
class Section:
    kind: str
    start: int
    length: int
    checksum: int | None


@dataclass
class Header:
    role: str
    features: int
    decoded_bytes: int
    peak_bytes: int
    operators: list
    sections: list


def read_header(data, limits):
    prefix = data[: len(MAGIC)]
    if prefix != MAGIC:
        if MAGIC.startswith(prefix):
            raise PithError("truncated", "the file ends in the magic", len(data))
        if any(data[at : at + 3] == b"PTH" for at in range(4)):
            raise PithError("damagedByTextTransfer", "a transfer as text changed line ends", 0)
        raise PithError("wrongKind", "not a .pith file", 0)
    if len(data) < 12:
        raise PithError("truncated", "the file ends in the header", len(data))
    if (data[8], data[9]) != VERSION:
        raise PithError("unsupportedVersion", f"version {data[8]}.{data[9]}", 8)
    (size,) = struct.unpack_from("<H", data, 10)
    if not 16 <= size <= 4096:
        raise PithError("malformed", f"a header of {size} bytes", 10)
    if size > len(data):
        raise PithError("truncated", "the file ends in the header", len(data))
    check_crc(data[: size - 4], struct.unpack_from("<I", data, size - 4)[0], size - 4)

    cursor = Cursor(data, 12, size - 4)
    role = cursor.u8()
    if role not in ROLES:
        raise PithError("malformed", f"role {role}", 12)
    features = cursor.varint()
    if features >> 8:
        raise PithError("unsupportedFeature", f"features {features:#x}", 13)
    file_length, decoded_bytes, peak_bytes = cursor.varint(), cursor.varint(), cursor.varint()
    if file_length > len(data):
        raise PithError("truncated", f"{file_length} bytes are declared", len(data))
    if file_length < len(data):
        raise PithError("trailingBytes", f"{file_length} bytes are declared", file_length)
    if decoded_bytes > limits.decoded_bytes or peak_bytes > limits.working_bytes:
        raise PithError("limitExceeded", "the declared cost is over this reader's limits", 13)
    if decoded_bytes > limits.small and decoded_bytes > limits.expansion * len(data):
        raise PithError("limitExceeded", "too many decoded bytes for a file of this size", 13)
    operators = [cursor.u8() for _ in range(cursor.count(1))]
    if operators != sorted(set(operators)):
        raise PithError("malformed", "the operators do not ascend", cursor.at)
    for code in operators:
        if code not in pith_graph.TABLE:
            raise PithError("unknownOperator", f"operator {code}", cursor.at)
    count = cursor.varint()
    if count > 64:
        raise PithError("limitExceeded", f"{count} sections", cursor.at)
    sections, start = [], size
    for _ in range(count):
        at = cursor.at
        kind = cursor.bytes(4)
        if not kind.isalpha():
            raise PithError("malformed", "a section's kind is four letters", at)
        kind = kind.decode("ascii")
        length = cursor.varint()
        checksum = None if kind == "DATA" else cursor.u32()
        if length > len(data) - start:
            raise PithError("truncated", f"section {kind} ends beyond the file", at)
        if kind not in KNOWN_SECTIONS and kind[0].isupper():
            raise PithError("unsupportedFeature", f"critical section {kind}", at)
        sections.append(Section(kind, start, length, checksum))
        start += length
    cursor.finish()
    if start != len(data):
        raise PithError("trailingBytes", "the sections end before the file does", start)
    check_order(sections)
    return Header(ROLES[role], features, decoded_bytes, peak_bytes, operators, sections)


def check_order(sections):
    kinds = [section.kind for section in sections]
    known = [kind for kind in kinds if kind in KNOWN_SECTIONS]
    if len(set(kinds)) != len(kinds) or known != sorted(known, key=KNOWN_SECTIONS.index):
        raise PithError("malformed", "sections twice or out of order", 0)
    if "TNSR" not in kinds or "DATA" not in kinds or kinds[-1] != "DATA":
        raise PithError("malformed", "TNSR or DATA is not there, or DATA not the last", 0)


def check_crc(data, expected, at):
    if zlib.crc32(data) != expected:
        raise PithError("checksumMismatch", "the CRC-32 differs", at)


# 4: TNSR, the index of tensors.

#: Element types: name, bytes of one, whether a floating-point one.
TYPES = pith_graph.TYPES
#: Codes of encoding 1 that are no element types: 4 bits.
HALF_BYTES = {16: "int4", 17: "uint4"}


@dataclass
class Chunk:
    codec: int
    stored: int
    decoded: int
    checksum: int | None = None


@dataclass
class Component:
    """An array of numbers without shape: their type (a key of TYPES), their number and bytes."""

    type: int
    count: int
    byte_count: int
    chunks: list = field(default_factory=list)


@dataclass
class Groups:
    """Section 4.2: which group an element is in."""

    kind: int
    axis: int
    size: int
    has_zero_points: bool

    def count(self, shape):
        if self.kind == 0:
            return 1
        if elements_of(shape) == 0:
            return 0
        extent = ceil_div(shape[self.axis], self.size)
        return extent if self.kind == 1 else elements_of(shape[: self.axis] + [extent] + shape[self.axis + 1 :])

    def of(self, index, shape):
        """The group of the element with this row-major number."""
        if self.kind == 0:
            return 0
        inner = elements_of(shape[self.axis + 1 :])
        outer, rest = divmod(index, inner * shape[self.axis])
        along, within = divmod(rest, inner)
        if self.kind == 1:
            return along // self.size
        return (outer * ceil_div(shape[self.axis], self.size) + along // self.size) * inner + within


@dataclass
class Encoding:
    """The fields of an encoding; `values` is that of a sparse tensor's non-zeros."""

    number: int
    code_type: int = 0
    scale_type: int = 0
    palette: int = 0
    groups: Groups | None = None
    nonzeros: int = 0
    scan: int = 0
    extra_bytes: int = 0
    values: "Encoding | None" = None
    foreign_type: str = ""
    foreign_shape: list = field(default_factory=list)


@dataclass
class Tensor:
    """A tensor: `type` is a name of OPERATORS.md, `data` its elements, little-endian and row-major."""

    name: str
    type: str
    shape: list
    encoding: Encoding
    layout: int
    components: list
    data: bytes = b""

    def numpy(self):
        import numpy

        names = {"float": "<f4", "double": "<f8", "float16": "<f2", "bool": "?"}
        if self.type == "bfloat16":
            wide = numpy.frombuffer(self.data, "<u2").astype("<u4") << 16
            return wide.view("<f4").reshape(self.shape)
        if self.type.startswith("float8"):
            return numpy.frombuffer(self.data, "u1").reshape(self.shape)
        return numpy.frombuffer(self.data, names.get(self.type, self.type)).reshape(self.shape)


def elements_of(shape):
    product = 1
    for extent in shape:
        product *= extent
    return product


def ceil_div(a, b):
    return -(-a // b)


def read_index(cursor, limits):
    logarithm = cursor.u8()
    if not 12 <= logarithm <= 22:
        raise PithError("unsupportedFeature", f"chunks of 2^{logarithm} bytes", cursor.at - 1)
    count = cursor.varint()
    if count > limits.tensors:
        raise PithError("limitExceeded", f"{count} tensors", cursor.at)
    tensors, total = [], 0
    for _ in range(count):
        tensor = read_tensor(cursor, 1 << logarithm)
        total += elements_of(tensor.shape) * TYPES[tensor_type(tensor)].size
        if tensor.encoding.number in (1, 2, 3) or tensor.layout:
            total += sum(component.byte_count for component in tensor.components)
        if total > limits.decoded_bytes:
            raise PithError("limitExceeded", "the tensors decode to too many bytes", cursor.at)
        tensors.append(tensor)
    cursor.finish()
    check_names(tensors)
    return tensors, total


def tensor_type(tensor):
    return pith_graph.TYPE_CODES[tensor.type]


def check_names(tensors):
    names, folded, unnamed = set(), set(), False
    for tensor in tensors:
        if not tensor.name:
            unnamed = True
            if tensor.encoding.number or tensor.layout:
                raise PithError("malformed", "a tensor of a test vector is not plain", None)
            continue
        if unnamed:
            raise PithError("malformed", f"'{tensor.name}' stands after those of the test vectors", None)
        normal = unicodedata.normalize("NFC", tensor.name)
        if tensor.name in names or normal in folded:
            raise PithError("duplicateName", f"tensor '{tensor.name}'", None)
        names.add(tensor.name)
        folded.add(normal)


def read_tensor(cursor, chunk_size):
    at = cursor.at
    name = cursor.name(empty_allowed=True)
    code = cursor.u8()
    if code not in TYPES:
        raise PithError("unsupportedFeature", f"element type {code}", cursor.at - 1)
    both = cursor.u8()
    number, layout = both & 15, both >> 4
    if number > 4 or layout > 2:
        raise PithError("unsupportedFeature", f"encoding {number}, layout {layout}", cursor.at - 1)
    shape = cursor.shape()
    encoding = read_encoding(cursor, number, code, shape)
    if layout and (number or len(shape) != 2 or code not in (1, 3, 4)):
        raise PithError("malformed", f"layout {layout} is not for this tensor", at)
    components = components_of(encoding, code, shape, layout)
    read_chunks(cursor, components, chunk_size)
    return Tensor(name, TYPES[code].name, shape, encoding, layout, components)


def read_encoding(cursor, number, code, shape, is_value=False):
    """Sections 4.2 to 4.4: the fields of an encoding."""
    at = cursor.at
    if number == 0:
        return Encoding(0)
    if number == 4:
        type_name, foreign_shape = cursor.name(), cursor.shape()
        if code != 14 or len(shape) != 1:
            raise PithError("malformed", "foreign bytes are uint8 of rank 1", at)
        return Encoding(4, foreign_type=type_name, foreign_shape=foreign_shape)
    if number == 3:
        nonzeros, scan, extra_bytes, inner = cursor.varint(), cursor.u8(), cursor.varint(), cursor.u8()
        if nonzeros > elements_of(shape):
            raise PithError("malformed", "more values than elements", at)
        if scan > 1 or inner > 2:
            raise PithError("unsupportedFeature", f"scan {scan}, values of encoding {inner}", at)
        if extra_bytes > 5 * nonzeros:
            raise PithError("malformed", "too many extra bytes", at)
        values = read_encoding(cursor, inner, code, [nonzeros], is_value=True)
        return Encoding(3, nonzeros=nonzeros, scan=scan, extra_bytes=extra_bytes, values=values)
    if code != 1:
        raise PithError("malformed", "the elements of this encoding are float32", at)
    encoding = Encoding(number)
    if number == 1:
        encoding.code_type, encoding.scale_type = cursor.u8(), cursor.u8()
        if encoding.code_type not in (10, 14, 16, 17):
            raise PithError("unsupportedFeature", f"code type {encoding.code_type}", at)
    else:
        encoding.scale_type, encoding.palette = cursor.u8(), cursor.varint()
        if not 2 <= encoding.palette <= 256:
            raise PithError("malformed", f"a palette of {encoding.palette}", at)
    if encoding.scale_type not in (1, 3, 4):
        raise PithError("unsupportedFeature", f"scales or entries of type {encoding.scale_type}", at)
    kind = cursor.u8()
    has_zero_points = bool(kind & 16)
    kind &= ~16
    if kind > 2 or (has_zero_points and number == 2):
        raise PithError("unsupportedFeature", f"groups of kind {kind}", cursor.at - 1)
    axis, size = (cursor.varint(), cursor.varint()) if kind else (0, 1)
    if kind and axis >= len(shape):
        raise PithError("malformed", f"axis {axis} of rank {len(shape)}", cursor.at)
    if (kind == 1 and size < 1) or (kind == 2 and not 32 <= size <= 256):
        raise PithError("malformed", f"groups of {size}", cursor.at)
    encoding.groups = Groups(kind, axis, size, has_zero_points)
    return encoding


def components_of(encoding, code, shape, layout):
    """Section 4.1: the components in order."""
    count = elements_of(shape)

    def plain(type_code, count):
        if type_code in HALF_BYTES:
            return Component(14, count, ceil_div(count, 2))
        return Component(type_code, count, count * TYPES[type_code].size)

    if encoding.number == 0:
        if layout:
            rows, columns = shape if layout == 1 else reversed(shape)
            count = rows * 16 * ceil_div(columns, 16)
        return [plain(code, count)]
    if encoding.number == 1:
        groups = encoding.groups.count(shape)
        parts = [plain(encoding.code_type, count), plain(encoding.scale_type, groups)]
        return parts + ([plain(encoding.code_type, groups)] if encoding.groups.has_zero_points else [])
    if encoding.number == 2:
        entries = encoding.groups.count(shape) * encoding.palette
        return [plain(14, count), plain(encoding.scale_type, entries)]
    if encoding.number == 3:
        values = components_of(encoding.values, code, [encoding.nonzeros], 0)
        return [plain(14, encoding.nonzeros), plain(14, encoding.extra_bytes)] + values
    return [plain(14, count)]


def read_chunks(cursor, components, chunk_size):
    """Section 4.5."""
    last = None
    for component in reversed(components):
        if component.byte_count:
            last = component
            break
    unsummed = 0
    for component in components:
        left = component.byte_count
        while left:
            decoded = min(left, chunk_size)
            left -= decoded
            at = cursor.at
            chunk = Chunk(cursor.u8(), cursor.varint(), decoded)
            if chunk.codec > 3:
                raise PithError("unsupportedFeature", f"codec {chunk.codec}", at)
            if not (chunk.stored == decoded if chunk.codec == 0 else 1 <= chunk.stored < decoded):
                raise PithError("malformed", f"a chunk of {chunk.stored} bytes for {decoded}", at)
            unsummed += chunk.stored
            if unsummed > 4096 or (component is last and left == 0):
                chunk.checksum, unsummed = cursor.u32(), 0
            component.chunks.append(chunk)


# 2.5: features.


def features_of(tensors):
    features = 0
    for tensor in tensors:
        for component in tensor.components:
            for chunk in component.chunks:
                features |= {0: 0, 1: 1, 2: 2, 3: 128}[chunk.codec]
        encoding = tensor.encoding
        for number in (encoding.number, encoding.values.number if encoding.values else 0):
            features |= {0: 0, 1: 4, 2: 8, 3: 16, 4: 64}[number]
        features |= 32 if tensor.layout else 0
    return features


# 5: DATA, the chunks.


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


# 4.1 to 4.4: from components to elements.


def elements(tensor, parts):
    encoding, code = tensor.encoding, tensor_type(tensor)
    if encoding.number == 3:
        return sparse(encoding, code, tensor.shape, parts)
    result = values_of(encoding, code, tensor.shape, parts)
    if tensor.layout:
        result = row_major(result, tensor.shape, tensor.layout, TYPES[code].size)
    if code == 15 and any(byte > 1 for byte in result):
        raise PithError("malformed", f"a bool of '{tensor.name}' is neither 0 nor 1", None)
    return result


def values_of(encoding, code, shape, parts):
    if encoding.number in (0, 4):
        return parts[0]
    groups = encoding.groups
    factors = widened(parts[1], encoding.scale_type)
    if any(factor != factor or factor in (float("inf"), float("-inf")) for factor in factors):
        raise PithError("malformed", "scales and entries are finite", None)
    count = elements_of(shape)
    if encoding.number == 2:
        if any(index >= encoding.palette for index in parts[0]):
            raise PithError("malformed", "an index beyond the palette", None)
        numbers = [factors[groups.of(i, shape) * encoding.palette + parts[0][i]] for i in range(count)]
    else:
        codes = integers(parts[0], encoding.code_type, count)
        zeros = integers(parts[2], encoding.code_type, len(factors)) if groups.has_zero_points else None
        numbers = []
        for i in range(count):
            group = groups.of(i, shape)
            numbers.append((codes[i] - (zeros[group] if zeros else 0)) * factors[group])
    return b"".join(float32(number) for number in numbers)


def float32(number):
    """The bytes of the nearest float32. The product of two is exact in float64, so that this rounds once."""
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return struct.pack("<f", float("inf") if number > 0 else float("-inf"))


def widened(data, type_code):
    if type_code == 4:
        halves = struct.unpack(f"<{len(data) // 2}H", data)
        data, type_code = struct.pack(f"<{len(halves)}I", *(half << 16 for half in halves)), 1
    return struct.unpack(f"<{len(data) // TYPES[type_code].size}{'f' if type_code == 1 else 'e'}", data)


def integers(data, type_code, count):
    if type_code == 10:
        return struct.unpack(f"{count}b", data)
    if type_code == 14:
        return data
    halves = [half for byte in data for half in (byte & 15, byte >> 4)]
    if count % 2 and halves.pop():
        raise PithError("nonZeroPadding", "the half byte left over", None)
    return [half - 16 if type_code == 16 and half > 7 else half for half in halves]


def row_major(data, shape, layout, size):
    rows, columns = shape if layout == 1 else (shape[1], shape[0])
    result, used = bytearray(elements_of(shape) * size), set()
    for r in range(rows):
        for c in range(16 * ceil_div(columns, 16)):
            at = ((c // 16 * rows + r) * 16 + c % 16) * size
            number = data[at : at + size]
            if c >= columns:
                if any(number):
                    raise PithError("nonZeroPadding", "a column beyond the matrix", None)
                continue
            to = (r * columns + c if layout == 1 else c * rows + r) * size
            result[to : to + size] = number
    return bytes(result)


def sparse(encoding, code, shape, parts):
    """Section 4.3."""
    gaps, extra = parts[0], parts[1]
    values = values_of(encoding.values, code, [encoding.nonzeros], parts[2:])
    size, count = TYPES[code].size, elements_of(shape)
    result = bytearray(count * size)
    bits, used, position = int.from_bytes(extra, "big"), 0, -1
    for number, symbol in enumerate(gaps):
        if symbol > 155:
            raise PithError("malformed", f"gap symbol {symbol}", None)
        gap = symbol
        if symbol >= 8:
            width = symbol // 4 - 1
            used += width
            if used > 8 * len(extra):
                raise PithError("malformed", "the extra bits end early", None)
            gap = (4 + symbol % 4) * 2**width + (bits >> (8 * len(extra) - used) & ((1 << width) - 1))
        position += gap + 1
        if position >= count:
            raise PithError("malformed", "a position beyond the tensor", None)
        to = (position if encoding.scan == 0 else row_major_number(position, shape)) * size
        result[to : to + size] = values[number * size : (number + 1) * size]
    rest = 8 * len(extra) - used
    if rest >= 8:
        raise PithError("malformed", "extra bytes left over", None)
    if bits & ((1 << rest) - 1):
        raise PithError("nonZeroPadding", "the extra bits left over", None)
    return bytes(result)


def row_major_number(position, shape):
    """From the number of an element with the first axis fastest to that with the last axis fastest."""
    index = []
    for extent in shape:
        position, along = divmod(position, extent)
        index.append(along)
    number = 0
    for along, extent in zip(index, shape):
        number = number * extent + along
    return number


# 6: meta.


def read_metadata(cursor):
    count = cursor.varint()
    if not 1 <= count <= 4096:
        raise PithError("malformed" if count == 0 else "limitExceeded", f"{count} entries", cursor.at)
    entries, previous = {}, b""
    for _ in range(count):
        key = cursor.name()
        if key.encode() <= previous:
            raise PithError("malformed", f"key '{key}' does not ascend", cursor.at)
        previous = key.encode()
        kind = cursor.u8()
        if kind not in (1, 2, 3, 4, 5):
            raise PithError("malformed", f"metadata of kind {kind}", cursor.at - 1)
        readers = {1: cursor.long_text, 2: cursor.zigzag, 3: cursor.f64}
        if kind in readers:
            entries[key] = readers[kind]()
            continue
        length = cursor.count(1 if kind == 4 else 8)
        if length > 2**20:
            raise PithError("limitExceeded", f"a list of {length}", cursor.at)
        entries[key] = [cursor.long_text() if kind == 4 else cursor.f64() for _ in range(length)]
    cursor.finish()
    return entries


# 7: test.


def fits(given, shape):
    return len(given) == len(shape) and all(
        not isinstance(extent, int) or extent == number for extent, number in zip(shape, given))


def read_vectors(cursor, graph, shapes, tensors):
    count = cursor.varint()
    if not 1 <= count <= 65536:
        raise PithError("malformed", f"{count} test vectors", cursor.at)
    cursor.finish()
    wanted = [(value, value.shape) for value in graph.inputs]
    wanted += [(graph.values[number], shapes[number]) for number in graph.outputs]
    if count * len(wanted) != len(tensors):
        raise PithError("malformed", f"{len(tensors)} tensors for {count} test vectors", None)
    vectors = []
    for start in range(0, len(tensors), len(wanted)):
        row = tensors[start : start + len(wanted)]
        for tensor, (value, shape) in zip(row, wanted):
            if tensor.type != value.type or not fits(tensor.shape, shape):
                raise PithError("shapeMismatch", f"a test vector's '{value.name}'", None)
        vectors.append((row[: len(graph.inputs)], row[len(graph.inputs) :]))
    return vectors


# The whole file.


@dataclass
class File:
    role: str
    graph: "pith_graph.Graph | None"
    tensors: dict
    metadata: dict
    vectors: list
    decoded_bytes: int
    peak_bytes: int
    graph_bytes: bytes = b""

    def identity(self):
        """Section 12, in hexadecimal."""
        digest = hashlib.sha256(b"pith identity 1\n")
        digest.update(varint(len(self.graph_bytes)) + self.graph_bytes + varint(len(self.tensors)))
        first = len(self.graph.initializers) if self.graph else 0
        named = list(self.tensors.values())
        for tensor in named[:first] + sorted(named[first:], key=lambda tensor: tensor.name.encode()):
            encoding = tensor.encoding
            foreign = encoding.number == 4
            digest.update(varint(len(tensor.name.encode())) + tensor.name.encode())
            if foreign:
                digest.update(b"\0" + varint(len(encoding.foreign_type.encode())) + encoding.foreign_type.encode())
            else:
                digest.update(bytes([tensor_type(tensor)]))
            shape = encoding.foreign_shape if foreign else tensor.shape
            digest.update(varint(len(shape)) + b"".join(varint(extent) for extent in shape))
            digest.update(tensor.data)
        return digest.hexdigest()


def varint(number):
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    return bytes(result + bytes([number]))


def parse(data, expecting=None, limits=None):
    """Reads the bytes of a file; raises `PithError`."""
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        raise PithError("limitExceeded", f"a file of {len(data)} bytes", 0)
    header = read_header(data, limits)
    if expecting and header.role != expecting:
        raise PithError("wrongRole", f"a {header.role} is no {expecting}", 12)
    sections = {section.kind: section for section in header.sections}
    if ("GRPH" in sections) != (header.role != "weights"):
        raise PithError("malformed", f"a {header.role} with or without a graph", 0)
    if "test" in sections and "GRPH" not in sections:
        raise PithError("invalidGraph", "test vectors without a graph", 0)

    def cursor(kind):
        section = sections[kind]
        check_crc(data[section.start : section.start + section.length], section.checksum, section.start)
        return Cursor(data, section.start, section.start + section.length)

    for section in header.sections:
        if section.kind not in KNOWN_SECTIONS:
            cursor(section.kind)
    graph_cursor = cursor("GRPH") if "GRPH" in sections else None
    tensors, decoded_bytes = read_index(cursor("TNSR"), limits)
    named = [tensor for tensor in tensors if tensor.name]
    unnamed = tensors[len(named) :]
    graph, operators, shapes, peak_bytes, graph_bytes = None, set(), {}, 0, b""
    if graph_cursor:
        graph_bytes = data[graph_cursor.at : graph_cursor.end]
        graph = pith_graph.read_graph(graph_cursor, named)
        operators = graph.operators()
        shapes = pith_shapes.shapes_of(graph)
        peak_bytes = pith_cost.peak_bytes(graph, lambda type: TYPES[pith_graph.TYPE_CODES[type]].size)
    declared = (header.features, header.decoded_bytes, header.operators)
    if declared != (features_of(tensors), decoded_bytes, sorted(operators)):
        raise PithError("falseDeclaration", "the header does not say what the file holds", 12)
    if header.peak_bytes != peak_bytes:
        raise PithError("falseDeclaration", f"the peak is {peak_bytes} bytes", 12)
    metadata = read_metadata(cursor("meta")) if "meta" in sections else {}
    vectors = read_vectors(cursor("test"), graph, shapes, unnamed) if "test" in sections else []
    if unnamed and not vectors:
        raise PithError("malformed", "tensors without a name and no test vectors", None)
    read_data(data, sections["DATA"], tensors)
    return File(
        header.role, graph, {tensor.name: tensor for tensor in named}, metadata, vectors, decoded_bytes,
        header.peak_bytes, graph_bytes)


def load(path, expecting=None, limits=None):
    """Reads a file; `expecting` is "model", "weights", "checkpoint" or None."""
    with open(path, "rb") as file:
        return parse(file.read(), expecting, limits)


def main(paths):
    status = 0
    for path in paths:
        try:
            file = load(path)
        except (PithError, OSError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            status = 1
            continue
        print(f"{path}: {file.role}, {len(file.tensors)} tensors, {file.decoded_bytes} bytes decoded")
        print(f"identity {file.identity()}")
        for tensor in file.tensors.values():
            print(f"  {tensor.name}: {tensor.type} {tensor.shape}")
        for key, value in file.metadata.items():
            print(f"  {key} = {value}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
