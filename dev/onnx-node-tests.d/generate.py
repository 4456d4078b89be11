"""Writes the test cases of the onnx package, twice.

usage: generate.py FOLDER. In FOLDER/models every case is a folder with model.onnx, tolerance.txt (relative, absolute),
inputs.safetensors and outputs.safetensors (tensors "0 NAME", "1 NAME", …), or left-out.txt with the reason where those are no
tensors of types that Pith has. In FOLDER/text are the cases whose operators and types Pith has, with graph.onnxtxt, the
text form of the graph, and inputs.bin and outputs.bin: for each tensor a line "type extents", then its little-endian
bytes.
"""

import collections
import json
import pathlib
import re
import struct
import sys
import warnings

import numpy as np
import onnx
from onnx import AttributeProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.loader import load_model_tests

warnings.simplefilter("ignore")

TYPES = {1: "float", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
         10: "float16", 11: "double", 12: "uint32", 13: "uint64", 16: "bfloat16", 17: "float8e4m3fn", 19: "float8e5m2"}
WIDTH = {"float": "I", "uint8": "B", "int8": "B", "uint16": "H", "int16": "H", "int32": "I", "int64": "Q", "bool": "B",
         "float16": "H", "double": "Q", "uint32": "I", "uint64": "Q", "bfloat16": "H", "float8e4m3fn": "B",
         "float8e5m2": "B"}
# The domain-less attributes that older operator sets keep where newer ones have an input.
ATTRIBUTE_INPUTS = {"Clip": ["min", "max"], "Squeeze": ["axes"], "Unsqueeze": ["axes"], "Split": ["split"],
                    "Slice": ["starts", "ends", "axes"], "Pad": ["pads", "value"], "ReduceSum": ["axes"],
                    "ReduceMean": ["axes"], "ReduceMax": ["axes"], "ReduceMin": ["axes"], "ReduceL2": ["axes"],
                    "TopK": ["k"], "Dropout": ["ratio"], "Reshape": ["shape"], "Expand": ["shape"]}
IGNORED = {("Dropout", "seed"), ("Cast", "round_mode"), ("BatchNormalization", "spatial"), ("Dropout", "is_test"),
           ("BatchNormalization", "is_test"), ("BatchNormalization", "consumed_inputs"), ("Add", "consumed_inputs"),
           ("Gemm", "consumed_inputs")}


class Skip(Exception):
    pass


def read_table():
    page = pathlib.Path(__file__).resolve().parents[2] / "spec" / "OPERATORS.md"
    rows = {}
    for line in page.read_text().splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 7 and cells[0].isdigit():
            rows[cells[1]] = {re.split(r"[=!?]", a)[0] for a in cells[6].split(", ") if a}
    return rows


TABLE = read_table()


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def typed(value, known=None):
    if not value.type.HasField("tensor_type"):
        raise Skip("a value that is no tensor")
    tensor = value.type.tensor_type
    if tensor.elem_type not in TYPES:
        raise Skip(f"the element type {onnx.TensorProto.DataType.Name(tensor.elem_type)}")
    if known is not None:
        dims = [str(d) for d in (known.dims if isinstance(known, onnx.TensorProto) else known.shape)]
    else:
        dims = [str(d.dim_value) if d.HasField("dim_value") else quoted(d.dim_param) if d.dim_param else "?"
                for d in tensor.shape.dim]
    return f"{TYPES[tensor.elem_type]}[{','.join(dims)}] {quoted(value.name)}"


def element_words(tensor):
    """Type, extents and the elements' bits of a TensorProto."""
    if tensor.data_type not in TYPES:
        raise Skip(f"the element type {onnx.TensorProto.DataType.Name(tensor.data_type)}")
    name = TYPES[tensor.data_type]
    array = np.ascontiguousarray(numpy_helper.to_array(tensor))
    return name, list(tensor.dims), words(array, name)


def words(array, name):
    return list(struct.unpack("<%d%s" % (array.size, WIDTH[name]), np.ascontiguousarray(array).tobytes()))


def literal(tensor):
    name, dims, bits = element_words(tensor)
    if name in ("int64", "int32", "int16", "int8"):
        width = struct.calcsize(WIDTH[name]) * 8
        bits = [b - (1 << width) if b >> (width - 1) else b for b in bits]
        text = ", ".join(map(str, bits))
    else:
        text = ", ".join(hex(b) for b in bits) if name != "bool" else ", ".join(map(str, bits))
    return f"{name}[{','.join(map(str, dims))}] {{{text}}}"


