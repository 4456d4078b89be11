"""Shape rules of the operators that move, join, cut, make, compare and reduce elements. A rule takes an `Operation` and
gives the shape of each output."""

import math

from pith_bytes import PithError, ceil_div
from pith_extents import MOST_ELEMENTS, all_numbers, is_number, may_be_equal, plus, times
from pith_known import span

ALIKE = ("Identity Neg Abs Sqrt Exp Log Erf Sin Cos Reciprocal Not Cast Relu LeakyRelu Sigmoid Tanh Gelu Elu Selu "
         "HardSigmoid HardSwish Softplus").split()
BROADCASTING = ("Add Sub Mul Div Pow Min Max And Or Equal Less LessOrEqual Greater GreaterOrEqual Where").split()
REDUCTIONS = "ReduceMean ReduceSum ReduceMax ReduceMin ReduceL2".split()


def alike(op):
    return [op.input(0)] * len(op.node.outputs)


def along_axis(op):
    """Softmax, LogSoftmax: as many as come in, along an axis that is there."""
    op.axis(op.attribute("axis", -1), len(op.input(0)))
    return alike(op)


def broadcasting(op):
    shape = op.input(0)
    for other in op.inputs[1:]:
        shape = op.broadcast(shape, other)
    return [shape]


def dropout(op):
    for index in (1, 2):
        op.need(index, 0)
    return alike(op)


def clip(op):
    for index in (1, 2):
        if op.has(index):
            op.scalar(index, may_vary=True)
    return alike(op)


def prelu(op):
    op.broadcast_to(1, op.input(0))
    return alike(op)


def cum_sum(op):
    op.scalar(1)
    return alike(op)


def constant(op):
    return [op.attributes["value"][1] if "value" in op.attributes else [len(op.attributes["value_ints"])]]


def flatten(op):
    x = op.input(0)
    axis = op.axis(op.attribute("axis", 1), len(x), len(x) + 1)
    return [[times(*x[:axis]), times(*x[axis:])]]


def reshape(op):
    x, copies_zero = op.input(0), not op.flag("allowzero")
    op.need(1, 1)
    target = op.list_input(1)
    if target.count(-1) > 1 or any(is_number(extent) and extent < -1 for extent in target):
        raise op.mismatch(f"an extent of {target}")
    shape = []
    for axis, extent in enumerate(target):
        if extent == 0 and copies_zero:
            if axis >= len(x):
                raise op.mismatch(f"extent {axis} copies one that is not there")
            extent = x[axis]
        shape.append(extent)
    if -1 in shape:
        place = shape.index(-1)
        old, new = without_common_names(x, shape[:place] + shape[place + 1 :])
        shape[place] = None
        if is_number(old) and is_number(new):
            if new == 0 or old % new:
                raise op.mismatch(f"no extent makes {target} of it")
            shape[place] = old // new
    elif not may_be_equal(times(*x), times(*shape)):
        raise op.mismatch(f"{target} has another number of elements")
    return [shape]


def without_common_names(a, b):
    """The products of two lists of extents, names that are in both left out of both."""
    a, b = list(a), list(b)
    for extent in [extent for extent in a if isinstance(extent, str)]:
        if extent in b:
            a.remove(extent)
            b.remove(extent)
    return times(*a), times(*b)


def transpose(op):
    x = op.input(0)
    perm = op.attribute("perm", list(reversed(range(len(x)))))
    if sorted(perm) != list(range(len(x))):
        raise op.invalid(f"perm {perm}")
    return [[x[axis] for axis in perm]]


def axes_input(op, index, rank):
    """The axes that an input lists; their number and None when they are not all known."""
    axes = op.list_input(index)
    if len(axes) > rank:
        raise op.mismatch("more axes than dimensions")
    return len(axes), op.axes(axes, rank) if all_numbers(axes) else None


