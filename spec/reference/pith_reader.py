"""A second reader of `.pith` files, written from spec/FORMAT.md and spec/OPERATORS.md and in their order.

    import pith_reader
    model = pith_reader.load("mnist.pith")
    model.tensors["fc1.weight"].numpy()

The page's sections stand in `pith_bytes` (1), `pith_header` (2), `pith_cost` (2.4), `pith_graph` (3), `pith_index` and
`pith_elements` (4), `pith_data` (5) and here (6, 7, 12); the shape rules of OPERATORS.md in `pith_shapes`.

Standard library only; `Tensor.numpy()` needs numpy. It is written to be read and checked against the page, not to be
fast. Bad files raise `PithError` with the code that the page names.

At a prompt: `python3 pith_reader.py FILE…` prints what a file holds.
"""

import hashlib
import sys
from dataclasses import dataclass

import pith_cost
import pith_graph
import pith_shapes
from pith_bytes import Cursor, PithError
from pith_data import read_data
from pith_header import KNOWN_SECTIONS, Limits, check_crc, read_header
from pith_index import TYPES, features_of, read_index, tensor_type

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
