#!/usr/bin/env python3
"""Makes the fixtures beside it with the real libraries: pip install torch safetensors numpy onnx onnxruntime, in a throw-away venv.

Element number i (row-major) of every float tensor is i/4 - 1, of every integer tensor i.
"""
import json
import os
import zipfile

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def tensor(shape, dtype=torch.float32):
    count = int(np.prod(shape))
    values = torch.arange(count, dtype=torch.float64)
    if dtype.is_floating_point:
        values = values / 4 - 1
    elif dtype == torch.bool:
        values = values % 2
    return values.to(dtype).reshape(shape)


TYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2, torch.int64,
    torch.int32, torch.int16, torch.int8, torch.uint64, torch.uint32, torch.uint16, torch.uint8, torch.bool,
]


def every_type():
    return {str(dtype).split(".")[1]: tensor((2, 3), dtype) for dtype in TYPES}


def safetensors():
    tensors = every_type()
    tensors["scalar"] = tensor(())
    tensors["empty"] = tensor((0, 3))
    save_file(tensors, "types.safetensors", metadata={"format": "pt"})
    save_file({"a.weight": tensor((2, 2))}, "shard-1.safetensors")
    save_file({"b.weight": tensor((3,))}, "shard-2.safetensors")
    index = {"metadata": {"total_size": 28},
             "weight_map": {"a.weight": "shard-1.safetensors", "b.weight": "shard-2.safetensors"}}
    with open("shards.safetensors.index.json", "w") as file:
        json.dump(index, file)


def numpy():
    names = ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?")
    arrays = {np.dtype(name).name: tensor((2, 3), torch.float32 if name[0] == "f" else torch.int64 if name != "?"
                                         else torch.bool).numpy().astype(name) for name in names}
    arrays["fortran"] = np.asfortranarray(tensor((2, 3)).numpy())
    arrays["big"] = tensor((2, 3)).numpy().astype(">f4")
    np.savez("arrays.npz", **arrays)
    np.savez_compressed("compressed.npz", **arrays)


def network():
    """A network whose parameters follow the rule above, so that every file of it holds the same tensors."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        for value in module.state_dict().values():
            value.copy_(tensor(value.shape, value.dtype))
    return module


def pytorch():
    module = network()
    state = module.state_dict()
    torch.save(state, "state.pt")
    torch.save(state, "state-old.pt", _use_new_zipfile_serialization=False)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    module.load_state_dict(network().state_dict())
    torch.save({"epoch": 1, "model_state_dict": network().state_dict(), "optimizer": optimizer.state_dict(),
                "loss": 0.5}, "checkpoint.pt")
    torch.save({"module." + key: value for key, value in state.items()}, "data-parallel.pt")
    torch.save(network(), "module.pt")
    torch.save(network(), "module-old.pt", _use_new_zipfile_serialization=False)
    torch.jit.script(network()).save("script.pt")
    torch.save({"generator": state, "discriminator": state}, "two.pt")
    torch.save(every_type(), "types.pt")
    old = {key: value for key, value in every_type().items() if not key.startswith(("float8", "uint1", "uint3", "uint6"))}
    torch.save(old, "types-old.pt", _use_new_zipfile_serialization=False)
    base = tensor((4, 6))
    # What the names say, each with the elements that the comment in the test gives.
    views = {"whole": base, "row": base[1], "column": base[:, 1], "block": base[1:3, 2:4], "transposed": base.t(),
             "stepped": base[::2, ::3], "scalar": base[2, 3], "expanded": base[0, :2].expand(3, 2),
             "empty": base[:0], "parameter": torch.nn.Parameter(base[:, :2])}
    torch.save(views, "views.pt")
    torch.save(views, "views-old.pt", _use_new_zipfile_serialization=False)
    torch.save({"a": np.arange(6, dtype="<f4").reshape(2, 3) / 4 - 1,
                "b": np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3) / 4 - 1)}, "numpy.pt")
    # Bytes of another order, and deflated members, as some writers make them.
    with zipfile.ZipFile("state.pt") as source:
        with zipfile.ZipFile("state-big-endian.pt", "w") as target, \
                zipfile.ZipFile("state-deflated.pt", "w", zipfile.ZIP_DEFLATED) as packed:
            for item in source.namelist():
                data = source.read(item)
                packed.writestr(item, data)
                if item.endswith("byteorder"):
                    data = b"big"
                elif "/data/" in item:
                    width = 8 if len(data) == 8 and item.endswith("/6") else 4
                    data = np.frombuffer(data, dtype="<u%d" % width).byteswap().tobytes()
                target.writestr(item, data)


def carried():
    """Elements that Pith has no type for, and an archive whose records are those of files over 4 GiB."""
    numbers = np.arange(6).reshape(2, 3)
    np.savez("carried.npz", complex64=numbers.astype("<c8") * (1 + 2j), big=numbers.astype(">c16") * (1 + 2j),
             fortran=np.asfortranarray(numbers.astype("<c8") * (1 + 2j)), text=np.array(["ab", "c"]),
             date=np.array(["1970-01-02"], "M8[D]"), plain=tensor((2, 3)).numpy())
    whole = tensor((2, 3))
    rows = torch.quantize_per_channel(whole, torch.tensor([0.5, 0.25], dtype=torch.float64), torch.tensor([1, 2]), 0,
                                      torch.qint8)
    torch.save({"rows": rows, "all": torch.quantize_per_tensor(whole, 0.5, 3, torch.quint8), "plain": whole,
                "complex": torch.complex(whole, whole)}, "quantized.pt")
    narrow = {name: (whole + 2).to(getattr(torch, name))
              for name in ("float8_e8m0fnu", "float8_e4m3fnuz", "float8_e5m2fnuz", "complex64")}
    narrow["float4"] = torch.arange(6, dtype=torch.uint8).reshape(2, 3).view(torch.float4_e2m1fn_x2)
    save_file(narrow, "carried.safetensors")
    limit, zipfile.ZIP64_LIMIT = zipfile.ZIP64_LIMIT, 1
    with zipfile.ZipFile("state.pt") as source, zipfile.ZipFile("state-zip64.pt", "w") as target:
        for item in source.namelist():
            with target.open(item, "w", force_zip64=True) as member:
                member.write(source.read(item))
    zipfile.ZIP64_LIMIT = limit


def save_onnx(name, nodes, inputs, outputs, opset, initializers=(), ir=8, feed=None, functions=(), domains=()):
    """A model, and beside it what ONNX Runtime gives for an input that is not all alike, under the values' names."""
    value = lambda item: helper.make_tensor_value_info(item[0], item[1], item[2])
    graph = helper.make_graph(nodes, name, [value(i) for i in inputs], [value(o) for o in outputs], list(initializers))
    sets = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
    model = helper.make_model(graph, opset_imports=sets, ir_version=ir, functions=list(functions))
    onnx.checker.check_model(model)
    onnx.save(model, "onnx-%s.onnx" % name)
    if feed is not None:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        results = session.run(None, feed)
        np.savez("onnx-%s.npz" % name, **feed, **{o[0]: r for o, r in zip(outputs, results)})


