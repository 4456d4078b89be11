"""Turns what `PithBench make` wrote into ONNX, for the other runtimes."""
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def manifest(path):
    layers, weights, features = [], {}, []
    for line in open(path):
        word, *rest = line.split()
        if word == "input":
            features = [int(x) for x in rest[0].split(",")]
        elif word == "weight":
            weights[rest[0]] = [int(x) for x in rest[1].split(",")]
        else:
            layers.append([word] + rest)
    return features, layers, weights


def to_onnx(directory, name):
    """Writes NAME.onnx and returns the shapes of one example's input and output."""
    features, layers, weights = manifest(f"{directory}/{name}.txt")
    arrays = {}
    for weight, shape in weights.items():
        arrays[weight] = np.fromfile(f"{directory}/{name}.{weight}.f32", np.float32).reshape(shape)
    nodes, value = [], "x"
    for index, (kind, *rest) in enumerate(layers):
        result = "y" if index == len(layers) - 1 else f"v{index}"
        if kind == "gemm":
            nodes.append(helper.make_node("Gemm", [value, *rest], [result], transB=1))
        elif kind == "matmul":
            nodes.append(helper.make_node("MatMul", [value, *rest], [result]))
        elif kind == "conv":
            pads = [int(rest[2])] * 4
            nodes.append(helper.make_node("Conv", [value, *rest[:2]], [result], pads=pads))
        elif kind == "pool":
            nodes.append(helper.make_node("MaxPool", [value], [result], kernel_shape=[2, 2], strides=[2, 2]))
        else:
            operator = {"relu": "Relu", "flatten": "Flatten", "softmax": "Softmax"}[kind]
            nodes.append(helper.make_node(operator, [value], [result]))
        value = result
    dense = [w for w in weights if len(weights[w]) == 2]
    if not dense:
        last = features
    elif layers[-1][0] == "matmul":
        last = [weights[dense[-1]][1]]
    else:
        last = [weights[dense[-1]][0]]
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch"] + features)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch"] + last)],
        [numpy_helper.from_array(array, weight) for weight, array in arrays.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    model.ir_version = 10
    onnx.checker.check_model(model)
    onnx.save(model, f"{directory}/{name}.onnx")
    return features, last


def quantize(directory, name):
    """Writes NAME.int8.onnx, with ONNX Runtime's own dynamic quantization."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)
    quantize_dynamic(f"{directory}/{name}.onnx", f"{directory}/{name}.int8.onnx", weight_type=QuantType.QInt8)


def names(directory):
    return sorted(file[:-4] for file in os.listdir(directory) if file.endswith(".txt"))
