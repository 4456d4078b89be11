"""Shape rules of products, windows, recurrences, normalisation, quantisation and Resize. A rule takes an `Operation` and
gives the shape of each output."""

import math
import struct

from pith_bytes import PithError, ceil_div
from pith_extents import MOST_ELEMENTS, all_numbers, is_number, may_be_equal, times


def matmul(op):
    a, b = op.inputs[:2]
    if not a or not b:
        raise op.mismatch("a scalar")
    left, right = a if len(a) > 1 else [1] + a, b if len(b) > 1 else b + [1]
    op.join(left[-1], right[-2])
    rows = [left[-2]] if len(a) > 1 else []
    columns = [right[-1]] if len(b) > 1 else []
    return [op.broadcast(left[:-2], right[:-2]) + rows + columns]


def matmul_integer(op):
    shape = matmul(op)
    for index, side, axis in ((2, 0, -2), (3, 1, -1)):
        if op.has(index):
            matrix, zero = op.input(side), op.input(index)
            extent = matrix[axis] if len(matrix) > 1 else 1
            if len(zero) > 1 or (zero and zero[0] != 1 and not may_be_equal(zero[0], extent)):
                raise op.mismatch(f"zero point {zero}")
    return shape


def gemm(op):
    op.need(0, 2)
    op.need(1, 2)
    rows, inner = reversed(op.input(0)) if op.flag("transA") else op.input(0)
    other, columns = reversed(op.input(1)) if op.flag("transB") else op.input(1)
    op.join(inner, other)
    op.broadcast_to(2, [rows, columns])
    return [[rows, columns]]


class Window:
    """The attributes of a window along each spatial dimension."""

    def __init__(self, op, kernel, spatial):
        if spatial < 1:
            raise op.mismatch("no spatial dimension")
        self.op, self.kernel = op, kernel
        self.strides = op.attribute("strides", [1] * spatial)
        self.dilations = op.attribute("dilations", [1] * spatial)
        self.pads = op.attribute("pads", [0] * (2 * spatial))
        self.mode = op.attribute("auto_pad", "NOTSET")
        lists = (kernel, self.strides, self.dilations)
        if any(len(numbers) != spatial for numbers in lists) or len(self.pads) != 2 * spatial:
            raise op.invalid(f"lists for {spatial} spatial dimensions")
        if any(not 1 <= number <= 2**20 for numbers in lists for number in numbers):
            raise op.invalid("a kernel, stride or dilation")
        if any(not 0 <= number <= 2**20 for number in self.pads):
            raise op.invalid("pads")
        if any(self.covered(axis) > 2**30 for axis in range(spatial)):
            raise op.invalid("a window that is too large")
        if self.mode not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
            raise op.invalid("auto_pad")

    @property
    def is_same(self):
        return self.mode in ("SAME_UPPER", "SAME_LOWER")

    def covered(self, axis):
        """How many elements there are from the first to the last of a window."""
        return self.dilations[axis] * (self.kernel[axis] - 1) + 1

    def padding(self, axis, given):
        """Before and after."""
        if self.mode == "NOTSET":
            return self.pads[axis], self.pads[axis + len(self.kernel)]
        if self.mode == "VALID" or not is_number(given) or given == 0:
            return 0, 0
        stride = self.strides[axis]
        total = max(0, (ceil_div(given, stride) - 1) * stride + self.covered(axis) - given)
        less = total // 2
        return (less, total - less) if self.mode == "SAME_UPPER" else (total - less, less)

    def extent(self, given, axis, ceil_mode=False):
        if not is_number(given):
            return None
        stride, covered, (before, after) = self.strides[axis], self.covered(axis), self.padding(axis, given)
        room = given + before + after - covered
        if room < 0 or given < 1:
            raise self.op.mismatch(f"a window of {covered} in {given}")
        count = room // stride + 1
        if ceil_mode and room % stride and count * stride < given + before:
            count += 1
        return count


def kernel_of(op, weight):
    if not all_numbers(weight[2:]):
        raise op.mismatch("the kernel's extents are not known")
    if op.attribute("kernel_shape", weight[2:]) != weight[2:]:
        raise op.invalid(f"kernel_shape of {weight}")
    return weight[2:]


