"""Writes the test vectors of spec/FORMAT.md: valid/, invalid/ and manifest.json. `python3 make.py`.

The files are built byte by byte from the page (build.py), so that neither reader's own writer is trusted. What a valid
file decodes to is stated here in plain numbers, not read back from a reader.
"""

import hashlib
import json
import pathlib
import struct

import make_graphs
from build import (
    Component, Tensor, arithmetic, crc, deflate, huffman_block, join, planes, shape, tensors, text, varint, weights,
    zigzag)

HERE = pathlib.Path(__file__).resolve().parent
VALID, INVALID = [], []
TYPE_NAMES = ["", "float", "double", "float16", "bfloat16", "float8e4m3fn", "float8e5m2", "int64", "int32", "int16",
              "int8", "uint64", "uint32", "uint16", "uint8", "bool"]
PLANES, DEFLATE, AFFINE, PALETTE, SPARSE, LAYOUT, FOREIGN, ARITHMETIC = (1 << bit for bit in range(8))


def valid(name, data, role, expected, metadata=0, vectors=0, section=b"", initializers=0, foreign=None):
    """`expected`: for each named tensor its name, type, shape and elements; `section`: GRPH."""
    VALID.append({
        "file": f"valid/{name}.pith", "role": role, "metadata": metadata, "vectors": vectors,
        "identity": identity(expected, section, initializers, foreign),
        "tensors": [
            {"name": tensor, "type": type, "shape": extents, "sha256": hashlib.sha256(elements).hexdigest()}
            for tensor, type, extents, elements in expected
        ],
    })
    write(f"valid/{name}.pith", data)


def identity(expected, section, initializers, foreign):
    """Section 12; `foreign` is the type's name and the shape in the source."""
    stream = b"pith identity 1\n" + varint(len(section)) + section + varint(len(expected))
    ordered = expected[:initializers] + sorted(expected[initializers:], key=lambda row: row[0].encode())
    for name, type, extents, elements in ordered:
        kind = b"\0" + text(foreign[0]) if foreign else bytes([TYPE_NAMES.index(type)])
        stream += text(name) + kind + shape(*(foreign[1] if foreign else extents)) + elements
    return hashlib.sha256(stream).hexdigest()


def invalid(name, rule, code, data):
    """`code`: the error that both readers give."""
    INVALID.append({"file": f"invalid/{name}.pith", "rule": rule, "code": code})
    write(f"invalid/{name}.pith", data)


