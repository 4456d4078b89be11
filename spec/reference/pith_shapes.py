"""The shape rules of spec/OPERATORS.md, with every extent bound to a number, for the operators that networks of layers
are made of. Others raise `UnknownRule`; a file with one of those is read, but its declared peak is not recomputed."""

import struct

from pith_bytes import PithError

MOVERS = {"Identity", "Dropout", "Cast", "Clip", "Neg", "Abs", "Sqrt", "Exp", "Log", "Erf", "Sin", "Cos", "Reciprocal",
          "Not", "Relu", "LeakyRelu", "Sigmoid", "Tanh", "Gelu", "Softmax", "LogSoftmax", "Elu", "Selu", "HardSigmoid",
          "HardSwish", "Softplus", "PRelu", "InstanceNormalization", "CumSum"}
BROADCASTING = {"Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "And", "Or", "Equal", "Less", "LessOrEqual", "Greater",
                "GreaterOrEqual", "Where"}


class UnknownRule(Exception):
    pass


def shapes_of(graph, symbol=1):
    """The extents of every value with symbols and unknown extents of the inputs bound to a number; None where an extent
    depends on more than the shapes."""
    shapes, numbers = {}, {}
    for number, value in graph.values.items():
        if number < len(graph.inputs) + len(graph.initializers):
            shapes[number] = [extent if isinstance(extent, int) else symbol for extent in value.shape]
    for node in graph.nodes:
        inputs = [None if number is None else shapes[number] for number in node.inputs]
        known = [numbers.get(number) for number in node.inputs]
        results = rule(node, inputs, known)
        if results is None:
            return None
        for number, (shape, elements) in zip(node.outputs, results):
            shapes[number] = shape
            if elements is not None and len(elements) <= 1024:
                numbers[number] = elements
    return shapes


def fixed_shapes(graph):
    """The extents of every value, None for those that a symbol changes; None where this reader cannot tell."""
    try:
        ones, twos = shapes_of(graph), shapes_of(graph, 2)
    except (UnknownRule, PithError):
        return None
    if ones is None or twos is None:
        return None
    return {
        number: [a if a == b else None for a, b in zip(shape, twos[number])] for number, shape in ones.items()
    }


def product(extents):
    result = 1
    for extent in extents:
        result *= extent
    return result


def mismatch(node, *shapes):
    return PithError("shapeMismatch", f"{node.operator.name} of {' and '.join(map(str, shapes))}")


def rule(node, inputs, known):
    """For each output its shape and, where known, its elements; None when a shape depends on what is not known."""
    name, attributes = node.operator.name, node.attributes
    x = inputs[0] if inputs else None
    if name == "Constant":
        if "value_ints" in attributes:
            return [([len(attributes["value_ints"])], attributes["value_ints"])]
        type_name, shape, data = attributes["value"]
        size = {"int64": "q", "int32": "i"}.get(type_name)
        return [(shape, list(struct.unpack(f"<{product(shape)}{size}", data)) if size else None)]
    if name in MOVERS:
        keep = known[0] if name in ("Identity", "Cast") else None
        return [(x, keep)] + [(x, None)] * (len(node.outputs) - 1)
    if name in BROADCASTING:
        shape = inputs[0]
        for other in inputs[1:]:
            shape = broadcast(node, shape, other)
        if any(numbers is not None for numbers in known) and name in ("Add", "Sub", "Mul", "Div"):
            raise UnknownRule
        return [(shape, None)]
    if name == "Flatten":
        axis = within(node, attributes.get("axis", 1), len(x) + 1, len(x))
        return [([product(x[:axis]), product(x[axis:])], known[0])]
    if name == "Reshape":
        return None if known[1] is None else [(reshape(node, x, known[1]), known[0])]
    if name == "Transpose":
        perm = attributes.get("perm", list(reversed(range(len(x)))))
        if sorted(perm) != list(range(len(x))):
            raise PithError("invalidAttribute", f"perm {perm}")
        return [([x[axis] for axis in perm], None)]
    if name == "MatMul":
        return [(matmul(node, *inputs), None)]
    if name == "Gemm":
        return [(gemm(node, *inputs), None)]
    if name == "Concat":
        axis = within(node, attributes["axis"], len(x), len(x))
        shape = list(x)
        for other in inputs[1:]:
            if other[:axis] + other[axis + 1 :] != x[:axis] + x[axis + 1 :]:
                raise mismatch(node, *inputs)
            shape[axis] += other[axis]
        joined = sum(known, []) if all(numbers is not None for numbers in known) else None
        return [(shape, joined)]
    if name == "Shape":
        start, end, _ = slice(attributes.get("start", 0), attributes.get("end", len(x))).indices(len(x))
        part = x[start:end]
        return [([len(part)], part)]
    if name in ("GlobalAveragePool", "GlobalMaxPool"):
        return [(x[:2] + [1] * (len(x) - 2), None)]
    if name == "BatchNormalization" and len(node.outputs) == 1:
        if len(x) < 2 or any(shape != [x[1]] for shape in inputs[1:]):
            raise mismatch(node, *inputs)
        return [(x, None)]
    if name == "LayerNormalization":
        axis = within(node, attributes.get("axis", -1), len(x), len(x))
        return [(x, None)] + [(x[:axis] + [1] * (len(x) - axis), None)] * (len(node.outputs) - 1)
    if name in ("Conv", "MaxPool", "AveragePool"):
        return [(window(node, x, inputs[1] if name == "Conv" else None), None)] * len(node.outputs)
    raise UnknownRule


