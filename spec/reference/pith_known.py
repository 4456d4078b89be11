"""What is known of the elements of values ("Known elements" in spec/OPERATORS.md): lists in row-major order whose items
are numbers, names of extents, or None."""

import struct

from pith_extents import all_numbers, is_number, times

MOST = 1024
FORMATS = {"int64": "q", "int32": "i", "int16": "h", "int8": "b", "uint32": "I", "uint16": "H",
           "uint8": "B", "bool": "B", "float": "f", "double": "d"}
#: Operators that give the elements of their first input again, in another shape.
CARRIERS = {"Identity", "Reshape", "Squeeze", "Unsqueeze"}


def known_elements(operation, shapes, type):
    """For the first output of a node, whose shapes and element type are worked out; None where nothing is known."""
    shape = shapes[0]
    if operation.name == "Constant":
        elements = constant(operation)
    elif len(shape) > 1:
        return None
    elif operation.name in RULES:
        elements = RULES[operation.name](operation, shape)
        if elements is not None:
            elements = [held(element, type) for element in elements]
    elif operation.name in CARRIERS:
        elements = operation.elements(0)
    else:
        return None
    if elements is None or len(elements) > MOST or all_numbers(shape) and len(elements) != times(*shape):
        return None
    return elements


def held(element, type):
    """A number that its type cannot hold is not known; neither are floats that are worked out."""
    if not is_number(element):
        return element if isinstance(element, str) else None
    try:
        struct.pack(FORMATS[type], element)
    except struct.error:
        return None
    return element


def stored(tensor):
    """The elements of a tensor in an attribute."""
    type, shape, data = tensor
    if type not in FORMATS or times(*shape) > MOST:
        return None
    return list(struct.unpack(f"<{times(*shape)}{FORMATS[type]}", data))


def constant(operation):
    if "value_ints" in operation.attributes:
        return operation.attributes["value_ints"]
    return stored(operation.attributes["value"])


def cast(operation, shape):
    return operation.elements(0) if operation.attributes["to"] in (6, 7) else None


def shape_of(operation, shape):
    start, end = span(operation)
    return operation.input(0)[start:end]


def span(operation):
    rank = len(operation.input(0))
    start, end, _ = slice(operation.attribute("start", 0), operation.attribute("end", rank)).indices(rank)
    return start, max(start, end)


def size(operation, shape):
    return [times(*operation.input(0))]


def concat(operation, shape):
    parts = [operation.elements(index) for index in range(len(operation.inputs))]
    if any(part is None for part in parts):
        return None
    return sum(parts, [])


def gather(operation, shape):
    data, indices = operation.elements(0), operation.elements(1)
    if data is None or indices is None or len(operation.input(0)) != 1:
        return None
    if not all(is_number(index) and -len(data) <= index < len(data) for index in indices):
        return None
    return [data[index] for index in indices]


def cut(operation, shape):
    """Slice of a list."""
    data = operation.elements(0)
    numbers = [operation.elements(1), operation.elements(2), operation.elements(4) if operation.has(4) else [1]]
    if operation.elements(1) == []:
        return data
    if data is None or any(not number or not all_numbers(number) for number in numbers):
        return None
    if operation.has(3) and not all_numbers(operation.elements(3) or [None]):
        return None
    start, end, step = (number[0] for number in numbers)
    return data[start:end:step]


def constant_of_shape(operation, shape):
    if "value" not in operation.attributes or len(shape) != 1 or not is_number(shape[0]) or shape[0] > MOST:
        return None
    value = stored(operation.attributes["value"])
    return value and value * shape[0]


def negate(operation, shape):
    elements = operation.elements(0)
    return elements and [-element if is_number(element) else None for element in elements]


def arithmetic(operation, shape):
    a, b = operation.elements(0), operation.elements(1)
    if a is None or b is None:
        return None
    if len(a) == 1 or len(b) == 1:
        a, b = (a, b * len(a)) if len(b) == 1 else (a * len(b), b)
    return [computed(operation.name, left, right) for left, right in zip(a, b)]


def computed(name, a, b):
    if isinstance(a, float) or isinstance(b, float):
        return None
    if not (is_number(a) and is_number(b)):
        if b == (1 if name in ("Mul", "Div") else 0):
            return a
        return b if a == {"Mul": 1, "Add": 0}.get(name) and a is not None else None
    if name == "Div":
        if b == 0:
            return None
        result = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    else:
        result = a + b if name == "Add" else a - b if name == "Sub" else a * b
    return result


RULES = {"Cast": cast, "Shape": shape_of, "Size": size, "Concat": concat, "Gather": gather, "Slice": cut,
         "ConstantOfShape": constant_of_shape, "Neg": negate, "Add": arithmetic, "Sub": arithmetic, "Mul": arithmetic,
         "Div": arithmetic}
