"""Writes ONNXRuntimeFixtures.swift: what ONNX Runtime gives for the graphs that OpenShapeTests.swift builds.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install numpy onnx onnxruntime && /tmp/v/bin/python make.py
"""
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper


def numbers(count, seed):
    """The same as `floats` in OpenShapeTests.swift: multiples of 1/64 in -1..<1."""
    state, values = seed, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        values.append((state >> 16) % 128 / 64 - 1)
    return np.array(values, np.float32)


def run(nodes, inputs, outputs, weights, feed):
    info = lambda name, array: helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), [None] * array.ndim)
    graph = helper.make_graph(
        nodes, "g", [info(name, feed[name]) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return onnxruntime.InferenceSession(model.SerializeToString()).run(outputs, feed)


def counted(count):
    node = helper.make_node
    weights = {"w": numbers(12, 1).reshape(3, 4), "b": numbers(4, 2), "zero": np.array(0, np.int64),
               "one": np.array(1, np.int64), "axis": np.array([1], np.int64), "row": numbers(3, 3).reshape(1, 3)}
    nodes = [
        node("Range", ["zero", "count", "one"], ["r"]), node("Cast", ["r"], ["f"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["f", "axis"], ["c"]), node("Mul", ["c", "row"], ["m"]),
        node("MatMul", ["m", "w"], ["p"]), node("Add", ["p", "b"], ["s"]), node("Relu", ["s"], ["y"])]
    return run(nodes, ["count"], ["y"], weights, {"count": np.array(count, np.int64)})[0]


def regrouped(scores):
    node = helper.make_node
    weights = {"rest": np.array([-1], np.int64)}
    nodes = [
        node("ArgMax", ["scores"], ["k"], axis=0, keepdims=1), node("Concat", ["k", "rest"], ["shape"], axis=0),
        node("Reshape", ["x", "shape"], ["t"]), node("Softmax", ["t"], ["y"], axis=-1)]
    return run(nodes, ["x", "scores"], ["y"], weights, {"x": numbers(24, 4).reshape(4, 6), "scores": scores})[0]


def branched(level):
    node = helper.make_node
    out = lambda: helper.make_tensor_value_info("o", TensorProto.FLOAT, None)
    then = helper.make_graph([node("MatMul", ["x", "w"], ["p"]), node("Relu", ["p"], ["o"])], "then", [], [out()])
    other = helper.make_graph([node("Neg", ["x"], ["o"])], "else", [], [out()])
    weights = {"w": numbers(30, 5).reshape(6, 5), "limit": np.array(0.25, np.float32)}
    nodes = [
        node("ReduceMax", ["level"], ["top"], keepdims=0), node("Greater", ["top", "limit"], ["c"]),
        node("If", ["c"], ["b"], then_branch=then, else_branch=other), node("Exp", ["b"], ["y"])]
    feed = {"x": numbers(12, 6).reshape(2, 6), "level": np.array([level, 0], np.float32)}
    return run(nodes, ["x", "level"], ["y"], weights, feed)[0]


def recurrent(kind, gates):
    hidden, features, steps, batch = 4, 3, 5, 2
    weights = {"w": numbers(2 * gates * hidden * features, 7).reshape(2, gates * hidden, features),
               "r": numbers(2 * gates * hidden * hidden, 8).reshape(2, gates * hidden, hidden),
               "b": numbers(4 * gates * hidden, 9).reshape(2, 2 * gates * hidden)}
    extra = {"linear_before_reset": 1} if kind == "GRU" else {}
    nodes = [helper.make_node(kind, ["x", "w", "r", "b", "lengths"], ["y", "h"], hidden_size=hidden,
                              direction="bidirectional", **extra)]
    feed = {"x": numbers(steps * batch * features, 10).reshape(steps, batch, features),
            "lengths": np.array([5, 3], np.int32)}
    return run(nodes, ["x", "lengths"], ["y", "h"], weights, feed)


def literal(array):
    values = ", ".join(repr(float(v)) for v in np.asarray(array, np.float32).reshape(-1))
    shape = ", ".join(str(extent) for extent in array.shape)
    return f"ONNXRuntimeFixture(\n            shape: [{shape}],\n            floats: [{values}])"


cases = {
    "countedFive": counted(5), "countedNone": counted(0),
    "regroupedTwo": regrouped(np.array([0, 1, 3, 2], np.float32)[[0, 1, 2, 3]]),
    "regroupedOne": regrouped(np.array([0, 7, 3, 2], np.float32)),
    "branchedThen": branched(0.5), "branchedElse": branched(0.0)}
for kind, gates in [("LSTM", 4), ("GRU", 3)]:
    for name, array in zip(["All", "Last"], recurrent(kind, gates)):
        cases[kind.lower() + name] = array
with open("../ONNXRuntimeFixtures.swift", "w") as file:
    file.write("// Written by Fixtures/make.py.\n// swift-format-ignore-file\n\nimport PithGraph\n\n"
               "/// An output of ONNX Runtime.\nstruct ONNXRuntimeFixture {\n    let shape: Shape\n    let floats: [Float]\n\n")
    for name, array in cases.items():
        file.write(f"    static let {name} =\n        {literal(array)}\n")
    file.write("}\n")