def attribute_text(a):
    k = AttributeProto
    if a.type == k.INT:
        return str(a.i)
    if a.type == k.FLOAT:
        return repr(float(np.float32(a.f)))
    if a.type == k.STRING:
        return quoted(a.s.decode())
    if a.type == k.INTS:
        return "[" + ", ".join(map(str, a.ints)) + "]"
    if a.type == k.FLOATS:
        return "[" + ", ".join(repr(float(np.float32(f))) for f in a.floats) + "]"
    if a.type == k.STRINGS:
        return "[" + ", ".join(quoted(s.decode()) for s in a.strings) + "]"
    if a.type == k.TENSOR:
        return literal(a.t)
    raise Skip(f"an attribute of kind {a.type}")


class Writer:
    def __init__(self, opset, ranks):
        self.count, self.opset, self.ranks = 0, opset, ranks

    def fresh(self):
        self.count += 1
        return f"made{self.count}"

    def graph(self, graph, known_inputs, captures=()):
        initializers = {t.name: t for t in graph.initializer}
        if graph.sparse_initializer:
            raise Skip("sparse tensors")
        lines = [f"{quoted(t.name)} = Constant <value = {literal(t)}> ()" for t in graph.initializer]
        inputs = [v for v in graph.input if v.name not in initializers]
        head = ", ".join(list(captures) + [typed(v, k) for v, k in zip(inputs, known_inputs or [None] * len(inputs))])
        for node in graph.node:
            lines += self.node(node)
        tail = ", ".join(typed(v) for v in graph.output)
        return f"{quoted(graph.name)} ({head}) => ({tail}) {{\n" + "".join("  " + l + "\n" for l in lines) + "}\n"

    def node(self, node):
        if node.domain not in ("", "ai.onnx") or node.op_type not in TABLE:
            raise Skip(f"the operator {node.op_type}")
        op, lines = node.op_type, []
        inputs = [quoted(i) if i else "" for i in node.input]
        attributes = []
        for a in node.attribute:
            if op == "Constant" and a.name != "value":
                value = helper.get_attribute_value(a)
                kind = np.int64 if "int" in a.name else np.float32
                if a.name.startswith("value_string") or a.name == "sparse_value":
                    raise Skip("a constant of texts")
                attributes.append("value = " + literal(numpy_helper.from_array(np.array(value, kind))))
            elif (op, a.name) in IGNORED:
                continue
            elif a.name in ATTRIBUTE_INPUTS.get(op, []) and a.name not in TABLE[op]:
                value = np.array(helper.get_attribute_value(a))
                value = value.astype(np.float32 if value.dtype.kind == "f" else np.int64)
                name = self.fresh()
                lines.append(f"{name} = Constant <value = {literal(numpy_helper.from_array(value))}> ()")
                place = ATTRIBUTE_INPUTS[op].index(a.name) + 1
                inputs += [""] * (place + 1 - len(inputs))
                inputs[place] = name
            elif a.name not in TABLE[op]:
                raise Skip(f"the attribute {a.name} of {op}")
            elif a.type == AttributeProto.GRAPH:
                captured = self.captures(a.g)
                if captured:
                    raise Skip("captures of a branch")
                attributes.append(f"{a.name} = " + self.graph(a.g, None).strip())
            else:
                attributes.append(f"{a.name} = {attribute_text(a)}")
        if op == "PRelu" and self.opset < 7 and self.ranks.get(node.input[0], 0) > 2:
            # A slope per channel, before slopes broadcast from the last dimension.
            axes, slope = self.fresh(), self.fresh()
            numbers = ", ".join(map(str, range(1, self.ranks[node.input[0]] - 1)))
            lines += [f"{axes} = Constant <value_ints = [{numbers}]> ()", f"{slope} = Unsqueeze ({inputs[1]}, {axes})"]
            inputs[1] = slope
        outputs = [quoted(o) if o else self.fresh() for o in node.output]
        text = f"{', '.join(outputs)} = {op}"
        if attributes:
            text += f" <{', '.join(attributes)}>"
        return lines + [text + f" ({', '.join(inputs)})"]

    @staticmethod
    def captures(graph):
        defined = {t.name for t in graph.initializer} | {v.name for v in graph.input}
        defined |= {o for n in graph.node for o in n.output}
        return {i for n in graph.node for i in n.input if i} - defined


def write_tensors(path, values, protos):
    with open(path, "wb") as file:
        for value, proto in zip(values, protos):
            if isinstance(value, onnx.TensorProto):
                name, dims, bits = element_words(value)
                header = " ".join([name] + list(map(str, dims))) + "\n"
                file.write(header.encode() + struct.pack("<%d%s" % (len(bits), WIDTH[name]), *bits))
                continue
            if not isinstance(value, (np.ndarray, np.generic)) :
                raise Skip("a value that is no tensor")
            name = TYPES.get(proto.type.tensor_type.elem_type)
            if name is None or value.dtype.kind in "OUS":
                raise Skip("an element type that is not ours")
            array = np.ascontiguousarray(value)
            expected = struct.calcsize(WIDTH[name])
            if array.dtype.itemsize != expected:
                raise Skip(f"{array.dtype} where {name} is declared")
            file.write((" ".join([name] + list(map(str, value.shape))) + "\n").encode() + array.tobytes())


