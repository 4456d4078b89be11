"""Section 4 of spec/FORMAT.md: `TNSR`, the index of tensors, and the features that it needs (section 2.5)."""

import unicodedata
from dataclasses import dataclass, field

import pith_graph
from pith_bytes import PithError, ceil_div

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