def conv(op):
    x, weight = op.inputs[:2]
    group = groups_of(op, x, weight)
    window = Window(op, kernel_of(op, weight), len(x) - 2)
    if not all_numbers([x[1], weight[0], weight[1]]) or x[1] != weight[1] * group or weight[0] % group:
        raise op.mismatch(f"channels and filters of {group} groups")
    op.fit(2, [weight[0]])
    return [[x[0], weight[0]] + [window.extent(extent, axis) for axis, extent in enumerate(x[2:])]]


def groups_of(op, x, weight):
    group = op.attribute("group", 1)
    if len(x) < 3 or len(weight) != len(x):
        raise op.mismatch("images and weight have the same rank of at least 3")
    if group < 1:
        raise op.invalid(f"group {group}")
    return group


def conv_transpose(op):
    x, weight = op.inputs[:2]
    group, spatial = groups_of(op, x, weight), len(x) - 2
    window = Window(op, kernel_of(op, weight), spatial)
    op.join(x[1], weight[0])
    if not is_number(weight[0]) or weight[0] % group:
        raise op.mismatch("channels are no multiple of the group")
    filters = times(weight[1], group)
    op.fit(2, [filters])
    more = op.attribute("output_padding", [0] * spatial)
    wanted = op.attribute("output_shape", None)
    if len(more) != spatial or any(not 0 <= number <= 2**20 for number in more):
        raise op.invalid("output_padding")
    if wanted is not None and (len(wanted) != spatial or any(not 1 <= number <= 2**39 for number in wanted)):
        raise op.invalid("output_shape")
    if not all_numbers(x[2:]):
        return [[x[0], filters] + [None] * spatial]
    shape = [x[0], filters]
    for axis, extent in enumerate(x[2:]):
        reach = window.strides[axis] * (extent - 1)
        if extent < 1 or reach > 2**39:
            raise op.mismatch(f"an extent of {extent}")
        full = reach + more[axis] + window.covered(axis)
        cut = sum(window.padding(axis, 0))
        shape.append(wanted[axis] if wanted else extent * window.strides[axis] if window.is_same else full - cut)
        if shape[-1] < 1:
            raise op.mismatch("the padding leaves nothing")
    return [shape]


def pool(op):
    x = op.input(0)
    window = Window(op, op.attributes["kernel_shape"], len(x) - 2)
    if times(*op.attributes["kernel_shape"]) > 2**20:
        raise op.invalid("a window of too many elements")
    for axis, extent in enumerate(x[2:]):
        if max(window.padding(axis, extent)) >= window.covered(axis):
            raise op.invalid("a padding of a whole window")
    spatial = [window.extent(extent, axis, op.flag("ceil_mode")) for axis, extent in enumerate(x[2:])]
    return [x[:2] + spatial] * len(op.node.outputs)


def global_pool(op):
    x = op.input(0)
    if len(x) < 3:
        raise op.mismatch("no spatial dimension")
    return [x[:2] + [1] * (len(x) - 2)]


def batch_normalization(op):
    x = op.input(0)
    if len(x) < 2:
        raise op.mismatch("no channels")
    for index in range(1, 5):
        op.fit(index, [x[1]])
    if len(op.node.outputs) > 1 and not op.flag("training_mode"):
        raise PithError("invalidGraph", "BatchNormalization: further outputs without training_mode")
    return [x] + [[x[1]]] * (len(op.node.outputs) - 1)


def instance_normalization(op):
    x = op.input(0)
    if len(x) < 3:
        raise op.mismatch("no spatial dimension")
    op.fit(1, [x[1]])
    op.fit(2, [x[1]])
    return [x]


def layer_normalization(op):
    x = op.input(0)
    axis = op.axis(op.attribute("axis", -1), len(x))
    op.broadcast_to(1, x)
    op.broadcast_to(2, x)
    return [x] + [x[:axis] + [1] * (len(x) - axis)] * (len(op.node.outputs) - 1)