def onnx_models():
    F, I, B = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
    node, array = helper.make_node, numpy_helper.from_array
    x = (np.arange(12, dtype=np.float32).reshape(2, 6) % 5 - 2) / 4
    weight = array(tensor((6, 3)).numpy(), "w")
    # Weights as initializers, a symbolic batch, a dropout, and an output that is an input of another node.
    save_onnx("chain", [node("MatMul", ["x", "w"], ["m"]), node("Dropout", ["m"], ["d"]), node("Relu", ["d"], ["hidden"]),
                        node("Softmax", ["hidden"], ["p"], axis=-1)],
              [("x", F, ["batch", 6])], [("p", F, ["batch", 3]), ("hidden", F, ["batch", 3])], 13, [weight],
              feed={"x": x})
    # Weights in Constant nodes alone, one of them by float_data.
    typed = helper.make_tensor("b", F, [3], [0.5, -0.25, 1.0])
    save_onnx("constants", [node("Constant", [], ["w"], value=weight), node("Constant", [], ["b"], value=typed),
                            node("Gemm", ["x", "w", "b"], ["y"], alpha=0.5)],
              [("x", F, [2, 6])], [("y", F, [2, 3])], 13, feed={"x": x})
    # Forms that operator set 6 had: broadcast and axis, and inputs that repeat the initializers (representation 3).
    save_onnx("old", [node("MatMul", ["x", "w"], ["m"]), node("Add", ["m", "c"], ["a"], broadcast=1, axis=0),
                      node("Dropout", ["a"], ["y"], ratio=0.5)],
              [("x", F, [2, 6]), ("w", F, [6, 3]), ("c", F, [2])], [("y", F, [2, 3])], 6,
              [weight, array(np.array([0.5, -1], np.float32), "c")], ir=3)
    # A softmax over several dimensions at once, before operator set 13.
    save_onnx("softmax", [node("Reshape", ["x", "shape"], ["r"]), node("Softmax", ["r"], ["y"], axis=1)],
              [("x", F, [2, 6])], [("y", F, [2, 2, 3])], 11, [array(np.array([0, 2, 3]), "shape")], feed={"x": x})
    # Shape arithmetic that folds away: reshape to [batch, -1] by the input's own shape.
    save_onnx("shapes", [node("Shape", ["x"], ["s"]), node("Gather", ["s", "zero"], ["n"], axis=0),
                         node("Unsqueeze", ["n", "axes"], ["u"]), node("Concat", ["u", "rest"], ["t"], axis=0),
                         node("Reshape", ["x", "t"], ["y"])],
              [("x", F, [2, 3, 2])], [("y", F, [2, 6])], 13,
              [array(np.array(0), "zero"), array(np.array([0]), "axes"), array(np.array([-1]), "rest")],
              feed={"x": x.reshape(2, 3, 2)})
    # A branch on a constant, its weights in the branch.
    inner = helper.make_graph([node("MatMul", ["x", "iw"], ["t"])], "then", [], [helper.make_tensor_value_info("t", F, [2, 3])],
                              [array(tensor((6, 3)).numpy(), "iw")])
    other = helper.make_graph([node("Neg", ["x"], ["e"])], "else", [], [helper.make_tensor_value_info("e", F, [2, 6])])
    save_onnx("branch", [node("If", ["c"], ["y"], then_branch=inner, else_branch=other)],
              [("x", F, [2, 6])], [("y", F, [2, "n"])], 13, [array(np.array(True), "c")], feed={"x": x})
    # A function of the model's own, with an attribute.
    leaky = node("LeakyRelu", ["a"], ["r"])
    leaky.attribute.append(onnx.AttributeProto(name="alpha", ref_attr_name="slope", type=onnx.AttributeProto.FLOAT))
    function = helper.make_function("own", "Twice", ["a"], ["s"], [leaky, node("Add", ["r", "r"], ["s"])],
                                    [helper.make_opsetid("", 16)], ["slope"])
    save_onnx("function", [node("Twice", ["x"], ["y"], domain="own", slope=0.25)], [("x", F, [2, 6])],
              [("y", F, [2, 6])], 16, feed={"x": x}, functions=[function], domains=["own"])
    # Operators that are made of others: elements by their indices, whole numbers.
    index = array(np.array([[2, -1, 0, 1, 1, 5]]), "index")
    save_onnx("elements", [node("GatherElements", ["x", "i"], ["g"], axis=1),
                           node("ScatterElements", ["x", "index", "g"], ["s"], axis=1),
                           node("Mul", ["x", "scale"], ["m"]), node("Floor", ["m"], ["floor"]),
                           node("Ceil", ["m"], ["ceil"]), node("Round", ["m"], ["round"])],
              [("x", F, [1, 6]), ("i", I, [1, 6])],
              [("s", F, [1, 6]), ("floor", F, [1, 6]), ("ceil", F, [1, 6]), ("round", F, [1, 6])], 18,
              [index, array(np.array(2, np.float32), "scale")],
              feed={"x": np.array([[-0.75, -0.25, 0.25, 0.75, 1.25, 8388608]], np.float32),
                    "i": np.array([[5, 4, -6, 0, 0, 1]])})
    # The same elements by any number of rows.
    save_onnx("rows", [node("GatherElements", ["x", "i"], ["y"], axis=-1)],
              [("x", F, ["n", 6]), ("i", I, ["n", 2])], [("y", F, ["n", 2])], 13,
              feed={"x": x, "i": np.array([[0, -1], [3, 2]])})
    # Weights in a file beside the model.
    graph = helper.make_graph([node("MatMul", ["x", "w"], ["y"])], "external",
                              [helper.make_tensor_value_info("x", F, [2, 6])],
                              [helper.make_tensor_value_info("y", F, [2, 3])], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, "onnx-external.onnx", save_as_external_data=True, location="onnx-external.bin", size_threshold=0)
    np.savez("onnx-external.npz", x=x, y=x @ tensor((6, 3)).numpy())
    # Three nodes that cannot be converted, two of them behind the first.
    odd = helper.make_graph([node("NonMaxSuppression", ["x", "x"], ["n"]), node("Relu", ["x"], ["r"]),
                             node("Det", ["r"], ["d"], name="determinant"), node("Foo", ["r"], ["y"], domain="bar")], "odd",
                            [helper.make_tensor_value_info("x", F, [1, 3, 3])],
                            [helper.make_tensor_value_info("y", F, [1])])
    onnx.save(helper.make_model(odd, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("bar", 1)],
                                ir_version=8), "onnx-odd.onnx")


if __name__ == "__main__":
    onnx_models()
    safetensors()
    numpy()
    pytorch()
    carried()
