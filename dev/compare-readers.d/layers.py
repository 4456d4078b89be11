"""Families of layers: products, windows, normalisations, reductions, recurrent networks, arithmetic."""

from draw import family
from graphs import BOOL, INT32, UINT8


@family
def matrix_product(d):
    inner, batch = d.extent(), d.shape(0, 2)
    left, right = batch + [d.extent(), inner], d.like(batch) + [d.seldom(d.extent(), inner), d.extent()]
    return d.node(
        "MatMul", [d.input(d.seldom(d.one([inner], []), left, 0.18)), d.input(d.seldom([inner], right, 0.15))])


@family
def integer_product(d):
    inner = d.extent()
    left, right = [d.extent(), inner], [inner, d.extent()]
    left, right = d.seldom([d.extent()] + left, left, 0.2), d.seldom([d.extent()] + right, right, 0.2)
    left, right = d.seldom([inner], left), d.seldom([inner], right)

    def zero_points(shape, axis):
        one = shape[axis] if len(shape) > 1 else 1
        rows = shape[:-1] + [1] if axis == -2 else shape[:-2] + [1] + shape[-1:]
        return d.input(d.one([], [1], [one], [d.extent()], [1, 1], rows), UINT8)

    inputs = [d.input(left, UINT8), d.input(right, UINT8), "-", "-"]
    if d.chance(0.5):
        inputs[2] = zero_points(left, -2)
    if d.chance(0.4):
        inputs[3] = zero_points(right, -1)
    return d.node("MatMulInteger", inputs)


@family
def gemm(d):
    rows, inner, columns = d.extent(), d.extent(), d.extent()
    turned = d.chance(0.4), d.chance(0.4)
    left = [inner, rows] if turned[0] else [rows, inner]
    right = [columns, inner] if turned[1] else [inner, columns]
    inputs = [d.input(d.like(left)), d.input(right)]
    if d.chance(0.7):
        addends = [columns], [rows, columns], [1, columns], [rows, 1], [], [1], d.shape(2, 2), [1, rows, columns], d.shape(1, 1)
        inputs.append(d.input(d.one(*addends)))
    return d.node("Gemm", inputs, transA=int(turned[0]), transB=int(turned[1]))


def window(d, axes, kernel, is_needed):
    attributes = {}
    if is_needed or d.chance(0.4):
        numbers = [d.random.randint(d.seldom(0, 1, 0.05), 3) for _ in range(axes)]
        attributes["kernel_shape"] = d.seldom(numbers, kernel) if kernel else numbers
    if d.chance(0.4):
        attributes["strides"] = [d.random.randint(d.seldom(0, 1), 3) for _ in range(axes)]
    if d.chance(0.3):
        attributes["dilations"] = [d.random.randint(d.seldom(0, 1), 2) for _ in range(axes)]
    if d.chance(0.4):
        attributes["pads"] = [d.random.randint(d.seldom(-1, 0, 0.05), 2) for _ in range(2 * axes)]
    if attributes and d.chance(0.05):
        name = d.one(*attributes)
        attributes[name] = attributes[name][:-1] or [1, 1, 1]
    if d.chance(0.2):
        attributes["auto_pad"] = d.one("SAME_UPPER", "SAME_LOWER", "VALID", "OTHER")
    return attributes


