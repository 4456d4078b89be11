"""Writes the bytes of a graph (section 3 of spec/FORMAT.md) with the numbers that the pages give to names."""

import pathlib
import re
import struct

from build import shape, text, varint, zigzag

SPEC = pathlib.Path(__file__).resolve().parent.parent
OPERATORS = {
    name: int(code) for code, name in re.findall(r"^\| (\d+) \| (\w+) \|", (SPEC / "OPERATORS.md").read_text(), re.M)}
ATTRIBUTES = {
    name: (int(number), int(kind))
    for number, name, kind in re.findall(
        r"(\d+) (\w+) \((\d)\)", (SPEC / "FORMAT.md").read_text().split("Attribute names, each with its kind:")[1])}
FLOAT, FLOAT16, BFLOAT16, INT64, INT32, INT8, UINT8, BOOL = 1, 3, 4, 7, 8, 10, 14, 15


class Graph:
    """A graph by names; `weights` are the names of the initializers, in the order of the index."""

    def __init__(self, name="g", weights=()):
        self.name, self.weights = name, list(weights)
        self.inputs, self.nodes, self.outputs, self.operators = [], [], [], set()

    def input(self, name, extents, code=FLOAT):
        self.inputs.append((name, code, extents))
        return self

    def node(self, operator, inputs, outputs, **attributes):
        """`inputs` and `outputs`: names parted by spaces, `-` for an input that is left out."""
        self.nodes.append((operator, inputs.split(), outputs.split(), attributes))
        self.operators.add(OPERATORS[operator])
        for value in attributes.values():
            if isinstance(value, Graph):
                self.operators |= value.operators
        return self

    def constant(self, name, *integers):
        return self.node("Constant", "", name, value_ints=list(integers))

    def output(self, *names):
        self.outputs += names
        return self

    def write(self, depth=1):
        names = [name for name, _, _ in self.inputs] + self.weights
        number = {name: index for index, name in enumerate(names)}
        result = text(self.name) + (varint(21) if depth == 1 else b"") + varint(len(self.inputs))
        for name, code, extents in self.inputs:
            result += text(name) + bytes([code]) + varint(len(extents)) + b"".join(map(extent, extents))
        if depth == 1:
            result += varint(len(self.weights)) + bytes(len(self.weights))
        result += varint(len(self.nodes))
        for operator, inputs, outputs, attributes in self.nodes:
            code = OPERATORS[operator]
            result += bytes([code]) if len(outputs) == 1 else bytes([code | 128]) + varint(len(outputs))
            result += varint(len(inputs)) + b"".join(varint(0 if name == "-" else number[name] + 1) for name in inputs)
            result += varint(len(attributes))
            for name, value in sorted(attributes.items(), key=lambda item: ATTRIBUTES[item[0]][0]):
                result += bytes(ATTRIBUTES[name]) + attribute(ATTRIBUTES[name][1], value, depth)
            for name in outputs:
                number[name] = len(number)
        return result + varint(len(self.outputs)) + b"".join(varint(number[name]) + text(name) for name in self.outputs)


def extent(value):
    return varint(0) if value is None else varint(1) + text(value) if isinstance(value, str) else varint(value + 2)


def attribute(kind, value, depth):
    if kind == 6:
        code, extents, data = value
        return bytes([code]) + shape(*extents) + data
    if kind == 7:
        return value.write(depth + 1)
    writers = {1: zigzag, 2: lambda number: struct.pack("<f", number), 3: text}
    if kind in writers:
        return writers[kind](value)
    return varint(len(value)) + b"".join(writers[{4: 1, 5: 2, 8: 3}[kind]](item) for item in value)
