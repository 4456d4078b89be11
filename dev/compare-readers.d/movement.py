"""Families that move elements: their shapes follow from lists of whole numbers."""

from draw import family
from graphs import FLOAT, INT32, INT64, UINT8


@family
def flatten(d):
    shape = d.shape(0, 4)
    return d.node("Flatten", [d.input(shape)], axis=d.axis(len(shape) + 1))


@family
def reshape(d):
    shape = d.shape(0, 4)
    target = d.some(0, 4, lambda: d.one(0, -1, 1, 2, 3, 4, 6, 12, d.one(-2, 24)))
    if d.chance(0.5):
        target = [extent if isinstance(extent, int) else 0 for extent in shape]
        if target and d.chance(0.5):
            target[d.random.randrange(len(target))] = -1
    return d.node("Reshape", [d.input(shape), d.integers(target)], allowzero=d.seldom(1, 0, 0.2))


@family
def transpose(d):
    shape = d.shape(0, 4)
    order = list(range(len(shape)))
    d.random.shuffle(order)
    if d.chance(0.1):
        order = order[:-1]
    if order and d.chance(0.1):
        order[0] = d.one(-1, len(shape), order[-1])
    return d.node("Transpose", [d.input(shape)], **({"perm": order} if d.chance(0.7) else {}))


@family
def squeeze(d):
    shape = d.some(0, 4, lambda: d.one(1, 1, 1, d.extent()))
    if d.chance(0.3):
        return d.node("Squeeze", [d.input(shape)])
    return d.node("Squeeze", [d.input(shape), d.integers(d.some(0, 2, lambda: d.axis(len(shape))))])


@family
def unsqueeze(d):
    shape, more = d.shape(0, 3), d.random.randint(0, 2)
    return d.node("Unsqueeze", [d.input(shape), d.integers([d.axis(len(shape) + more) for _ in range(more)])])


@family
def concat(d):
    shape = d.shape(0, 3)
    return d.node("Concat", d.some(1, 3, lambda: d.input(d.like(shape))), axis=d.axis(len(shape)))


@family
def split(d):
    shape, parts = d.shape(1, 3), d.random.randint(1, 3)
    inputs, attributes = [d.input(shape)], {"axis": d.axis(len(shape))}
    if d.chance(0.5):
        count = d.seldom(parts + 1, parts)
        inputs.append(d.integers([d.random.randint(d.seldom(-1, 0), 3) for _ in range(count)]))
    if d.chance(0.5):
        attributes["num_outputs"] = d.seldom(parts + 1, parts)
    return d.node("Split", inputs, parts, **attributes)


@family
def slice(d):
    shape = d.shape(0, 3)
    count, code = d.random.randint(0, len(shape) + d.chance(0.1)), d.one(INT64, INT64, INT64, INT32)

    def bounds():
        numbers = [d.one(0, 1, -1, 2, -2, 3, 5, -7, 2**31 - 1, 2**63 - 1, -2**63, -2**31) for _ in range(count)]
        return [max(-2**31, min(2**31 - 1, number)) for number in numbers] if code == INT32 else numbers

    inputs = [d.input(shape), d.integers(bounds(), code), d.integers(bounds(), code), "-"]
    if d.chance(0.6):
        inputs[3] = d.integers([d.axis(len(shape)) for _ in range(count)], code)
    if d.chance(0.5):
        inputs.append(d.integers([d.one(1, 1, -1, 2, -2, d.seldom(0, 3, 0.2)) for _ in range(count)], code))
    return d.node("Slice", inputs)


@family
def gather(d):
    shape = d.shape(0, 3)
    indices = d.input(d.shape(0, 2), INT64) if d.chance(0.5) else d.integers(d.some(0, 2, lambda: d.random.randint(-4, 4)))
    return d.node("Gather", [d.input(shape), indices], axis=d.axis(len(shape)))


@family
def pad(d):
    shape = d.shape(0, 3)
    inputs, axes, count = [d.input(shape)], None, len(shape)
    if d.chance(0.3):
        count = d.random.randint(0, len(shape))
        axes = [d.axis(len(shape)) for _ in range(count)]
    inputs.append(d.integers([d.one(0, 0, 1, 2, -1, -2, -4) for _ in range(2 * count + d.chance(0.1))]))
    inputs.append(d.input(d.one([], [], [1], [2], ["N"])) if d.chance(0.4) else "-")
    if axes is not None:
        inputs.append(d.integers(axes))
    return d.node("Pad", inputs, **({"mode": d.one("reflect", "edge", "wrap", "x")} if d.chance(0.3) else {}))


@family
def expand(d):
    return d.node(
        "Expand", [d.input(d.shape(0, 3)), d.integers(d.some(0, 3, lambda: d.one(1, 1, 2, 3, 0, 4, d.seldom(-1, 5, 0.2))))])