def recurrent(gates, states):
    def rule(op):
        x, weight, recurrence = op.inputs[:3]
        for index in range(3):
            op.need(index, 3)
        direction, batch_first = op.attribute("direction", "forward"), op.flag("layout")
        if direction not in ("forward", "reverse", "bidirectional"):
            raise op.invalid("direction")
        directions = 2 if direction == "bidirectional" else 1
        sequence, batch = (x[1], x[0]) if batch_first else (x[0], x[1])
        hidden = recurrence[2]
        if not may_be_equal(op.attribute("hidden_size", hidden), hidden):
            raise op.invalid("hidden_size")
        op.fit(1, [directions, times(gates, hidden), x[2]])
        op.fit(2, [directions, times(gates, hidden), hidden])
        op.fit(3, [directions, times(2 * gates, hidden)])
        op.fit(4, [batch])
        state = [batch, directions, hidden] if batch_first else [directions, batch, hidden]
        for index in range(5, 5 + states):
            op.fit(index, state)
        op.fit(7, [directions, times(3, hidden)])
        y = [batch, sequence, directions, hidden] if batch_first else [sequence, directions, batch, hidden]
        return ([y] + [state] * states)[: len(op.node.outputs)]

    return rule


def scale_shape(op, axis_of):
    """One scale, or one for each element of the axis, or one for each block along it; as many zero points."""
    x, scale, block = op.input(0), op.input(1), op.attribute("block_size", 0)
    if not (is_one(scale) and op.has(2) and is_one(op.input(2))):
        op.fit(2, scale)
    if block < 0:
        raise op.invalid("block_size")
    if scale == [] or (scale == [1] and not block):
        return [x]
    axis = op.axis(axis_of, len(x))
    if block:
        op.fit(1, x[:axis] + [ceil_div(x[axis], block) if is_number(x[axis]) else None] + x[axis + 1 :])
    else:
        op.fit(1, [x[axis]])
    return [x]


def is_one(shape):
    return shape in ([], [1])


def quantisation(op):
    return scale_shape(op, op.attribute("axis", 1))


def resize(op):
    x = op.input(0)
    axes = op.axes(op.attribute("axes", list(range(len(x)))), len(x))
    scales, sizes = (op.list_input(index) if op.has(index) else [] for index in (2, 3))
    policy = op.attribute("keep_aspect_ratio_policy", "stretch")
    if policy not in ("stretch", "not_larger", "not_smaller"):
        raise op.invalid("keep_aspect_ratio_policy")
    if bool(scales) == bool(sizes):
        raise PithError("invalidGraph", "Resize: one of scales and sizes")
    if len(scales or sizes) != len(axes):
        raise op.mismatch("a scale or size for each axis")
    if None in (scales or sizes):
        return op.unknown()
    changed = {axis for number, axis in enumerate(axes) if not scales or scales[number] != 1}
    if not all(is_number(x[axis]) for axis in changed) or not all_numbers(sizes):
        return op.unknown()
    shape = list(x)
    if scales:
        for axis, scale in zip(axes, scales):
            if not 0 < scale < math.inf or float32((x[axis] if axis in changed else 1) * scale) > 2**39:
                raise op.mismatch(f"a scale of {scale}")
            if axis in changed:
                shape[axis] = math.floor(float32(x[axis] * scale))
        return [shape]
    for axis, size in zip(axes, sizes):
        if not 0 <= size <= MOST_ELEMENTS or x[axis] == 0:
            raise op.mismatch(f"an extent of {x[axis]} cannot become {size}")
        shape[axis] = size
    if policy != "stretch":
        choose = min if policy == "not_larger" else max
        scale = choose(size / x[axis] for size, axis in zip(sizes, axes))
        for axis in axes:
            shape[axis] = math.floor(x[axis] * scale + 0.5)
    return [shape]


def float32(number):
    return struct.unpack("<f", struct.pack("<f", number))[0]


RULES = {
    "MatMul": matmul, "MatMulInteger": matmul_integer, "Gemm": gemm, "Conv": conv, "ConvTranspose": conv_transpose,
    "MaxPool": pool, "AveragePool": pool, "GlobalAveragePool": global_pool, "GlobalMaxPool": global_pool,
    "BatchNormalization": batch_normalization, "InstanceNormalization": instance_normalization,
    "LayerNormalization": layer_normalization, "LSTM": recurrent(4, 2), "GRU": recurrent(3, 1),
    "QuantizeLinear": quantisation, "DequantizeLinear": quantisation,
    "DynamicQuantizeLinear": lambda op: [op.input(0), [], []], "Resize": resize}