def squeeze(op):
    x = op.input(0)
    if op.has(1):
        count, axes = axes_input(op, 1, len(x))
        if axes is None:
            return op.unknown(len(x) - count)
        if not all(may_be_equal(x[axis], 1) for axis in axes):
            raise op.mismatch("an extent that is not 1")
    else:
        if not all_numbers(x):
            raise PithError("unsupportedOperation", "Squeeze: which extents are 1 is not known")
        axes = [axis for axis, extent in enumerate(x) if extent == 1]
    return [[extent for axis, extent in enumerate(x) if axis not in axes]]


def unsqueeze(op):
    x = op.input(0)
    count, axes = axes_input(op, 1, len(x) + len(op.list_input(1)))
    if axes is None:
        return op.unknown(len(x) + count)
    rest = iter(x)
    return [[1 if axis in axes else next(rest) for axis in range(len(x) + count)]]


def concat(op):
    x = op.input(0)
    axis = op.axis(op.attributes["axis"], len(x))
    shape = list(x)
    for other in op.inputs[1:]:
        if len(other) != len(x):
            raise op.mismatch("ranks differ")
        for i, extent in enumerate(other):
            shape[i] = plus(shape[i], extent) if i == axis else op.join(shape[i], extent)
    return [shape]


def split(op):
    x, count = op.input(0), len(op.node.outputs)
    axis = op.axis(op.attribute("axis", 0), len(x))
    if op.attribute("num_outputs", count) != count:
        raise op.invalid("num_outputs")
    parts = [None] * count
    if op.has(1):
        parts = op.list_input(1)
        if len(parts) != count or any(is_number(part) and part < 0 for part in parts):
            raise op.mismatch("parts of split")
        if not all_numbers(parts):
            parts = [None] * count
        elif not may_be_equal(sum(parts), x[axis]):
            raise op.mismatch("the parts of split do not add up")
    elif is_number(x[axis]):
        each = ceil_div(x[axis], count)
        parts = [min(each, x[axis] - each * index) for index in range(count)]
        if x[axis] and parts[-1] <= 0:
            raise op.mismatch(f"{count} parts of {x[axis]}")
    return [x[:axis] + [part] + x[axis + 1 :] for part in parts]


def slice_(op):
    x = op.input(0)
    starts, ends = op.list_input(1), op.list_input(2)
    count, axes = axes_input(op, 3, len(x)) if op.has(3) else (len(starts), list(range(len(starts))))
    steps = op.list_input(4) if op.has(4) else [1] * len(starts)
    if not len(starts) == len(ends) == count == len(steps):
        raise op.mismatch("lists of different lengths")
    if axes is None:
        return op.unknown()
    op.axes(axes, len(x))
    if 0 in steps:
        raise PithError("invalidGraph", "Slice: a step of 0")
    shape = list(x)
    for start, end, axis, step in zip(starts, ends, axes, steps):
        shape[axis] = cut_extent(x[axis], start, end, step)
    return [shape]


def cut_extent(extent, start, end, step):
    if start == 0 and step == 1 and end == 2**63 - 1:
        return extent
    if not all_numbers([extent, start, end, step]):
        return None
    return len(range(*slice(start, end, step).indices(extent)))


def gather(op):
    x, indices = op.inputs
    axis = op.axis(op.attribute("axis", 0), len(x))
    return [x[:axis] + indices + x[axis + 1 :]]


def pad(op):
    x, pads = op.input(0), op.list_input(1)
    count, axes = axes_input(op, 3, len(x)) if op.has(3) else (len(x), list(range(len(x))))
    if op.attribute("mode", "constant") not in ("constant", "reflect", "edge", "wrap"):
        raise op.invalid("mode")
    if len(pads) != 2 * count:
        raise op.mismatch("pads are two for each axis")
    if op.has(2) and len(op.input(2)) > 1:
        raise op.mismatch("the value is no scalar")
    if axes is None or not all_numbers(pads):
        return op.unknown()
    shape = list(x)
    for i, axis in enumerate(axes):
        before, after = pads[i], pads[i + count]
        if max(abs(before), abs(after)) >= MOST_ELEMENTS:
            raise PithError("limitExceeded", "a padding")
        shape[axis] = x[axis] if before == after == 0 else plus(x[axis], before, after)
        if is_number(x[axis]) and x[axis] + min(before, after, before + after) < 0:
            raise op.mismatch("more is cut off than there is")
    return [shape]


