"""Extents of values (section "Shapes" of spec/OPERATORS.md): a number, a name, or None where it is not known."""

from pith_bytes import PithError, ceil_div

MOST_ELEMENTS = 2**40
MOST_LISTED = 1024


def is_number(extent):
    return isinstance(extent, int)


def may_be_equal(a, b):
    return not (is_number(a) and is_number(b)) or a == b


def either(a, b):
    """The same extent told twice: the number if there is one, else the name."""
    if is_number(a) or is_number(b):
        return a if is_number(a) else b
    return b if a is None else a


def times(*extents):
    """Numbers are multiplied; a name is kept by factors of 1."""
    number, others = 1, []
    for extent in extents:
        if is_number(extent):
            number *= extent
        else:
            others.append(extent)
    if not others:
        return number
    return others[0] if number == 1 and len(others) == 1 else None


def plus(*extents):
    """Numbers are added; a name is kept by summands of 0."""
    others = [extent for extent in extents if not is_number(extent)]
    number = sum(extent for extent in extents if is_number(extent))
    if not others:
        return number
    return others[0] if number == 0 and len(others) == 1 else None


def all_numbers(extents):
    return all(is_number(extent) for extent in extents)


class Operation:
    """A node whose outputs are worked out: the shapes of its inputs, and their elements where they are known (a list in
    row-major order whose items are like extents, else None). An input that is left out is None in both."""

    def __init__(self, node, inputs, known, types):
        self.node, self.name, self.attributes = node, node.operator.name, node.attributes
        self.inputs, self.known, self.types = inputs, known, types

    def has(self, index):
        return index < len(self.inputs) and self.inputs[index] is not None

    def input(self, index):
        return self.inputs[index] if index < len(self.inputs) else None

    def elements(self, index):
        """The elements of an input as far as they are known; a list of none is known."""
        return [] if self.input(index) == [0] else self.known[index] if self.has(index) else None

    def attribute(self, name, default):
        return self.attributes.get(name, default)

    def flag(self, name):
        """An attribute that is 0 or 1, with the table's default."""
        return self.attributes.get(name, int(self.node.operator.attributes[name])) == 1

    def mismatch(self, reason):
        shapes = " and ".join(str(shape) for shape in self.inputs if shape is not None)
        return PithError("shapeMismatch", f"{self.name} of {shapes}: {reason}")

    def invalid(self, reason):
        return PithError("invalidAttribute", f"{self.name}: {reason}")

    def axis(self, axis, rank, count=None):
        """An axis that counts from the end if negative; `count` is one more than the last that is allowed."""
        position = axis + rank if axis < 0 else axis
        if not 0 <= position < (rank if count is None else count):
            raise self.invalid(f"axis {axis} at rank {rank}")
        return position

    def axes(self, axes, rank):
        found = [self.axis(axis, rank) for axis in axes]
        if len(set(found)) != len(found):
            raise self.invalid("an axis twice")
        return found

    def list_input(self, index):
        """The elements of an input that is a list, of rank 1 or 0, with None for one that is not known. How many there
        are must be known."""
        shape = self.inputs[index]
        if len(shape) > 1:
            raise self.mismatch(f"input {index} is no list")
        if self.elements(index) is not None:
            return self.elements(index)
        if not all_numbers(shape):
            raise PithError("unsupportedOperation", f"{self.name}: how long input {index} is is not known")
        if times(*shape) > MOST_LISTED:
            raise PithError("limitExceeded", f"{self.name}: a list of {shape[0]}")
        return [None] * times(*shape)

    def scalar(self, index, may_vary=False):
        """The only element of an input of shape [] or [1], None if it is not known. With `may_vary` the shape may also be
        one that can be [1] in some run."""
        shape = self.inputs[index]
        if shape not in ([], [1]) and not (may_vary and len(shape) == 1 and not is_number(shape[0])):
            raise self.mismatch(f"input {index} has one element")
        return self.elements(index)[0] if self.elements(index) else None

    def unknown(self, rank=None):
        """The first input's rank or another one, and no extent known."""
        return [[None] * (len(self.input(0)) if rank is None else rank)]

    def need(self, index, rank):
        if self.has(index) and len(self.inputs[index]) != rank:
            raise self.mismatch(f"input {index} has rank {rank}")

    def fit(self, index, extents):
        """Input `index`, if there, has these extents as far as they are known."""
        if self.has(index):
            shape = self.inputs[index]
            if len(shape) != len(extents) or not all(map(may_be_equal, shape, extents)):
                raise self.mismatch(f"input {index} is not {extents}")

    def join(self, a, b):
        if not may_be_equal(a, b):
            raise self.mismatch("extents differ")
        return either(a, b)

    def broadcast(self, a, b):
        """NumPy's broadcasting of two shapes."""
        rank = max(len(a), len(b))
        result = []
        for left, right in zip([1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b):
            result.append(right if left == 1 else left if right == 1 else self.join(left, right))
        return result

    def broadcast_to(self, index, shape):
        """Input `index`, if there, broadcasts to `shape` and does not enlarge it."""
        if self.has(index):
            given = self.inputs[index]
            if len(given) > len(shape):
                raise self.mismatch(f"input {index} does not broadcast")
            for extent, wanted in zip(reversed(given), reversed(shape)):
                if is_number(extent) and extent != 1 and not may_be_equal(extent, wanted):
                    raise self.mismatch(f"input {index} does not broadcast")