@family
def convolution(d):
    is_turned = d.chance(0.5)
    axes, groups, channels = d.random.randint(1, 2), d.one(1, 1, 2, 3), d.one(1, 2, 4, 6, d.extent())
    shape = [d.extent(), channels] + [d.one(1, 2, 4, 5, 7, "H", None) for _ in range(axes)]
    kernel = [d.one(1, 2, 3, 3, "K", None, d.seldom(0, 1, 0.2)) for _ in range(axes)]
    if d.chance(0.7):
        kernel = [d.random.randint(1, 3) for _ in range(axes)]
    filters = d.one(groups, 2 * groups, d.extent())
    if is_turned:
        each = d.one(1, 2, d.extent())
        weights, bias = [d.seldom(d.extent(), channels), each] + kernel, each * groups if isinstance(each, int) else d.extent()
    else:
        divides = isinstance(channels, int) and channels % groups == 0
        weights, bias = [filters, channels // groups if divides else d.extent()] + kernel, filters
    inputs = [d.input(shape), d.input(d.seldom(weights[:-1], weights, 0.05))]
    if d.chance(0.4):
        inputs.append(d.input([d.seldom(d.extent(), bias, 0.2)]))
    attributes = window(d, axes, kernel if all(isinstance(extent, int) for extent in kernel) else None, False)
    if is_turned and d.chance(0.3):
        attributes["output_padding"] = [d.random.randint(d.seldom(-1, 0), 2) for _ in range(axes)]
    if is_turned and d.chance(0.25):
        attributes["output_shape"] = [d.random.randint(d.seldom(-1, 0), 12) for _ in range(axes + d.chance(0.1))]
    return d.node("ConvTranspose" if is_turned else "Conv", inputs, group=d.seldom(0, groups, 0.03), **attributes)


@family
def pooling(d):
    is_maximum = d.chance(0.5)
    axes = d.seldom(0, d.random.randint(1, 2), 0.05)
    shape = d.shape(2, 2) + [d.one(0, 1, 2, 4, 5, 7, "H", None) for _ in range(axes)]
    attributes = window(d, axes, None, True) | {"ceil_mode": d.seldom(1, 0, 0.4)}
    if is_maximum:
        return d.node("MaxPool", [d.input(shape)], d.one(1, 2), storage_order=d.seldom(1, 0, 0.3), **attributes)
    return d.node("AveragePool", [d.input(shape)], count_include_pad=d.seldom(1, 0, 0.4), **attributes)


@family
def global_pooling(d):
    return d.node(d.one("GlobalAveragePool", "GlobalMaxPool"), [d.input(d.shape(0, 4))])


@family
def batch_normalization(d):
    shape, trains = d.shape(0, 4), d.chance(0.4)
    channels = shape[1] if len(shape) > 1 else d.extent()
    statistics = [d.input(d.seldom(d.shape(0, 2), [channels], 0.05)) for _ in range(4)]
    outputs = d.seldom(3, 3 if trains and d.chance(0.7) else 1)
    return d.node("BatchNormalization", [d.input(shape)] + statistics, outputs, training_mode=int(trains))


@family
def instance_normalization(d):
    shape = d.shape(1, 4)
    channels = shape[1] if len(shape) > 1 else d.extent()
    return d.node(
        "InstanceNormalization",
        [d.input(shape)] + [d.input(d.seldom(d.shape(0, 2), [channels], 0.05)) for _ in range(2)])


@family
def layer_normalization(d):
    shape = d.shape(0, 4)
    axis = d.axis(len(shape))
    tail = shape[axis:] if -len(shape) <= axis < len(shape) else []
    return d.node(
        "LayerNormalization", [d.input(shape)] + d.some(1, 2, lambda: d.input(d.like(tail))), d.random.randint(1, 3),
        axis=axis)


@family
def reduction(d):
    shape = d.shape(0, 4)
    inputs = [d.input(shape)]
    if d.chance(0.7):
        inputs.append(d.integers(d.some(0, 2, lambda: d.axis(len(shape)))))
    return d.node(
        d.one("ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2"), inputs, keepdims=d.seldom(0, 1, 0.4),
        noop_with_empty_axes=d.seldom(1, 0, 0.3))


@family
def position_of_extreme(d):
    shape = d.shape(0, 4)
    return d.node(
        d.one("ArgMax", "ArgMin"), [d.input(shape)], axis=d.axis(len(shape)), keepdims=d.seldom(0, 1, 0.4))


@family
def softmax(d):
    shape = d.shape(0, 3)
    return d.node(d.one("Softmax", "LogSoftmax"), [d.input(shape)], axis=d.axis(len(shape)))


@family
def of_two(d):
    shape = d.shape(0, 4)
    return d.node(d.one("Add", "Pow", "Less", "PRelu"), [d.input(d.like(shape)), d.input(d.like(shape))])


@family
def of_several(d):
    shape = d.shape(0, 3)
    return d.node("Max", d.some(1, 3, lambda: d.input(d.like(shape))))


@family
def where(d):
    shape = d.shape(0, 3)
    return d.node("Where", [d.input(d.like(shape), BOOL), d.input(d.like(shape)), d.input(d.like(shape))])


@family
def clip(d):
    bounds = d.some(0, 2, lambda: d.input(d.one([], [], [1], [2], ["N"], [None], [1, 1])))
    return d.node("Clip", [d.input(d.shape(0, 3))] + bounds)


@family
def dropout(d):
    inputs = [d.input(d.shape(0, 3))]
    if d.chance(0.5):
        inputs.append(d.input(d.one([], [1], [2], ["N"])))
        if d.chance(0.3):
            inputs.append(d.input(d.one([], [1], [2]), BOOL))
    return d.node("Dropout", inputs, d.random.randint(1, 2))


@family
def recurrent(d):
    operator, gates = d.one(("LSTM", 4), ("GRU", 3))
    directions, hidden, width = d.seldom(2, 1, 0.3), d.one(1, 2, 3), d.extent()
    steps, batch, is_turned = d.extent(), d.extent(), d.chance(0.3)

    def about(extent):
        return d.seldom(d.extent(), extent, 0.04)

    shape = [batch, steps, width] if is_turned else [steps, batch, width]
    state = [batch, directions, hidden] if is_turned else [directions, batch, hidden]
    optional = [
        ([directions, about(2 * gates * hidden)], 1), ([about(batch)], INT32), ([about(one) for one in state], 1),
        ([about(one) for one in state], 1), ([directions, about(3 * hidden)], 1)][: 5 if gates == 4 else 3]
    inputs = [
        d.input(shape), d.input([directions, about(gates * hidden), about(width)]),
        d.input([about(directions), gates * hidden, about(hidden)])]
    for extents, code in optional[: d.random.randint(0, len(optional))]:
        inputs.append(d.input(extents, code) if d.chance(0.7) else "-")
    attributes = {"layout": int(is_turned)}
    if d.chance(0.6):
        attributes["hidden_size"] = d.seldom(hidden + 1, hidden, 0.04)
    if directions == 2:
        attributes["direction"] = "bidirectional"
    elif d.chance(0.2):
        attributes["direction"] = d.one("reverse", d.seldom("x", "reverse", 0.3))
    if d.chance(0.15):
        usual = ["Sigmoid", "Tanh", "Tanh"][: gates - 1] * directions
        attributes["activations"] = d.one(usual, ["Relu"] * (gates - 1), ["Nope"] * (gates - 1))
    if d.chance(0.1):
        attributes["clip"] = d.one(1.0, -1.0, 0.0)
    return d.node(operator, inputs, d.random.randint(1, gates - 1), **attributes)
