"""Draws graphs: mostly right ones, with a fault here and there. A family is a function of a `Draw` that adds nodes of one
kind and gives the names of the outputs."""

import random
import struct

import pith_graph
from graphs import BOOL, FLOAT, INT32, INT64, INT8, OPERATORS, UINT8, Graph

FAMILIES = {}
UINT64, UINT32 = 11, 12
FORMATS = {FLOAT: "f", INT64: "q", INT32: "i", INT8: "b", UINT8: "B", BOOL: "B", UINT64: "Q", UINT32: "I"}
EXTENTS = [0, 1, 1, 2, 2, 3, 3, 4, 5, 6, "N", "M", None]
RANGES = {
    INT64: (-2**63, 2**63 - 1), INT32: (-2**31, 2**31 - 1), INT8: (-128, 127), UINT8: (0, 255), BOOL: (0, 1),
    UINT64: (0, 2**64 - 1), UINT32: (0, 2**32 - 1), FLOAT: (-3, 3),
}


def family(function):
    FAMILIES[function.__name__] = function
    return function


def graph(function, seed):
    drawn = Draw(seed)
    drawn.graph.output(*function(drawn))
    return drawn.graph


class Draw:
    def __init__(self, seed):
        self.random, self.graph, self.names = random.Random(seed), Graph(), 0

    def chance(self, probability):
        return self.random.random() < probability

    def one(self, *choices):
        return self.random.choice(choices)

    def seldom(self, wrong, right, probability=0.1):
        return wrong if self.chance(probability) else right

    def some(self, low, high, make):
        return [make() for _ in range(self.random.randint(low, high))]

    def extent(self):
        return self.one(*EXTENTS) if self.chance(0.8) else self.random.randint(1, 7)

    def shape(self, low, high):
        return self.some(low, high, self.extent)

    def like(self, shape):
        """A shape that broadcasts with another, more often than not."""
        result = [self.seldom(self.one(1, self.extent()), extent, 0.15) for extent in shape]
        if result and self.chance(0.08):
            result.pop(0)
        return self.seldom([self.extent()] + result, result, 0.05)

    def axis(self, rank):
        """An axis of a shape, or one beside it."""
        if rank == 0:
            return self.one(0, -1, 1)
        return self.random.randint(-rank - self.chance(0.1), rank - 1 + self.chance(0.1))

    def name(self, letter="v"):
        self.names += 1
        return f"{letter}{self.names}"

    def input(self, shape, code=FLOAT):
        name = self.name("x")
        self.graph.input(name, shape, code)
        return name

    def value(self, numbers, code=INT64, shape=None):
        """A constant."""
        name = self.name()
        data = struct.pack(f"<{len(numbers)}{FORMATS[code]}", *numbers)
        self.graph.node("Constant", "", name, value=(code, [len(numbers)] if shape is None else shape, data))
        return name

    def integers(self, numbers, code=INT64):
        """A list whose elements are known, or now and then one whose elements are not."""
        if self.chance(0.12):
            return self.input([self.one(len(numbers), len(numbers), "N", None, 2)], code)
        if code != INT64:
            return self.value(numbers, code)
        if len(numbers) == 1 and self.chance(0.2):
            return self.value(numbers, code, [])
        name = self.name()
        self.graph.constant(name, *numbers)
        return name

    def node(self, operator, inputs, outputs=1, **attributes):
        """Adds a node; attributes with their defaults are left out, as are inputs at the end that are `-`."""
        table = pith_graph.TABLE[OPERATORS[operator]].attributes
        attributes = {
            name: value for name, value in attributes.items()
            if name not in table or not pith_graph.is_default(value, table[name])}
        inputs = list(inputs)
        while inputs and inputs[-1] == "-":
            inputs.pop()
        names = [self.name() for _ in range(outputs)]
        self.graph.node(operator, " ".join(inputs), " ".join(names), **attributes)
        return names
