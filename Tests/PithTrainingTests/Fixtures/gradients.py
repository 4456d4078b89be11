"""What PyTorch gives for each operator that has a gradient: the output, and the gradients of the float inputs.

The gradient of the output is `pattern(shape, 99)`.
"""

import torch
from common import dump, numbers, pattern

torch.set_num_threads(1)
F = torch.nn.functional
cases = []


class Floats:
    """An input that `pattern` makes."""

    def __init__(self, *shape, salt=1, scale=1.0, offset=0.0):
        self.description = {"shape": list(shape), "salt": salt, "scale": scale, "offset": offset}
        self.tensor = pattern(list(shape), salt, scale, offset).requires_grad_()


class Integers:
    """An input of integers, which has no gradient."""

    def __init__(self, values, shape=None):
        self.description = {"shape": [len(values)] if shape is None else shape, "integers": values}
        self.tensor = torch.tensor(values).reshape(self.description["shape"])


def case(op, function, *inputs, output=0, **attributes):
    """`function` takes the inputs' tensors; left-out inputs are None."""
    value = function(*[i and i.tensor for i in inputs])
    value.backward(pattern(list(value.shape), 99))
    cases.append({
        "kind": "gradient", "name": op, "attributes": attributes, "index": output,
        "inputs": [i and i.description for i in inputs], "output": numbers(value),
        "gradients": [numbers(i.tensor.grad) for i in inputs if isinstance(i, Floats)]})


def wide(salt=1):
    return Floats(3, 7, salt=salt, scale=3.0)


def positive(salt=1):
    return Floats(3, 7, salt=salt, scale=0.9, offset=1.1)


# Functions of one element.
for name, function in [
        ("Neg", torch.neg), ("Abs", torch.abs), ("Exp", torch.exp), ("Erf", torch.erf), ("Sin", torch.sin),
        ("Cos", torch.cos), ("Relu", F.relu), ("LeakyRelu", F.leaky_relu), ("Sigmoid", torch.sigmoid),
        ("Tanh", torch.tanh), ("Gelu", F.gelu), ("Elu", F.elu), ("Selu", F.selu), ("HardSwish", F.hardswish),
        ("Softplus", F.softplus), ("Identity", torch.clone)]:
    case(name, function, wide())
for name, function in [("Sqrt", torch.sqrt), ("Log", torch.log), ("Reciprocal", torch.reciprocal)]:
    case(name, function, positive())
case("Gelu", lambda x: F.gelu(x, approximate="tanh"), wide(), approximate="tanh")
case("HardSigmoid", F.hardsigmoid, Floats(3, 7, scale=5.0), alpha=0.16666667, beta=0.5)
case("Clip", lambda x, low, high: torch.clamp(x, low, high), wide(), Floats(offset=-1.0), Floats(offset=1.0))

# Functions of two elements, or more.
for name, function in [
        ("Add", torch.add), ("Sub", torch.sub), ("Mul", torch.mul), ("Div", torch.div), ("Pow", torch.pow)]:
    case(name, function, Floats(2, 3, 1, scale=0.8, offset=1.2), Floats(3, 5, salt=2, scale=0.8, offset=1.2))
case("Max", torch.maximum, Floats(3, 5), Floats(5, salt=2))
case("Min", torch.minimum, Floats(3, 1), Floats(2, 1, 5, salt=2))
case("PRelu", lambda x, slope: F.prelu(x, slope.flatten()), Floats(2, 3, 4), Floats(3, 1, salt=2))
case("Where", lambda c, a, b: torch.where(c.bool(), a, b), Integers([1, 0, 0, 1, 1]), Floats(3, 5), Floats(3, 1, salt=2))

# Softmax, reductions.
for axis in [0, 1, -1]:
    case("Softmax", lambda x: torch.softmax(x, axis), Floats(3, 5, 2, scale=3.0), axis=axis)
    case("LogSoftmax", lambda x: torch.log_softmax(x, axis), Floats(3, 5, 2, scale=3.0), axis=axis)