@family
def tile(d):
    shape = d.shape(0, 3)
    repeats = [d.one(0, 1, 2, 3, d.seldom(-1, 1, 0.2)) for _ in range(len(shape) + d.chance(0.1))]
    return d.node("Tile", [d.input(shape), d.integers(repeats)])


@family
def range_of_integers(d):
    def bound():
        if d.chance(0.15):
            return d.input(d.one([], [1], [2], ["N"]), INT64)
        return d.value([d.one(0, 1, 2, 5, -3, -1, 7)], INT64, d.one([], [], [], [1]))

    return d.node("Range", [bound(), bound(), bound()])


@family
def range_of_numbers(d):
    return d.node("Range", [d.value([d.one(0, 1, 2.5, 5, -3, -1, 0.5)], FLOAT, []) for _ in range(3)])


@family
def shape_of(d):
    attributes = {}
    if d.chance(0.5):
        attributes["start"] = d.one(1, -1, -2, 2, 9, -9)
    if d.chance(0.5):
        attributes["end"] = d.one(0, 1, -1, -2, 2, 9, -9)
    return d.node("ConstantOfShape", d.node("Shape", [d.input(d.shape(0, 4))], **attributes))


@family
def constant_of_shape(d):
    extents = d.one([], [1], [1, 1], [2])
    value = {"value": (d.one(FLOAT, INT32), extents, bytes(8 if extents == [2] else 4))}
    return d.node(
        "ConstantOfShape", [d.integers(d.some(0, 3, lambda: d.one(0, 1, 2, 3)))], **(value if d.chance(0.4) else {}))


@family
def resize(d):
    shape, attributes = d.shape(0, 4), {}
    count = len(shape)
    if d.chance(0.3):
        count = d.random.randint(0, len(shape))
        attributes["axes"] = [d.axis(len(shape)) for _ in range(count)]
    inputs = [d.input(shape), d.input([2 * count]) if d.chance(0.2) else "-", "-", "-"]
    kind = d.random.random()
    if kind < 0.5:
        scales = [d.one(0.5, 0.6, 1, 2, 1.5, 3.3, d.seldom(0, 0.7, 0.3)) for _ in range(count + d.chance(0.08))]
        inputs[2] = d.value(scales, FLOAT)
    elif kind < 0.9:
        sizes = [d.one(1, 2, 3, 5, 8, d.seldom(0, 4, 0.3)) for _ in range(count + d.chance(0.08))]
        inputs[3] = d.integers(sizes)
    elif kind < 0.95:
        inputs[2] = d.input([count])
    else:
        inputs[2:] = [d.value([], FLOAT), d.integers([2] * count)]
    if d.chance(0.4):
        attributes["keep_aspect_ratio_policy"] = d.one("not_larger", "not_smaller", d.seldom("x", "not_larger", 0.2))
    if d.chance(0.3):
        attributes["mode"] = d.one("linear", "cubic", d.seldom("bad", "linear", 0.2))
    if d.chance(0.3):
        attributes["coordinate_transformation_mode"] = d.one(
            "asymmetric", "align_corners", "pytorch_half_pixel", "half_pixel_symmetric", "tf_crop_and_resize", "bad")
    if d.chance(0.1):
        attributes["nearest_mode"] = d.one("floor", "bad")
    if d.chance(0.1):
        attributes["extrapolation_value"] = d.one(-0.0, 1.5, float("inf"))
    return d.node("Resize", inputs, antialias=d.seldom(1, 0), **attributes)


@family
def top_k(d):
    shape = d.shape(0, 3)
    return d.node("TopK", [d.input(shape), d.integers([d.one(0, 1, 2, 3, -1)])], 2, axis=d.axis(len(shape)))


@family
def cumulative_sum(d):
    shape = d.shape(0, 3)
    return d.node("CumSum", [d.input(shape), d.integers([d.axis(len(shape))])])


@family
def dynamic_quantize(d):
    return d.node("DynamicQuantizeLinear", [d.input(d.shape(0, 3))], 3)


@family
def quantize(d):
    operator = d.one("QuantizeLinear", "DequantizeLinear")
    shape = d.shape(0, 3)
    axis, block = d.axis(len(shape)), d.one(0, 0, 0, 2, 3, d.seldom(-1, 1, 0.2))
    extent = shape[axis] if -len(shape) <= axis < len(shape) else d.extent()
    scales = d.one([], [], [1], [extent], [extent], [d.extent()], d.like(shape))
    if block:
        scales = [
            -(-one // block) if block > 0 and isinstance(one, int) and place == axis % max(1, len(shape)) else one
            for place, one in enumerate(shape)]
    if d.chance(0.1):
        scales = d.like(scales)
    inputs = [d.input(shape, FLOAT if operator[0] == "Q" else UINT8), d.input(scales)]
    if d.chance(0.5):
        inputs.append(d.input(scales if d.chance(0.7) else d.one([], [1], d.like(scales)), UINT8))
    return d.node(operator, inputs, axis=axis, block_size=block)