def within(node, axis, count, rank):
    position = axis + rank if axis < 0 else axis
    if not 0 <= position < count:
        raise PithError("invalidAttribute", f"axis {axis} of {node.operator.name} at rank {rank}")
    return position


def broadcast(node, a, b):
    rank = max(len(a), len(b))
    result = []
    for left, right in zip([1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b):
        if left != right and 1 not in (left, right):
            raise mismatch(node, a, b)
        result.append(right if left == 1 else left)
    return result


def reshape(node, x, target):
    shape = [x[axis] if extent == 0 and not node.attributes.get("allowzero") else extent
             for axis, extent in enumerate(target)]
    if shape.count(-1) == 1:
        rest = product(extent for extent in shape if extent != -1)
        if rest == 0 or product(x) % rest:
            raise mismatch(node, x, target)
        shape[shape.index(-1)] = product(x) // rest
    if product(shape) != product(x) or min(shape, default=0) < 0:
        raise mismatch(node, x, target)
    return shape


def matmul(node, a, b):
    left = a if len(a) > 1 else [1] + a
    right = b if len(b) > 1 else b + [1]
    if left[-1] != right[-2]:
        raise mismatch(node, a, b)
    shape = broadcast(node, left[:-2], right[:-2]) + [left[-2], right[-1]]
    if len(a) == 1:
        del shape[-2]
    if len(b) == 1:
        del shape[-1]
    return shape


def gemm(node, a, b, c=None):
    if len(a) != 2 or len(b) != 2:
        raise mismatch(node, a, b)
    rows, inner = reversed(a) if node.attributes.get("transA") else a
    other, columns = reversed(b) if node.attributes.get("transB") else b
    if inner != other or (c is not None and broadcast(node, c, [rows, columns]) != [rows, columns]):
        raise mismatch(node, a, b)
    return [rows, columns]


def window(node, x, weight):
    attributes, spatial = node.attributes, len(x) - 2
    if spatial < 1 or (weight is not None and len(weight) != len(x)):
        raise mismatch(node, x)
    kernel = attributes.get("kernel_shape") or weight[2:]
    strides, dilations = attributes.get("strides") or [1] * spatial, attributes.get("dilations") or [1] * spatial
    pads = attributes.get("pads") or [0] * (2 * spatial)
    if weight is not None and (weight[1] * attributes.get("group", 1) != x[1] or weight[0] % attributes.get("group", 1)):
        raise mismatch(node, x, weight)
    shape = [x[0], x[1] if weight is None else weight[0]]
    for axis in range(spatial):
        extent = x[2 + axis]
        covered = dilations[axis] * (kernel[axis] - 1) + 1
        mode = attributes.get("auto_pad", "NOTSET")
        if mode in ("SAME_UPPER", "SAME_LOWER"):
            shape.append(-(-extent // strides[axis]))
            continue
        begin, end = (0, 0) if mode == "VALID" else (pads[axis], pads[axis + spatial])
        room = extent + begin + end - covered
        if room < 0:
            raise mismatch(node, x, kernel)
        count = room // strides[axis] + 1
        if attributes.get("ceil_mode") and room % strides[axis] and count * strides[axis] < extent + begin:
            count += 1
        shape.append(count)
    return shape