for name, function in [
        ("ReduceSum", torch.sum), ("ReduceMean", torch.mean), ("ReduceMax", torch.amax), ("ReduceMin", torch.amin),
        ("ReduceL2", torch.linalg.vector_norm)]:
    case(name, lambda x, axes: function(x, dim=(0, 2), keepdim=True), Floats(3, 4, 5), Integers([0, -1]))
    case(name, lambda x, axes: function(x, dim=(1,)), Floats(3, 4, 5), Integers([1]), keepdims=0)
case("CumSum", lambda x, axis: torch.cumsum(x, 1), Floats(2, 5), Integers([1], []))

# Moves.
case("Flatten", lambda x: x.flatten(1), Floats(2, 3, 4))
case("Reshape", lambda x, s: x.reshape(4, 6), Floats(2, 3, 4), Integers([4, -1]))
case("Transpose", lambda x: x.permute(1, 2, 0), Floats(2, 3, 4), perm=[1, 2, 0])
case("Squeeze", lambda x, a: x.squeeze(1), Floats(3, 1, 4), Integers([1]))
case("Unsqueeze", lambda x, a: x.unsqueeze(1), Floats(3, 4), Integers([1]))
case("Concat", lambda *x: torch.cat(x, 1), Floats(2, 1, 3), Floats(2, 4, 3, salt=2), Floats(2, 2, 3, salt=3), axis=1)
case("Split", lambda x, s: torch.split(x, [2, 4, 1], 1)[1], Floats(2, 7, 2), Integers([2, 4, 1]), output=1, axis=1)
case("Slice", lambda x, *_: x[1:, :, 1:6:2], Floats(3, 2, 7),
     Integers([1, 1]), Integers([9, -1]), Integers([0, 2]), Integers([1, 2]))
case("Slice", lambda x, *_: x.flip(1), Floats(2, 5), Integers([-1]), Integers([-99]), Integers([1]), Integers([-1]))
case("Gather", lambda x, i: F.embedding(i, x), Floats(5, 3), Integers([4, 0, 4, 2, 1, 4], [2, 3]))
case("Gather", lambda x, i: x[:, [1, 1, 3]], Floats(3, 4), Integers([1, 1, -1]), axis=1)
case("Pad", lambda x, p: F.pad(x, (2, 0, 1, 3)), Floats(3, 4), Integers([1, 2, 3, 0]))
case("Pad", lambda x, p: F.pad(x, (2, 1), mode="reflect"), Floats(3, 4), Integers([0, 2, 0, 1]), mode="reflect")
case("Pad", lambda x, p: F.pad(x, (3, 1), mode="replicate"), Floats(3, 4), Integers([0, 3, 0, 1]), mode="edge")
case("Expand", lambda x, s: x.expand(2, 3, 4), Floats(3, 1), Integers([2, 3, 4]))
case("Tile", lambda x, r: x.tile(2, 3), Floats(2, 3), Integers([2, 3]))

# Products.
case("MatMul", torch.matmul, Floats(3, 5), Floats(5, 7, salt=2))
case("MatMul", torch.matmul, Floats(2, 3, 5), Floats(5, 4, salt=2))
case("MatMul", torch.matmul, Floats(2, 1, 3, 5), Floats(3, 5, 2, salt=2))
case("MatMul", torch.matmul, Floats(3, 4), Floats(2, 4, 5, salt=2))
case("MatMul", torch.matmul, Floats(5), Floats(3, 5, 2, salt=2))
case("MatMul", torch.matmul, Floats(2, 3, 5), Floats(5, salt=2))
case("MatMul", torch.matmul, Floats(5), Floats(5, salt=2))
case("Gemm", lambda a, b, c: torch.addmm(c, a.T, b.T, alpha=0.5, beta=2.0), Floats(4, 3), Floats(5, 4, salt=2),
     Floats(5, salt=3), transA=1, transB=1, alpha=0.5, beta=2.0)


def convolution(shape, weight, stride, pads, dilation, group):
    """Pads before and after each dimension."""
    function = [F.conv1d, F.conv2d][len(stride) - 1]
    rank = len(stride)
    both = [p for axis in reversed(range(rank)) for p in (pads[axis], pads[axis + rank])]
    case("Conv", lambda x, w, b: function(F.pad(x, both), w, b, stride, 0, dilation, group), Floats(*shape),
         Floats(*weight, salt=2), Floats(weight[0], salt=3), strides=stride, pads=pads, dilations=dilation,
         group=group)