SAFETENSORS = {"float": "F32", "uint8": "U8", "int8": "I8", "uint16": "U16", "int16": "I16", "int32": "I32",
               "int64": "I64", "bool": "BOOL", "float16": "F16", "double": "F64", "uint32": "U32", "uint64": "U64",
               "bfloat16": "BF16", "float8e4m3fn": "F8_E4M3", "float8e5m2": "F8_E5M2"}


def write_safetensors(path, values, protos):
    header, data = {}, b""
    for number, (value, proto) in enumerate(zip(values, protos)):
        if isinstance(value, onnx.TensorProto):
            name, dims, bits = element_words(value)
            raw = struct.pack("<%d%s" % (len(bits), WIDTH[name]), *bits)
        elif not isinstance(value, (np.ndarray, np.generic)):
            raise Skip("a value that is no tensor")
        else:
            kind = proto.type.tensor_type.elem_type
            name, dims, raw = TYPES.get(kind), list(np.shape(value)), np.ascontiguousarray(value).tobytes()
            if name is None or value.dtype.kind in "OUS":
                raise Skip(f"the element type {onnx.TensorProto.DataType.Name(kind)}")
            if np.asarray(value).dtype.itemsize != struct.calcsize(WIDTH[name]):
                raise Skip(f"{value.dtype} where {name} is declared")
        header[f"{number} {proto.name}"] = {"dtype": SAFETENSORS[name], "shape": dims, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def write_model(folder, model, inputs, given, expected, rtol, atol):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "tolerance.txt").write_text(f"{rtol} {atol}\n")
    try:
        write_safetensors(folder / "inputs.safetensors", given, inputs)
        write_safetensors(folder / "outputs.safetensors", expected, model.graph.output)
    except Skip as reason:
        (folder / "left-out.txt").write_text(str(reason))


def load_set(kind):
    """The cases of the package that are files."""
    for case in load_model_tests(kind=kind):
        folder = pathlib.Path(case.model_dir)
        model = onnx.load(folder / "model.onnx")
        sets = []
        for data in sorted(folder.glob("test_data_set_*")):
            def read(prefix, protos):
                files = sorted(data.glob(prefix + "_*.pb"), key=lambda p: int(re.findall(r"\d+", p.name)[-1]))
                return [numpy_helper.to_array(onnx.load_tensor(str(f))) for f in files]
            sets.append((read("input", model.graph.input), read("output", model.graph.output)))
        yield case.name, model, sets, case.rtol, case.atol


def main():
    root = pathlib.Path(sys.argv[1])
    root.mkdir(parents=True, exist_ok=True)
    reasons, written, total = collections.Counter(), 0, 0
    cases = [(c.name, c.model, c.data_sets, c.rtol, c.atol) for c in collect_testcases(None)]
    for kind in ("simple", "pytorch-converted", "pytorch-operator"):
        try:
            cases += list(load_set(kind))
        except Exception as error:
            print(f"no set {kind}: {error}")
    for name, model, sets, rtol, atol in cases:
        total += 1
        graph = model.graph
        initializers = {t.name for t in graph.initializer}
        inputs = [v for v in graph.input if v.name not in initializers]
        for number, (given, expected) in enumerate(sets or []):
            write_model(root / "models" / (name if number == 0 else f"{name}_{number}"), model, inputs, given, expected,
                        rtol, atol)
        try:
            opset = max([o.version for o in model.opset_import if o.domain in ("", "ai.onnx")] or [1])
            ranks = {v.name: len(v.type.tensor_type.shape.dim) for v in graph.input}
            for number, (given, expected) in enumerate(sets or []):
                given = [np.asarray(v) if isinstance(v, np.generic) else v for v in given]
                if any(not isinstance(v, (np.ndarray, onnx.TensorProto)) for v in given):
                    raise Skip("a value that is no tensor")
                text = Writer(opset, ranks).graph(graph, given[:len(inputs)])
                folder = root / "text" / (name if number == 0 else f"{name}_{number}")
                folder.mkdir(parents=True, exist_ok=True)
                write_tensors(folder / "inputs.bin", given, inputs)
                write_tensors(folder / "outputs.bin", expected, graph.output)
                (folder / "tolerance.txt").write_text(f"{rtol} {atol}\n")
                (folder / "graph.onnxtxt").write_text(text)
            written += 1
        except Skip as reason:
            reasons[str(reason)] += 1
    print(f"{total} cases (onnx {onnx.__version__}), {written} of them in the text form, the others left out for "
          + ", ".join(f"{reason} ({count})" for reason, count in sorted(reasons.items(), key=lambda r: -r[1])))


main()