def expand(op):
    target = op.list_input(1)
    if any(is_number(extent) and extent < 0 for extent in target):
        raise op.mismatch("a negative extent")
    return [op.broadcast(op.input(0), target)]


def tile(op):
    x, repeats = op.input(0), op.list_input(1)
    if len(repeats) != len(x) or any(is_number(repeat) and repeat < 0 for repeat in repeats):
        raise op.mismatch("a repeat for each axis")
    if not all_numbers(repeats):
        return op.unknown()
    return [[times(extent, repeat) for extent, repeat in zip(x, repeats)]]


def shape_(op):
    start, end = span(op)
    return [[end - start]]


def range_(op):
    numbers = [op.scalar(index) for index in range(3)]
    if not all(isinstance(number, (int, float)) for number in numbers):
        return [[None]]
    start, limit, delta = map(float, numbers)
    count = (limit - start) / delta if delta else math.nan
    if math.isnan(count):
        raise op.mismatch(f"steps of {delta}")
    if count > MOST_ELEMENTS:
        raise PithError("limitExceeded", f"a range of {count}")
    return [[0 if count <= 0 else math.ceil(count)]]


def constant_of_shape(op):
    extents = op.list_input(0)
    if "value" in op.attributes and times(*op.attributes["value"][1]) != 1:
        raise op.invalid("value has one element")
    if any(is_number(extent) and extent < 0 for extent in extents):
        raise op.mismatch("a negative extent")
    return [extents]


def reduction(op):
    x = op.input(0)
    count, axes = axes_input(op, 1, len(x)) if op.has(1) else (0, [])
    if axes is None:
        return op.unknown(len(x) - (0 if op.flag("keepdims") else count))
    if not axes and not op.flag("noop_with_empty_axes"):
        axes = range(len(x))
    return [reduced(op, axes)]


def reduced(op, axes):
    if op.flag("keepdims"):
        return [1 if axis in axes else extent for axis, extent in enumerate(op.input(0))]
    return [extent for axis, extent in enumerate(op.input(0)) if axis not in axes]


def arg_extreme(op):
    x = op.input(0)
    axis = op.axis(op.attribute("axis", 0), len(x))
    if x[axis] == 0:
        raise op.mismatch("no element along the axis")
    return [reduced(op, [axis])]


def top_k(op):
    x, count = op.input(0), op.scalar(1)
    axis = op.axis(op.attribute("axis", -1), len(x))
    if not is_number(count):
        count = None
    elif count < 0 or (is_number(x[axis]) and count > x[axis]):
        raise op.mismatch(f"{count} elements of {x[axis]}")
    return [x[:axis] + [count] + x[axis + 1 :]] * len(op.node.outputs)


RULES = (
    {name: alike for name in ALIKE} | {name: broadcasting for name in BROADCASTING}
    | {name: reduction for name in REDUCTIONS}
    | {"Softmax": along_axis, "LogSoftmax": along_axis, "Dropout": dropout, "Clip": clip, "PRelu": prelu,
       "CumSum": cum_sum, "Constant": constant, "Flatten": flatten, "Reshape": reshape, "Transpose": transpose,
       "Squeeze": squeeze, "Unsqueeze": unsqueeze, "Concat": concat, "Split": split, "Slice": slice_, "Gather": gather,
       "Pad": pad, "Expand": expand, "Tile": tile, "Shape": shape_, "Size": lambda op: [[]], "Range": range_,
       "ConstantOfShape": constant_of_shape, "ArgMax": arg_extreme, "ArgMin": arg_extreme, "TopK": top_k})