convolution([2, 3, 7, 5], [4, 3, 3, 2], [1, 1], [0, 0, 0, 0], [1, 1], 1)
convolution([2, 2, 6, 7], [3, 2, 3, 3], [2, 3], [1, 0, 2, 1], [1, 1], 1)
convolution([1, 4, 7, 6], [6, 2, 3, 2], [1, 2], [2, 1, 2, 1], [2, 3], 2)
convolution([1, 3, 5, 5], [3, 1, 3, 3], [1, 1], [1, 1, 1, 1], [1, 1], 3)
convolution([2, 3, 9], [4, 3, 3], [1], [0, 0], [1], 1)
convolution([2, 4, 11], [6, 2, 3], [2], [2, 1], [2], 2)

# Pools.
case("MaxPool", lambda x: F.max_pool2d(x, 2), Floats(2, 2, 6, 4), kernel_shape=[2, 2], strides=[2, 2])
case("MaxPool", lambda x: F.max_pool2d(x, (3, 2), (1, 2), 1, 1), Floats(1, 2, 5, 7), kernel_shape=[3, 2],
     strides=[1, 2], pads=[1, 1, 1, 1])
case("MaxPool", lambda x: F.max_pool1d(x, 3, 2, 1), Floats(2, 3, 8), kernel_shape=[3], strides=[2], pads=[1, 1])
case("AveragePool", lambda x: F.avg_pool2d(x, (3, 2), (1, 2), 1), Floats(1, 2, 5, 6), kernel_shape=[3, 2],
     strides=[1, 2], pads=[1, 1, 1, 1], count_include_pad=1)
case("AveragePool", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), Floats(2, 1, 7, 5),
     kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
case("AveragePool", lambda x: F.avg_pool1d(x, 3, 2, 1, count_include_pad=False), Floats(2, 3, 8), kernel_shape=[3],
     strides=[2], pads=[1, 1])
case("GlobalAveragePool", lambda x: F.adaptive_avg_pool2d(x, 1), Floats(2, 3, 4, 5))
case("GlobalMaxPool", lambda x: F.adaptive_max_pool2d(x, 1), Floats(2, 3, 4, 5))

# Normalisations.
case("LayerNormalization", lambda x, w, b: F.layer_norm(x, [5], w, b), Floats(3, 2, 5), Floats(5, salt=2),
     Floats(5, salt=3))
case("LayerNormalization", lambda x, w: F.layer_norm(x, [2, 5], w), Floats(3, 2, 5), Floats(2, 5, salt=2), axis=1)
case("InstanceNormalization", lambda x, w, b: F.instance_norm(x, weight=w, bias=b), Floats(2, 3, 4, 2),
     Floats(3, salt=2), Floats(3, salt=3))


def normalized(x, scale, offset, mean, variance):
    def wide(v):
        return v[:, None]
    return (x - wide(mean)) / torch.sqrt(wide(variance) + 1e-5) * wide(scale) + wide(offset)


case("BatchNormalization", normalized, Floats(2, 3, 4), Floats(3, salt=2), Floats(3, salt=3), Floats(3, salt=4),
     Floats(3, salt=5, scale=0.5, offset=1.0))


def batch_normalization(shape, momentum, epsilon):
    """In training: the output, the running statistics after a step, the gradients."""
    channels = shape[1]
    x = pattern(shape, 1, 2.0, 0.3).requires_grad_()
    scale, offset = (pattern([channels], s, 0.5, 1.0).requires_grad_() for s in (2, 3))
    mean, variance = pattern([channels], 4), pattern([channels], 5, 0.5, 1.0)
    y = F.batch_norm(x, mean, variance, scale, offset, training=True, momentum=momentum, eps=epsilon)
    y.backward(pattern(shape, 99))
    cases.append({
        "kind": "batch normalization", "name": f"{shape}", "shape": shape, "momentum": momentum, "epsilon": epsilon,
        "output": numbers(y), "statistics": [numbers(mean), numbers(variance)],
        "gradients": [numbers(v.grad) for v in (x, scale, offset)]})


batch_normalization([12, 5], 0.1, 1e-5)
batch_normalization([4, 3, 5], 0.1, 1e-3)
batch_normalization([3, 2, 5, 7], 0.25, 1e-5)
dump(cases)
