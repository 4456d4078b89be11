"""A family of chains of small values whose elements are known, and of operators whose shapes depend on them."""

import struct

from draw import FORMATS, RANGES, UINT32, UINT64, family
from graphs import BOOL, FLOAT, INT32, INT64, INT8, UINT8

CASTS = {7: INT64, 6: INT32, 1: FLOAT, 3: INT8, 13: UINT64, 9: BOOL}


class Chain:
    """The values so far: name, element type, rank."""

    def __init__(self, d):
        self.d, self.values = d, []
        self.tensor = d.input(d.shape(0, 4))

    def pick(self, codes=tuple(FORMATS), rank=None):
        fitting = [value for value in self.values if value[1] in codes and rank in (None, value[2])]
        return self.d.one(*fitting) if fitting else None

    def add(self, name, code, rank):
        self.values.append((name, code, rank))

    def constant(self):
        d = self.d
        code = d.one(INT64, INT64, INT64, INT64, INT32, INT32, INT8, UINT8, UINT64, UINT32, BOOL, FLOAT)
        count = d.one(1, 1, 2, 3, 0)
        shape = d.one([count], [count], [count], [] if count == 1 else [count], [1, count])
        low, high = RANGES[code]
        choices = [0, 1, 1, 2, 3, 4, -1, -2, 5, low, high] if d.chance(0.3) else [0, 1, 2, 3, -1]
        self.add(d.value([max(low, min(high, d.one(*choices))) for _ in range(count)], code, shape), code, len(shape))

    def shape(self):
        d, attributes = self.d, {}
        if d.chance(0.4):
            attributes["start"] = d.one(1, -1, 2)
        if d.chance(0.3):
            attributes["end"] = d.one(0, 1, -1, 2)
        self.add(d.node("Shape", [self.tensor], **attributes)[0], INT64, 1)

    def size(self):
        self.add(self.d.node("Size", [self.tensor])[0], INT64, 0)

    def binary(self):
        left = self.pick(tuple(code for code in FORMATS if code != BOOL))
        right = self.pick((left[1],))
        operator = self.d.one("Add", "Sub", "Mul", "Div")
        self.add(self.d.node(operator, [left[0], right[0]])[0], left[1], max(left[2], right[2]))

    def negative(self):
        if value := self.pick((INT64, INT32, INT8, FLOAT)):
            self.add(self.d.node("Neg", [value[0]])[0], *value[1:])

    def concat(self):
        if first := self.pick(rank=1):
            others = self.d.some(0, 2, lambda: self.pick((first[1],), 1))
            self.add(self.d.node("Concat", [first[0]] + [other[0] for other in others], axis=0)[0], first[1], 1)

    def gather(self):
        value, indices = self.pick(), self.pick((INT64, INT32))
        if indices and value[2] > 0:
            self.add(self.d.node("Gather", [value[0], indices[0]])[0], value[1], value[2] - 1 + indices[2])

    def slice(self):
        d, value = self.d, self.pick(rank=1)
        if not value:
            return

        def bound():
            other = self.pick((INT64,), 1) if d.chance(0.3) else None
            return other[0] if other else d.integers([d.one(0, 1, -1, 2, -2, 2**63 - 1, -2**63)])

        inputs = [value[0], bound(), bound()]
        if d.chance(0.5):
            inputs += ["-" if d.chance(0.5) else d.integers([0]), bound()]
        self.add(d.node("Slice", inputs)[0], value[1], 1)

    def cast(self):
        value, number = self.pick(), self.d.one(7, 7, 7, 6, 6, 1, 3, 13, 9)
        self.add(self.d.node("Cast", [value[0]], to=number)[0], CASTS[number], value[2])

    def identity(self):
        value = self.pick()
        self.add(self.d.node("Identity", [value[0]])[0], *value[1:])

    def reshape(self):
        value, target = self.pick(), self.d.one([-1], [-1], [0], [1], [], [1, -1], [2])
        self.add(self.d.node("Reshape", [value[0], self.d.integers(target)])[0], value[1], len(target))

    def unsqueeze(self):
        value = self.pick()
        self.add(self.d.node("Unsqueeze", [value[0], self.d.integers([0])])[0], value[1], value[2] + 1)

    def squeeze(self):
        value = self.pick()
        if value[2] > 0:
            self.add(self.d.node("Squeeze", [value[0], self.d.integers([0])])[0], value[1], value[2] - 1)

    def filled(self):
        if value := self.pick((INT64,), 1):
            filling = self.d.one((INT64, [1], struct.pack("<q", self.d.one(0, 1, 2, 3))), (INT32, [1], struct.pack("<i", 2)))
            self.add(self.d.node("ConstantOfShape", [value[0]], value=filling)[0], filling[0], 1)

    def split(self):
        if value := self.pick(rank=1):
            self.add(self.d.node("Split", [value[0]])[0], value[1], 1)

    def use(self):
        """The outputs of an operator whose shape the elements decide."""
        d = self.d
        name, code, rank = self.pick((INT64,)) or self.pick()
        if code != INT64:
            name = d.node("Cast", [name], to=7)[0]
        if rank == 0 and d.chance(0.8):
            name = d.node("Unsqueeze", [name, d.integers([0])])[0]
        operator = d.one(
            "ConstantOfShape", "Expand", "Reshape", "Tile", "TopK", "Split", "Slice", "Range", "Pad", "Resize")
        if operator == "ConstantOfShape":
            return d.node(operator, [name])
        if operator == "Slice":
            start = name if d.chance(0.3) else d.node("Sub", [name, name])[0]
            return d.node(operator, [self.tensor, start, name])
        if operator == "Range":
            return d.node(operator, [d.integers([d.one(0, 1)]), name, d.integers([1])])
        if operator == "Pad" and d.chance(0.5):
            name = d.node("Concat", [name, name], axis=0)[0]
        skipped = ["-", "-"] if operator == "Resize" else []
        outputs = {"TopK": 2, "Split": d.random.randint(1, 2)}.get(operator, 1)
        return d.node(operator, [self.tensor] + skipped + [name], outputs)[:1]


STEPS = [
    "constant", "shape", "binary", "binary", "binary", "negative", "concat", "concat", "gather", "gather", "slice", "slice",
    "cast", "cast", "identity", "reshape", "unsqueeze", "squeeze", "filled", "size", "split"]


@family
def chain(d):
    chain = Chain(d)
    chain.shape()
    chain.constant()
    chain.constant()
    if d.chance(0.3):
        chain.add(d.input(d.one([], [1], [2], [0]), INT64), INT64, 1)
    for _ in range(d.random.randint(1, 5)):
        getattr(chain, d.one(*STEPS))()
    return [name for _ in range(d.random.randint(1, 2)) for name in chain.use()]