def write(name, data):
    path = HERE / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def f32(*numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


def f16(*numbers):
    return struct.pack(f"<{len(numbers)}e", *numbers)


def bf16(*numbers):
    return b"".join(f32(number)[2:] for number in numbers)


def plain(name, code, extents, data, stored=None):
    return Tensor(name, code, extents, [Component(data, stored)])


# Weights: types, chunks, codecs.

ONE = [plain("a", 14, [3], b"\1\2\3")]
valid("example", weights(ONE), "weights", [("a", "uint8", [3], b"\1\2\3")])
valid("no-tensors", weights([]), "weights", [])
valid("later-minor", weights(ONE, patch=lambda fields: fields.__setitem__("version", b"\1\7")), "weights",
      [("a", "uint8", [3], b"\1\2\3")])

by_type = []
for code, size in zip(range(1, 16), [4, 8, 2, 2, 1, 1, 8, 4, 2, 1, 8, 4, 2, 1, 1]):
    by_type.append((TYPE_NAMES[code], code, [2, 3], bytes(i % 2 if code == 15 else 7 * i % 256 for i in range(6 * size))))
valid("types", weights([plain(*row) for row in by_type]), "weights",
      [(name, TYPE_NAMES[code], extents, data) for name, code, extents, data in by_type])
valid("extents", weights([plain("scalar", 1, [], f32(2.5)), plain("nothing", 1, [3, 0, 2], b""),
                          plain("eight", 14, [1, 1, 2, 1, 1, 1, 1, 1], b"\5\6"), plain("é", 14, [1], b"\1")]), "weights",
      [("scalar", "float", [], f32(2.5)), ("nothing", "float", [3, 0, 2], b""),
       ("eight", "uint8", [1, 1, 2, 1, 1, 1, 1, 1], b"\5\6"), ("é", "uint8", [1], b"\1")])

long = bytes((i * i >> 3) % 251 for i in range(9000))
valid("chunks", weights([plain("s", 14, [2], b"\1\2"), plain("long", 14, [90, 100], long)], chunk_log=12), "weights",
      [("s", "uint8", [2], b"\1\2"), ("long", "uint8", [90, 100], long)])

floats = f32(*[(-1) ** i * (1 + i % 7 / 8) * 2.0 ** (i % 5 - 3) for i in range(64)])
chunk = planes(floats, 4, True, [2, 3, 2, 2])
valid("planes", weights([plain("w", 1, [8, 8], floats, [(1, chunk)])], PLANES), "weights", [("w", "float", [8, 8], floats)])
ramp = struct.pack("<300H", *range(300))
chunk = planes(ramp, 2, False, [0, 1])
valid("deflate", weights([plain("r", 13, [300], ramp, [(2, chunk)])], DEFLATE), "weights", [("r", "uint16", [300], ramp)])
published = bytes([0x7C] * 24 + [0x7D] * 12 + [0x7B] * 6 + [0x78] * 3 + [0x7E] * 2 + [0x77])
plane = bytes.fromhex("02777e450013520c00000000aaaaaadb6dbbbbfff0")
chunk = planes(published, 1, False, [(2, plane)])
valid("huffman-published", weights([plain("p", 14, [48], published, [(1, chunk)])], PLANES), "weights",
      [("p", "uint8", [48], published)])
skewed = bytes([3, 3, 3, 5, 3, 9, 3, 5][i * i % 8] for i in range(4000))
stream = huffman_block(list(skewed), {3: 1, 5: 2, 9: 2})
chunk = planes(skewed, 1, False, [(2, stream)])
valid("huffman-four-streams", weights([plain("p", 14, [4000], skewed, [(1, chunk)])], PLANES), "weights",
      [("p", "uint8", [4000], skewed)])
blocks = bytes([9]) * 32768 + skewed[:100] + bytes(range(20))
body = b"\1\x09" + huffman_block(list(blocks[32768:]))
chunk = planes(blocks, 1, False, [(2, body)])
valid("huffman-blocks", weights([plain("p", 14, [len(blocks)], blocks, [(1, chunk)])], PLANES), "weights",
      [("p", "uint8", [len(blocks)], blocks)])
published = bytes([3] * 20 + [1, 2, 1, 1, 0, 3, 2, 1, 0, 0, 3, 1])
chunk = planes(published, 1, False, [(4, bytes.fromhex("09037a9f9c0025"))])
valid("arithmetic-published", weights([plain("p", 14, [32], published, [(3, chunk)])], ARITHMETIC), "weights",
      [("p", "uint8", [32], published)])
wide = bytes((i * i * 7 >> 4) % 256 for i in range(3000))
for kind, after_last, numbers in (("", False, skewed), ("-after-last", True, skewed), ("-bits", False, wide[:40] + bytes(2900)),
                                  ("-one", False, bytes(900) + b"\1")):
    chunk = planes(numbers, 1, False, [(4, arithmetic(list(numbers), after_last))])
    valid("arithmetic" + kind, weights([plain("p", 14, [len(numbers)], numbers, [(3, chunk)])], ARITHMETIC), "weights",
          [("p", "uint8", [len(numbers)], numbers)])
chunk = planes(floats, 4, True, [2, 3, 4, 4])
valid("arithmetic-planes", weights([plain("w", 1, [8, 8], floats, [(3, chunk)])], ARITHMETIC), "weights",
      [("w", "float", [8, 8], floats)])

# Encodings.


def affine(name, extents, code_type, codes, scale_type, scales, groups, zeros=None):
    fields = bytes([code_type, scale_type]) + groups
    return Tensor(name, 1, extents, [codes, scales] + ([zeros] if zeros is not None else []), 1, 0, fields)


WHOLE, WHOLE_ZEROS = b"\0", b"\x10"
codes = struct.pack("6b", -128, -1, 0, 1, 2, 127)
third = struct.unpack("<f", f32(1 / 3))[0]
int8 = affine("int8", [2, 3], 10, codes, 1, f32(1 / 3), WHOLE)
int8_values = f32(*[code * third for code in (-128, -1, 0, 1, 2, 127)])
uint8 = affine("uint8", [2, 2], 14, b"\0\x80\xff\1", 3, f16(0.5, 0.25), b"\x11\0\1", b"\x80\1")
uint8_values = f32(-64, 0, 63.5, 0)
int4 = affine("int4", [5], 16, b"\x87\xf1\x03", 4, bf16(-2.0), WHOLE)
int4_values = f32(-14, 16, -2, 2, -6)
uint4 = affine("uint4", [2, 33], 17, bytes([0x21] * 33), 1, f32(1, 10, 100, 1000), b"\x12\1\x20", b"\x11\0")
uint4_values = f32(*[(c - z) * s for c, z, s in
                     [((1, 2)[i % 2], (1 if i < 32 else 1), 1.0 if i < 32 else 10.0) for i in range(33)]
                     + [((2, 1)[i % 2], 0, 100.0 if i < 32 else 1000.0) for i in range(33)]])
valid("affine", weights([int8, uint8, int4, uint4], AFFINE), "weights",
      [("int8", "float", [2, 3], int8_values), ("uint8", "float", [2, 2], uint8_values),
       ("int4", "float", [5], int4_values), ("uint4", "float", [2, 33], uint4_values)])
palette = Tensor("p", 1, [2, 4], [b"\0\1\2\1\2\2\0\0", f32(0.5, -1, 2) + f32(7, 8, 9)], 2, 0, b"\1\3\1\0\1")
one_palette = Tensor("q", 1, [3], [b"\1\0\1", bf16(1.5, -3)], 2, 0, b"\4\2\0")
valid("palette", weights([palette, one_palette], PALETTE), "weights",
      [("p", "float", [2, 4], f32(0.5, -1, 2, -1, 9, 9, 7, 7)), ("q", "float", [3], f32(-3, 1.5, -3))])


def sparse(name, code, extents, scan, gaps, extra, inner, inner_fields, values):
    fields = varint(len(gaps)) + bytes([scan]) + varint(len(extra)) + bytes([inner]) + inner_fields
    return Tensor(name, code, extents, [bytes(gaps), extra] + values, 3, 0, fields)


columns = sparse("columns", 10, [2, 3], 1, [1, 2], b"", 0, b"", [b"\7\xff"])
quantised = sparse("quantised", 1, [6], 0, [5], b"", 1, b"\x0a\1" + WHOLE, [b"\3", f32(0.25)])
looked_up = sparse("looked-up", 1, [2, 2], 1, [0, 0, 0], b"", 2, b"\1\2\0", [b"\0\1\1", f32(-1, 4)])
empty = sparse("empty", 1, [4], 0, [], b"", 0, b"", [b""])
rows = sparse("rows", 1, [4, 10], 0, [0, 1, 9, 12], bytes([0b1_10_00000]), 0, b"", [f32(1, 2, 3, 4)])
# Symbol 9 has one extra bit (1): gap 5 * 2 + 1 = 11. Symbol 12 has two (10): gap 4 * 4 + 2 = 18.
rows_values = [0.0] * 40
for position, value in zip([0, 2, 14, 33], [1.0, 2.0, 3.0, 4.0]):
    rows_values[position] = value
valid("sparse", weights([rows, columns, quantised, looked_up, empty], SPARSE | AFFINE | PALETTE), "weights",
      [("rows", "float", [4, 10], f32(*rows_values)), ("columns", "int8", [2, 3], b"\0\0\xff\7\0\0"),
       ("quantised", "float", [6], f32(0, 0, 0, 0, 0, 0.75)), ("looked-up", "float", [2, 2], f32(-1, 4, 4, 0)),
       ("empty", "float", [4], f32(0, 0, 0, 0))])
foreign = Tensor("z", 14, [16], [bytes(range(16))], 4, 0, text("complex64") + shape(2))
valid("foreign", weights([foreign], FOREIGN), "weights", [("z", "uint8", [16], bytes(range(16)))],
      foreign=("complex64", [2]))


def panels(numbers, rows, columns, transposed=False):
    wide = -(-columns // 16) * 16
    result = []
    for first in range(0, wide, 16):
        for r in range(rows):
            for c in range(first, first + 16):
                result.append(0.0 if c >= columns else numbers[c * rows + r] if transposed else numbers[r * columns + c])
    return f32(*result)


numbers = [float(i) for i in range(1, 35)]
valid("panels", weights([Tensor("by-rows", 1, [2, 17], [panels(numbers, 2, 17)], 0, 1),
                         Tensor("by-columns", 1, [17, 2], [panels(numbers, 2, 17, True)], 0, 2)], LAYOUT), "weights",
      [("by-rows", "float", [2, 17], f32(*numbers)), ("by-columns", "float", [17, 2], f32(*numbers))])
valid("ancillary", weights(ONE, extra=[("xtra", b"anything"), ("yTRa", b"")]), "weights", [("a", "uint8", [3], b"\1\2\3")])

# A model.

METADATA = (varint(5) + text("labels") + b"\4" + varint(2) + text("yes") + text("no") + text("n") + b"\2" + zigzag(-3)
            + text("name") + b"\1" + text("tiny") + text("x") + b"\3" + struct.pack("<d", 0.5)
            + text("y") + b"\5" + varint(2) + struct.pack("<2d", 1, -1))
NODES = [bytes([65]) + varint(3) + b"\1\2\3" + varint(1) + b"\x0f\1" + zigzag(1), bytes([48]) + varint(1) + b"\4" + varint(0)]


def graph(nodes=NODES, initializers=b"\2\0\0", outputs=b"\1\4" + text("y"), operator_set=21, name="tiny",
          inputs=varint(1) + text("x") + b"\1\2\1" + text("batch") + b"\6"):
    return text(name) + varint(operator_set) + inputs + initializers + varint(len(nodes)) + b"".join(nodes) + outputs


WEIGHTS = [plain("w", 1, [3, 4], f32(*range(12))), plain("b", 1, [3], f32(1, -100, 0))]
VECTOR = [plain("", 1, [1, 4], f32(1, 0, 0, -1)), plain("", 1, [1, 3], f32(0, 0, 0))]
EXPECTED = [("w", "float", [3, 4], f32(*range(12))), ("b", "float", [3], f32(1, -100, 0))]


def model(section=None, items=None, role=1, features=0, peak=24, operators=(48, 65), more=(), patch=None, test=None):
    items = WEIGHTS + VECTOR if items is None else items
    index, layout = tensors(items)
    sections = [("GRPH", section if section is not None else graph()), ("TNSR", index)] + list(more)
    if test is not None:
        sections.append(("test", test))
    return join(role, features, sum(item.decoded for item in items), peak, list(operators), sections, layout, patch)


# x W' + b: row 0 of W is 0 1 2 3, and 0 - 3 + 1 = -2; the others are -103 and -3; Relu makes zeros of them.
valid("model", model(more=[("meta", METADATA)], test=b"\1"), "model", EXPECTED, 5, 1, graph(), 2)
valid("checkpoint", model(items=WEIGHTS + [plain("momentum", 1, [3], f32(1, 2, 3))], role=3), "checkpoint",
      EXPECTED + [("momentum", "float", [3], f32(1, 2, 3))], 0, 0, graph(), 2)
narrow = [plain("w", 4, [3, 4], bf16(*range(12))), plain("b", 3, [3], f16(1, -100, 0))]
valid("narrow-weights", model(graph(initializers=b"\2\1\1"), items=narrow), "model",
      [("w", "bfloat16", [3, 4], bf16(*range(12))), ("b", "float16", [3], f16(1, -100, 0))], 0, 0,
      graph(initializers=b"\2\1\1"), 2)

# Refused: the header.

EXAMPLE = weights(ONE)


def cut(at):
    return EXAMPLE[:at]


def flipped(data, at, mask=1):
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


def field(name, value):
    return lambda fields: fields.__setitem__(name, value)


invalid("empty", "a file has a header", "truncated", b"")
invalid("eight-bytes", "a file has a header (TensorFlow #115308)", "truncated", cut(8))
invalid("magic", "the magic", "wrongKind", b"GGUF" + EXAMPLE[4:])
invalid("text-transfer", "the magic", "damagedByTextTransfer", EXAMPLE.replace(b"\r\n", b"\n", 1))
invalid("major", "major is 1", "unsupportedVersion", weights(ONE, patch=field("version", b"\2\0")))
invalid("header-crc", "CRC-32 of the header", "checksumMismatch", flipped(EXAMPLE, 13))
invalid("role", "a role is 1, 2 or 3", "malformed", weights(ONE, patch=field("role", b"\7")))
invalid("feature-unknown", "bits of features that the page does not name", "unsupportedFeature",
        weights(ONE, patch=field("features", varint(256))))
invalid("feature-false", "features are recomputed", "falseDeclaration", weights(ONE, features=1))
invalid("varint-long", "a varint is in its shortest form", "malformed",
        weights(ONE, patch=field("peak", b"\x80\0")))
invalid("varint-over-64-bits", "a varint has at most 64 bits", "malformed",
        weights(ONE, patch=field("peak", b"\xff" * 9 + b"\2")))
invalid("file-length-more", "the file ends with the last section", "truncated", weights(ONE, patch=field("length", 55)))
invalid("file-length-less", "the file ends with the last section (safetensors' polyglot)", "trailingBytes",
        EXAMPLE + b"\0")
invalid("decoded-bytes", "decoded bytes are recomputed", "falseDeclaration", weights(ONE, decoded=4))
invalid("decoded-bytes-bomb", "decoded bytes are limited by the file's length", "limitExceeded",
        weights(ONE, decoded=2**35))
invalid("peak", "peak working bytes are recomputed", "falseDeclaration", model(peak=23, test=b"\1"))
invalid("operators-missing", "the operators are recomputed", "falseDeclaration", model(operators=[48], test=b"\1"))
invalid("operators-descend", "operators ascend", "malformed", model(operators=[65, 48], test=b"\1"))
invalid("operator-unknown-declared", "operators are known", "unknownOperator", model(operators=[48, 65, 127], test=b"\1"))

# The directory.

INDEX, LAYOUT_OF_ONE = tensors(ONE)


def sections(*rows, data=b"\1\2\3"):
    """Weights with these sections before DATA."""
    return join(2, 0, 3, 0, [], list(rows), [(False, data)])


invalid("section-critical", "an unknown critical section", "unsupportedFeature", sections(("TNSR", INDEX), ("NEWS", b"")))
invalid("section-kind", "a kind is four letters", "malformed", sections(("TNSR", INDEX), ("me1a", b"")))
invalid("section-twice", "no kind twice", "malformed", sections(("TNSR", INDEX), ("TNSR", INDEX)))
invalid("section-order", "the order of sections", "malformed",
        model(more=[("meta", METADATA)], patch=lambda f: f.__setitem__("directory", f["directory"].replace(b"TNSR", b"meta", 1)[:1]
              + f["directory"][1:].replace(b"TNSR", b"temp").replace(b"meta", b"TNSR").replace(b"temp", b"meta"))))
invalid("section-missing", "TNSR is there", "malformed", sections())
invalid("section-length", "a section ends in the file (CVE-2026-7482)", "truncated",
        weights(ONE, patch=lambda f: f.__setitem__("directory", f["directory"].replace(b"DATA\3", b"DATA\x7f"))))
invalid("section-length-wraps", "a sum of sizes does not wrap (CVE-2025-53630)", "truncated",
        weights(ONE, patch=lambda f: f.__setitem__(
            "directory", f["directory"].replace(b"DATA\3", b"DATA" + varint(2**64 - 1)))))
invalid("section-crc", "CRC-32 of a section", "checksumMismatch", flipped(EXAMPLE, 0x27))
invalid("section-crc-of-another", "a checksum of the wrong section", "checksumMismatch",
        weights(ONE, extra=[("xtra", b"1234"), ("ytra", b"5678")],
                patch=lambda f: f.__setitem__("directory", f["directory"].replace(crc(b"1234"), crc(b"5678"), 1))))
invalid("ancillary-crc", "CRC-32 of a section that the reader does not know", "checksumMismatch",
        weights(ONE, extra=[("xtra", b"1234")]).replace(b"1234", b"1235"))
invalid("header-trailing", "nothing stands between directory and CRC-32", "trailingBytes",
        weights(ONE, patch=lambda f: f.__setitem__("directory", f["directory"] + b"\0")))
invalid("weights-with-graph", "a file of weights has no graph", "malformed", model(role=2))
invalid("model-without-graph", "a model has a graph", "malformed", weights(ONE, patch=field("role", b"\1")))

# TNSR.


def one(tensor, **options):
    return weights([tensor], **options)


def index(body, data=b"", decoded=0, features=0):
    return join(2, features, decoded, 0, [], [("TNSR", body)], [(False, data)] if data else [])


invalid("chunk-size", "chunks of 2^12 to 2^22 bytes", "unsupportedFeature", index(b"\x1e\0"))
invalid("index-trailing", "nothing stands after the tensors", "trailingBytes", index(b"\x12\0\0"))
invalid("index-ends-early", "all tensors are there", "truncated", index(b"\x12\2" + text("a") + b"\x0e\0\1\0"))
invalid("name-empty-bytes", "a name has no zero byte", "invalidName", one(plain("a\0b", 14, [1], b"\1")))
invalid("name-not-utf8", "a name is UTF-8", "invalidName", one(plain(b"\xff\xfe", 14, [1], b"\1")))
invalid("name-long", "a name has at most 1024 bytes", "limitExceeded", one(plain("n" * 1025, 14, [1], b"\1")))
invalid("name-twice", "names differ", "duplicateName", weights([ONE[0], ONE[0]], decoded=6, data=[(False, b"\1\2\3\1\2\3")]))
invalid("name-canonical", "names differ under canonical equivalence", "duplicateName",
        weights([plain("\u00e9", 14, [1], b"\1"), plain("e\u0301", 14, [1], b"\2")]))
invalid("rank", "rank is at most 8 (CVE-2024-21802)", "limitExceeded", one(plain("a", 14, [1] * 9, b"\1")))
invalid("extents-wrap", "elements are at most 2^40 (CVE-2025-54949)", "limitExceeded",
        index(b"\x12\1" + text("a") + b"\1\0" + shape(2**32, 2**32), decoded=0))
invalid("bytes-wrap", "elements times size (CVE-2025-54950)", "limitExceeded",
        index(b"\x12\1" + text("a") + b"\2\0" + shape(2**62), decoded=0))
invalid("declared-bomb", "decoded bytes over the limit", "limitExceeded",
        join(2, 0, 2**40, 0, [], [("TNSR", b"\x12\1" + text("a") + b"\2\0" + shape(2**37))], []))
invalid("element-type", "an element type", "unsupportedFeature", one(plain("a", 77, [1], b"\1")))
invalid("encoding-unknown", "an encoding", "unsupportedFeature", one(Tensor("a", 1, [1], [f32(1)], 9)))
invalid("layout-unknown", "a layout", "unsupportedFeature", one(Tensor("a", 1, [1], [f32(1)], 0, 9)))
invalid("layout-rank", "layouts 1 and 2 are for matrices", "malformed", one(Tensor("a", 1, [16], [panels(numbers, 1, 16)], 0, 1), features=LAYOUT))
invalid("layout-padding", "columns beyond the matrix are zero", "nonZeroPadding",
        one(Tensor("a", 1, [1, 1], [f32(*[1] * 16)], 0, 1), features=LAYOUT))
invalid("codec-unknown", "a codec", "unsupportedFeature", one(plain("a", 14, [3], b"\1\2\3", [(9, b"\1\2")])))
invalid("chunk-length", "codec 0 stores all bytes", "malformed", one(plain("a", 14, [3], b"\1\2\3", [(0, b"\1\2")])))
invalid("chunk-no-smaller", "codecs make a chunk smaller", "malformed", one(plain("a", 14, [3], b"\1\2\3", [(1, b"\1\2\3")]), features=PLANES))
invalid("chunk-crc", "CRC-32 of a chunk", "checksumMismatch", flipped(EXAMPLE, len(EXAMPLE) - 1))
invalid("padding", "padding is zero", "nonZeroPadding", (lambda f: flipped(f, len(f) - 4098))(
    one(plain("a", 14, [4097], bytes(4097)), chunk_log=18)))
invalid("data-ends-early", "DATA has all chunks (CVE-2026-7482)", "truncated", weights(ONE, data=[(False, b"\1\2")]))
invalid("data-trailing", "bytes that no tensor owns", "trailingBytes", weights(ONE, data=[(False, b"\1\2\3\4")]))
invalid("unnamed", "tensors without a name belong to test vectors", "malformed", weights([plain("", 14, [1], b"\1")]))
invalid("bool", "a bool is 0 or 1", "malformed", one(plain("a", 15, [2], b"\1\2")))

# Encodings.

invalid("scales-length", "as many scales as groups", "malformed",
        one(Tensor("a", 1, [2, 2], [bytes(4), f32(1)], 1, 0, b"\x0a\1\1\0\1"), features=AFFINE))
invalid("scale-infinite", "scales are finite", "malformed", one(affine("a", [1], 10, b"\1", 1, f32(float("inf")), WHOLE), features=AFFINE))
invalid("code-type", "a type of codes", "unsupportedFeature", one(affine("a", [1], 1, b"\1", 1, f32(1), WHOLE), features=AFFINE))
invalid("group-axis", "an axis less than the rank", "malformed", one(affine("a", [1], 10, b"\1", 1, f32(1), b"\1\1\1"), features=AFFINE))
invalid("block-size", "blocks of 32 to 256", "malformed", one(affine("a", [1], 10, b"\1", 1, f32(1), b"\2\0\x10"), features=AFFINE))
invalid("half-byte", "the half byte left over is zero", "nonZeroPadding",
        one(affine("a", [1], 16, b"\x11", 1, f32(1), WHOLE), features=AFFINE))
invalid("affine-type", "an affine tensor is float32", "malformed",
        one(Tensor("a", 4, [1], [b"\1", f32(1)], 1, 0, b"\x0a\1\0"), features=AFFINE))
invalid("palette-index", "an index is in the palette", "malformed",
        one(Tensor("a", 1, [2], [b"\0\2", f32(1, 2)], 2, 0, b"\1\2\0"), features=PALETTE))
invalid("palette-one", "a palette has 2 to 256 entries", "malformed",
        one(Tensor("a", 1, [2], [b"\0\0", f32(1)], 2, 0, b"\1\1\0"), features=PALETTE))
invalid("sparse-beyond", "a position is in the tensor", "malformed",
        one(sparse("a", 14, [4], 0, [3, 0], b"", 0, b"", [b"\1\2"]), features=SPARSE))
invalid("sparse-count", "no more values than elements", "malformed",
        one(sparse("a", 14, [1], 0, [0, 0], b"", 0, b"", [b"\1\2"]), features=SPARSE))
invalid("sparse-symbol", "gap symbols are at most 155", "malformed",
        one(sparse("a", 14, [4], 0, [200], b"\0\0\0\0\0", 0, b"", [b"\1"]), features=SPARSE))
invalid("sparse-extra-short", "all extra bits are there", "malformed",
        one(sparse("a", 14, [99], 0, [8], b"", 0, b"", [b"\1"]), features=SPARSE))
invalid("sparse-extra-long", "no extra bytes left over", "malformed",
        one(sparse("a", 14, [99], 0, [8], b"\0\0", 0, b"", [b"\1"]), features=SPARSE))
invalid("sparse-extra-bits", "extra bits left over are zero", "nonZeroPadding",
        one(sparse("a", 14, [99], 0, [8], b"\1", 0, b"", [b"\1"]), features=SPARSE))

# Planes.


def packed(data, body, width=1, codec=1, code=14):
    features = {1: PLANES, 2: DEFLATE, 3: ARITHMETIC}[codec]
    return one(plain("a", code, [len(data) // width], data, [(codec, body)]), features=features)


zeros = bytes(100)
invalid("method-unknown", "a method of planes", "unsupportedFeature", packed(zeros, planes(zeros, 1, False, [(9, b"\0")])))
invalid("method-deflate-in-codec-1", "codec 1 has no deflate", "malformed", packed(zeros, planes(zeros, 1, False, [1])))
invalid("deflate-early", "a deflate stream gives the whole plane", "malformed", packed(zeros, planes(zeros, 1, False, [(1, deflate(zeros[:99]))]), codec=2))
invalid("deflate-late", "a deflate stream gives no more than the plane", "malformed", packed(zeros, planes(zeros, 1, False, [(1, deflate(zeros + b"\0"))]), codec=2))
invalid("deflate-trailing", "a deflate stream ends with the last byte", "malformed", packed(zeros, planes(zeros, 1, False, [(1, deflate(zeros) + b"\0")]), codec=2))
invalid("deflate-cut", "a deflate stream is whole", "malformed", packed(zeros, planes(zeros, 1, False, [(1, deflate(zeros)[:-1])]), codec=2))
invalid("constant-two", "a constant is one byte", "malformed", packed(zeros, planes(zeros, 1, False, [(3, b"\0\0")])))
invalid("plane-trailing", "nothing stands after the planes", "trailingBytes", packed(zeros, planes(zeros, 1, False, [3]) + b"\0"))
invalid("method-arithmetic-in-codec-1", "codec 1 has no arithmetic planes", "malformed", packed(zeros, planes(zeros, 1, False, [4])))
invalid("method-deflate-in-codec-3", "codec 3 has no deflate", "malformed", packed(zeros, planes(zeros, 1, False, [1]), codec=3))
body = arithmetic(list(skewed[:200]))
for fault, rule, wrong in (
        ("head", "bits 4 to 7 of the first byte are zero", bytes([body[0] | 16]) + body[1:]), ("empty", "there is a first byte", b""),
        ("long", "no byte is left over", body + b"\0"), ("cut", "all bytes are there", body[:-2])):
    chunk = planes(skewed[:200], 1, False, [(4, wrong)])
    invalid("arithmetic-" + fault, rule, "malformed", packed(skewed[:200], chunk, codec=3))
symbols = list(skewed[:200])
TABLE = {3: 1, 5: 2, 9: 2}


def coded(spoil, lengths=None, symbols=symbols):
    return packed(bytes(symbols), planes(bytes(symbols), 1, False, [(2, huffman_block(symbols, lengths or TABLE, spoil))]))


invalid("huffman-mode", "a block's mode", "malformed", packed(zeros, planes(zeros, 1, False, [(2, b"\7")])))
invalid("huffman-range", "lo is less than hi", "malformed", coded(lambda p: p.__setitem__("range", b"\3\3")))
invalid("huffman-incomplete", "the code is complete", "malformed", coded(None, {3: 1, 5: 2, 9: 3}))
invalid("huffman-over-full", "the code is no more than complete", "malformed", coded(lambda p: p.__setitem__("lengths", bytes([1, 1, 0, 2]))))
invalid("huffman-length-12", "codes have at most 11 bits", "malformed", coded(lambda p: p.__setitem__("lengths", bytes([0x01, 0x0C, 0, 2]))))
invalid("huffman-half-byte", "the half byte left over is zero", "malformed", coded(lambda p: p.__setitem__("lengths", p["lengths"][:-1] + bytes([p["lengths"][-1] | 0x30]))))
invalid("huffman-hi-absent", "hi occurs", "malformed", coded(lambda p: p.__setitem__("range", b"\3\x0a")))
invalid("huffman-stream-short", "a stream has all its symbols", "malformed", coded(lambda p: p["bodies"].__setitem__(0, p["bodies"][0][:-1])))
invalid("huffman-stream-long", "fewer than 8 bits remain", "malformed", coded(lambda p: p["bodies"].__setitem__(0, p["bodies"][0] + b"\0")))
invalid("huffman-stream-bits", "bits that remain are 0", "malformed",
        coded(lambda p: p["bodies"].__setitem__(0, p["bodies"][0][:-1] + bytes([p["bodies"][0][-1] | 1])), symbols=symbols[:197]))

# GRPH.


def bad(name, rule, code, section=None, **options):
    options.setdefault("test", b"\1")
    invalid(name, rule, code, model(section, **options))


def node(op, inputs, attributes=b"\0"):
    return bytes([op]) + varint(len(inputs)) + bytes(inputs) + attributes


bad("operator-set", "operator set 21", "unsupportedVersion", graph(operator_set=13))
bad("operator-unknown", "an operator", "unknownOperator", graph([node(127, [1])] + NODES[1:]))
bad("value-cyclic", "a node takes only earlier values (cyclic graphs)", "invalidGraph", graph([node(48, [5]), node(48, [4])]), operators=(48,))
bad("value-dangling", "a node takes values that are there", "invalidGraph", graph([node(48, [99]), node(48, [4])]), operators=(48,))
bad("output-dangling", "an output is a value", "invalidGraph", graph(outputs=b"\1\x63" + text("y")))
bad("output-twice", "no value is an output twice", "duplicateName", graph(outputs=b"\2\4" + text("y") + b"\4" + text("y")))
bad("value-twice", "names differ", "duplicateName", graph(outputs=b"\1\4" + text("x")))
bad("input-missing", "operands that must be there", "invalidGraph", graph([node(65, [1, 0])] + NODES[1:]))
bad("inputs-many", "no more operands than the table has", "invalidGraph", graph([NODES[0], node(48, [4, 4])]))
bad("attribute-foreign", "attributes of the operator", "invalidAttribute", graph([NODES[0], node(48, [4], b"\1\2\1" + zigzag(1))]))
bad("attribute-kind", "the kind of an attribute", "invalidAttribute", graph([node(65, [1, 2, 3], b"\1\x0f\2" + f32(1))] + NODES[1:]))
bad("attribute-default", "a default is left out", "invalidAttribute",
    graph([node(65, [1, 2, 3], b"\2\x0e\1" + zigzag(0) + b"\x0f\1" + zigzag(1))] + NODES[1:]))
bad("attribute-order", "attributes ascend", "invalidAttribute",
    graph([node(65, [1, 2, 3], b"\2\x0f\1" + zigzag(1) + b"\x0e\1" + zigzag(1))] + NODES[1:]))
bad("attribute-required", "attributes that must be there", "invalidAttribute", graph([NODES[0], node(9, [4])]), operators=(9, 65))
bad("shape-data", "shapes agree with the data", "shapeMismatch", items=[plain("w", 1, [4, 3], f32(*range(12)))] + WEIGHTS[1:] + VECTOR)
bad("type-data", "types agree with the operator", "typeMismatch", items=[plain("w", 8, [3, 4], f32(*range(12)))] + WEIGHTS[1:] + VECTOR)
bad("reshape-more", "a reshape keeps the number of elements (TensorFlow #124982)", "shapeMismatch",
    graph([node(1, [], b"\1\x10\4\2" + zigzag(7) + zigzag(7)), node(5, [2, 4])], outputs=b"\1\4" + text("y")), operators=(1, 5))
bad("initializers-many", "an initializer has a tensor", "invalidGraph", graph(initializers=b"\x09" + bytes(9)))
bad("initializer-type", "only narrow floats are widened", "typeMismatch", graph(initializers=b"\2\2\0"))
bad("graph-trailing", "nothing stands after the graph", "trailingBytes", graph() + b"\0")

# meta and test.

invalid("metadata-empty", "meta holds something", "malformed", weights(ONE, extra=[("meta", b"\0")]))
invalid("metadata-order", "keys ascend", "malformed",
        weights(ONE, extra=[("meta", b"\2" + text("b") + b"\2\0" + text("a") + b"\2\0")]))
invalid("metadata-kind", "a kind of metadata", "malformed", weights(ONE, extra=[("meta", b"\1" + text("a") + b"\7")]))
invalid("test-without-graph", "test needs a graph", "invalidGraph", weights(ONE, extra=[("test", b"\1")]))
bad("test-count", "as many tensors as the vectors need", "malformed", test=b"\2")
bad("test-none", "a vector at least", "malformed", test=b"\0")
bad("test-shape", "the graph's fixed extents", "shapeMismatch",
    items=WEIGHTS + [plain("", 1, [1, 5], f32(1, 0, 0, -1, 0)), VECTOR[1]])
bad("test-type", "the graph's element types", "shapeMismatch", items=WEIGHTS + [plain("", 8, [1, 4], f32(1, 0, 0, -1)), VECTOR[1]])

# Graphs and their shapes.

make_graphs.write(valid, invalid)

(HERE / "manifest.json").write_text(json.dumps({"format": "1.0", "valid": VALID, "invalid": INVALID}, indent=1) + "\n")
print(f"{len(VALID)} valid, {len(INVALID)} invalid")
