"""Turns what `PithBench make` wrote into LiteRT's flatbuffer, whose pictures are NHWC."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from models import manifest


class Writer:
    """A model of one subgraph, a chain of operators."""

    def __init__(self, shape):
        self.model, self.graph = schema.ModelT(), schema.SubGraphT()
        self.model.version, self.model.buffers = 3, [schema.BufferT()]
        self.model.operatorCodes, self.model.subgraphs = [], [self.graph]
        self.graph.tensors, self.graph.operators = [], []
        self.last = self.tensor(shape)
        self.graph.inputs = [self.last]

    def tensor(self, shape, data=None):
        tensor = schema.TensorT()
        tensor.name = f"t{len(self.graph.tensors)}"
        tensor.shape = [int(extent) for extent in shape]
        tensor.type = schema.TensorType.INT32 if data is not None and data.dtype == np.int32 else schema.TensorType.FLOAT32
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def add(self, name, constants, shape, options, kind):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = code.builtinCode, 1
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes)
        self.model.operatorCodes.append(code)
        operator.inputs = [self.last] + [self.tensor(c.shape, c) for c in constants]
        self.last = self.tensor(shape)
        operator.outputs = [self.last]
        operator.builtinOptions, operator.builtinOptionsType = options, getattr(schema.BuiltinOptions, kind)
        self.graph.operators.append(operator)

    def bytes(self):
        self.graph.outputs = [self.last]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def convert(directory, name, batch):
    """The bytes of a model for a batch; ValueError for what it has no operator for."""
    features, layers, weights = manifest(f"{directory}/{name}.txt")
    arrays = {w: np.fromfile(f"{directory}/{name}.{w}.f32", np.float32).reshape(s) for w, s in weights.items()}
    shape = features if len(features) == 1 else [features[1], features[2], features[0]]
    writer = Writer([batch] + shape)
    flattened = None
    for index, (kind, *rest) in enumerate(layers):
        relu = index + 1 < len(layers) and layers[index + 1][0] == "relu"
        activation = getattr(schema.ActivationFunctionType, "RELU" if relu else "NONE")
        if kind == "relu":
            continue
        if kind in ("gemm", "matmul"):
            weight = arrays[rest[0]] if kind == "gemm" else arrays[rest[0]].T
            if flattened:  # The columns are in the order of NCHW.
                height, width, channels = flattened
                weight = weight.reshape(-1, channels, height, width).transpose(0, 2, 3, 1).reshape(len(weight), -1)
                flattened = None
            options = schema.FullyConnectedOptionsT()
            options.fusedActivationFunction = activation
            bias = arrays[rest[1]] if kind == "gemm" else np.zeros(len(weight), np.float32)
            shape = [len(weight)]
            writer.add("FULLY_CONNECTED", [weight, bias], [batch] + shape, options, "FullyConnectedOptions")
        elif kind == "conv":
            weight, padding = arrays[rest[0]], int(rest[2])
            if padding not in (0, weight.shape[2] // 2):
                raise ValueError("neither SAME nor VALID")
            options = schema.Conv2DOptionsT()
            options.padding = schema.Padding.SAME if padding else schema.Padding.VALID
            options.strideW = options.strideH = options.dilationWFactor = options.dilationHFactor = 1
            options.fusedActivationFunction = activation
            cut = 0 if padding else weight.shape[2] - 1
            shape = [shape[0] - cut, shape[1] - cut, len(weight)]
            writer.add(
                "CONV_2D", [weight.transpose(0, 2, 3, 1), arrays[rest[1]]], [batch] + shape, options, "Conv2DOptions")
        elif kind == "pool":
            options = schema.Pool2DOptionsT()
            options.padding = schema.Padding.VALID
            options.strideW = options.strideH = options.filterWidth = options.filterHeight = 2
            shape = [shape[0] // 2, shape[1] // 2, shape[2]]
            writer.add("MAX_POOL_2D", [], [batch] + shape, options, "Pool2DOptions")
        elif kind == "flatten":
            flattened = shape
            shape = [int(np.prod(shape))]
            options = schema.ReshapeOptionsT()
            options.newShape = [batch] + shape
            writer.add("RESHAPE", [np.array(options.newShape, np.int32)], [batch] + shape, options, "ReshapeOptions")
        elif kind == "softmax":
            options = schema.SoftmaxOptionsT()
            options.beta = 1.0
            writer.add("SOFTMAX", [], [batch] + shape, options, "SoftmaxOptions")
        else:
            raise ValueError(f"no operator for {kind}")
    return writer.bytes()
