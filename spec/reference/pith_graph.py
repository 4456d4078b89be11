"""Section 3 of spec/FORMAT.md: the graph. Operators, types and attributes come from the table in spec/OPERATORS.md."""

import pathlib
import re
import struct
from dataclasses import dataclass, field

from pith_bytes import PithError

SPEC = pathlib.Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class ElementType:
    name: str
    size: int
    is_float: bool


TYPES = {
    1: ElementType("float", 4, True), 2: ElementType("double", 8, True), 3: ElementType("float16", 2, True),
    4: ElementType("bfloat16", 2, True), 5: ElementType("float8e4m3fn", 1, True),
    6: ElementType("float8e5m2", 1, True), 7: ElementType("int64", 8, False), 8: ElementType("int32", 4, False),
    9: ElementType("int16", 2, False), 10: ElementType("int8", 1, False), 11: ElementType("uint64", 8, False),
    12: ElementType("uint32", 4, False), 13: ElementType("uint16", 2, False), 14: ElementType("uint8", 1, False),
    15: ElementType("bool", 1, False),
}
TYPE_CODES = {type.name: code for code, type in TYPES.items()}
INTEGERS = "uint8 uint16 uint32 uint64 int8 int16 int32 int64".split()
FLOATS = "float double float16 bfloat16".split()
SIGNED = FLOATS + "int8 int16 int32 int64".split()
NUMBERS = SIGNED + "uint8 uint16 uint32 uint64".split()
SETS = {
    "floats": FLOATS, "wide": FLOATS + "int32 int64 uint32 uint64".split(), "signed": SIGNED, "numbers": NUMBERS,
    "bytes": ["int8", "uint8"], "indices": ["int32", "int64"],
    "any": NUMBERS + "bool float8e4m3fn float8e5m2".split(),
}
INT, FLOAT, TEXT, INTS, FLOATS_KIND, TENSOR, GRAPH, TEXTS = range(1, 9)


def flags():
    """The attributes that are 0 or 1, from the list in OPERATORS.md."""
    page = (SPEC / "OPERATORS.md").read_text()
    return set(re.search(r"Attributes that are 0 or 1:(.*?)\.", page, re.S).group(1).replace(",", " ").split())


def attribute_names():
    """Number to (name, kind), from the list in FORMAT.md."""
    page = (SPEC / "FORMAT.md").read_text()
    found = re.search(r"Attribute names, each with its kind:(.*?)\n\n", page, re.S)
    return {
        int(number): (name, int(kind))
        for number, name, kind in re.findall(r"(\d+) (\w+) \((\d)\)", found.group(1))
    }


@dataclass
class Operand:
    name: str
    variable: str
    is_optional: bool
    repeats: bool


@dataclass
class Operator:
    code: int
    name: str
    inputs: list
    outputs: list
    types: dict
    attributes: dict

    def types_of(self, variable):
        return self.types.get(variable, [variable] if variable in TYPE_CODES else SETS.get(variable, []))


def read_table():
    table = {}
    for line in (SPEC / "OPERATORS.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 7 or not cells[0].isdigit():
            continue
        types = {}
        for part in cells[5].split(";"):
            if part.strip():
                variable, *names = part.split()
                types[variable] = [name for entry in names for name in SETS.get(entry, [entry])]
        attributes = {}
        for text in filter(None, re.split(r",\s*", cells[6])):
            name, mark, default = re.fullmatch(r"(\w+)([!?=])(.*)", text).groups()
            attributes[name] = default if mark == "=" else mark
        operands = [
            [operand(text) for text in filter(None, re.split(r",\s*", cell))] for cell in (cells[3], cells[4])
        ]
        table[int(cells[0])] = Operator(int(cells[0]), cells[1], *operands, types, attributes)
    return table


def operand(text):
    is_optional, repeats = text.startswith("["), text.endswith("…")
    name, variable = text.strip("[]…").split(":")
    return Operand(name, variable, is_optional, repeats)


ATTRIBUTES = attribute_names()
FLAGS = flags()
TABLE = read_table()


@dataclass
class Value:
    name: str
    type: str
    shape: list  # numbers, names, or None where not known


@dataclass
class Node:
    operator: Operator
    inputs: list  # numbers of values, None where left out
    outputs: list
    attributes: dict


@dataclass
class Graph:
    name: str
    inputs: list
    initializers: list
    nodes: list
    outputs: list
    values: dict = field(default_factory=dict)

    def operators(self):
        found = set()
        for node in self.nodes:
            found.add(node.operator.code)
            for value in node.attributes.values():
                if isinstance(value, Graph):
                    found |= value.operators()
        return found


def read_graph(cursor, tensors):
    graph = read_contents(cursor, tensors, 1)
    cursor.finish()
    return graph


def limited(cursor, most, what):
    number = cursor.count(1)
    if number > most:
        raise PithError("limitExceeded", f"{number} {what}", cursor.at)
    return number


def read_contents(cursor, tensors, depth):
    if depth > 8:
        raise PithError("limitExceeded", "graphs in graphs", cursor.at)
    graph = Graph(cursor.name(empty_allowed=True), [], [], [], [])
    if depth == 1 and cursor.varint() != 21:
        raise PithError("unsupportedVersion", "another operator set", cursor.at)
    names = set()

    def add(value, at):
        if value.name in names:
            raise PithError("duplicateName", f"value '{value.name}'", at)
        if value.name:
            names.add(value.name)
        graph.values[len(graph.values)] = value
        return value

    for _ in range(limited(cursor, 1024, "inputs")):
        at, name, type = cursor.at, cursor.name(), element_type(cursor)
        graph.inputs.append(add(Value(name, type, extents(cursor)), at))
    if depth == 1:
        count = limited(cursor, 2**21, "initializers")
        if count > len(tensors):
            raise PithError("invalidGraph", f"{count} initializers, {len(tensors)} tensors", cursor.at)
        for tensor in tensors[:count]:
            at, code = cursor.at, cursor.u8()
            if tensor.encoding.number == 4:
                raise PithError("typeMismatch", f"foreign bytes '{tensor.name}' as an initializer", at)
            if code and not (code == 1 and tensor.type in ("float16", "bfloat16")):
                raise PithError("typeMismatch", f"initializer '{tensor.name}'", at)
            graph.initializers.append(add(Value(tensor.name, "float" if code else tensor.type, tensor.shape), at))
    for _ in range(limited(cursor, 2**20, "nodes")):
        graph.nodes.append(read_node(cursor, graph, depth, add))
    computed = len(graph.inputs) + len(graph.initializers)
    for _ in range(limited(cursor, 1024, "outputs")):
        at, number, name = cursor.at, cursor.varint(), cursor.name()
        if number not in graph.values:
            raise PithError("invalidGraph", f"output {number}", at)
        if number in graph.outputs:
            raise PithError("duplicateName", f"value {number} is an output twice", at)
        value = graph.values[number]
        if number < computed and value.name != name:
            raise PithError("invalidGraph", f"output '{name}' is '{value.name}'", at)
        if number >= computed:
            if name in names:
                raise PithError("duplicateName", f"value '{name}'", at)
            names.add(name)
            value.name = name
        graph.outputs.append(number)
    return graph


def element_type(cursor):
    at, code = cursor.at, cursor.u8()
    if code not in TYPES:
        raise PithError("unsupportedFeature", f"element type {code}", at)
    return TYPES[code].name


def extents(cursor):
    at, rank = cursor.at, cursor.varint()
    if rank > 8:
        raise PithError("limitExceeded", f"rank {rank}", at)
    result, product = [], 1
    for _ in range(rank):
        number = cursor.varint()
        result.append(None if number == 0 else cursor.name() if number == 1 else number - 2)
        product *= max(1, number - 2)
    if product > 2**40:
        raise PithError("limitExceeded", "a value of over 2^40 elements", at)
    return result


def read_node(cursor, graph, depth, add):
    at, byte = cursor.at, cursor.u8()
    output_count = cursor.varint() if byte & 128 else 1
    if byte & 128 and output_count < 2:
        raise PithError("malformed", "a count of outputs that should be left out", at)
    operator = TABLE.get(byte & 127)
    if operator is None:
        raise PithError("unknownOperator", f"operator {byte & 127}", at)
    inputs = []
    for _ in range(limited(cursor, 1024, "inputs of a node")):
        place, number = cursor.at, cursor.varint()
        if number > len(graph.values):
            raise PithError("invalidGraph", f"value {number - 1} is not there yet", place)
        inputs.append(number - 1 if number else None)
    attributes, previous = {}, 0
    for _ in range(cursor.count(2)):
        place, number, kind = cursor.at, cursor.u8(), cursor.u8()
        if number not in ATTRIBUTES or ATTRIBUTES[number][0] not in operator.attributes:
            raise PithError("invalidAttribute", f"attribute {number} of {operator.name}", place)
        if number <= previous:
            raise PithError("invalidAttribute", "attributes do not ascend", place)
        name, expected = ATTRIBUTES[number]
        if kind != expected:
            raise PithError("invalidAttribute", f"'{name}' of kind {kind}", place)
        previous = number
        attributes[name] = read_attribute(cursor, kind, depth)
        if is_default(attributes[name], operator.attributes[name]):
            raise PithError("invalidAttribute", f"'{name}' is the default", place)
        if name in FLAGS and attributes[name] not in (0, 1):
            raise PithError("invalidAttribute", f"'{name}' is 0 or 1", place)
    for name, default in operator.attributes.items():
        if default == "!" and name not in attributes:
            raise PithError("invalidAttribute", f"{operator.name} needs '{name}'", at)
    types = check_operands(operator, inputs, output_count, attributes, graph, at)
    outputs = []
    for index in range(output_count):
        outputs.append(len(graph.values))
        add(Value("", types[index], []), at)
    if len(graph.values) > 2**21:
        raise PithError("limitExceeded", "values", at)
    return Node(operator, inputs, outputs, attributes)


def is_default(value, default):
    if default in ("!", "?"):
        return False
    if isinstance(value, float):
        return struct.pack("<f", value) == struct.pack("<f", float(default))
    return str(value) == default


def read_attribute(cursor, kind, depth):
    if kind == INT:
        return cursor.zigzag()
    if kind == FLOAT:
        return cursor.f32()
    if kind == TEXT:
        return cursor.text(65536)
    if kind == TENSOR:
        at, type, shape = cursor.at, TYPES[TYPE_CODES[element_type(cursor)]], cursor.shape()
        count = 1
        for extent in shape:
            count *= extent
        if count * type.size > 2**20:
            raise PithError("limitExceeded", "a tensor in an attribute", at)
        data = cursor.bytes(count * type.size)
        if type.name == "bool" and max(data, default=0) > 1:
            raise PithError("malformed", "a bool in an attribute is neither 0 nor 1", at)
        return (type.name, shape, data)
    if kind == GRAPH:
        return read_contents(cursor, [], depth + 1)
    at, length = cursor.at, cursor.count(4 if kind == FLOATS_KIND else 1)
    if length > (1024 if kind == TEXTS else 65536):
        raise PithError("limitExceeded", f"a list of {length}", at)
    readers = {INTS: cursor.zigzag, FLOATS_KIND: cursor.f32, TEXTS: lambda: cursor.name(empty_allowed=True)}
    return [readers[kind]() for _ in range(length)]


def check_operands(operator, inputs, output_count, attributes, graph, at):
    """Counts and types of inputs; the types of the outputs."""
    spread = spread_over(operator.inputs, len(inputs), at_least=0 if operator.name == "If" else 1)
    if len(inputs) > len(spread):
        raise PithError("invalidGraph", f"{operator.name} with {len(inputs)} inputs", at)
    bound = {}
    for index, operand in enumerate(spread):
        number = inputs[index] if index < len(inputs) else None
        if number is None:
            if not operand.is_optional:
                raise PithError("invalidGraph", f"{operator.name} needs '{operand.name}'", at)
            continue
        type = graph.values[number].type
        if type not in operator.types_of(operand.variable):
            raise PithError("typeMismatch", f"'{operand.name}' of {operator.name} as {type}", at)
        if operand.variable not in SETS and bound.setdefault(operand.variable, type) != type:
            raise PithError("typeMismatch", f"{operator.name} with several types", at)
    outputs = spread_over(operator.outputs, output_count, at_least=1)
    if output_count > len(outputs) or not all(operand.is_optional for operand in outputs[output_count:]):
        raise PithError("invalidGraph", f"{operator.name} with {output_count} outputs", at)
    if operator.name == "If":
        check_branches(operator, inputs, output_count, attributes, graph, at)
    return [output_type(operator, operand, index, bound, attributes) for index, operand in enumerate(outputs)]


def spread_over(operands, count, at_least):
    """The last operand as many times as it stands, if it is one that repeats."""
    if not operands or not operands[-1].repeats:
        return operands
    return operands[:-1] + [operands[-1]] * max(at_least, count - len(operands) + 1)


def output_type(operator, operand, index, bound, attributes):
    if operator.name == "Constant":
        if ("value" in attributes) == ("value_ints" in attributes):
            raise PithError("invalidAttribute", "Constant has one of value and value_ints")
        return attributes["value"][0] if "value" in attributes else "int64"
    if operator.name == "ConstantOfShape":
        return attributes["value"][0] if "value" in attributes else "float"
    if operator.name == "Cast":
        return onnx_type(attributes["to"])
    if operator.name == "If":
        types = {branch.values[branch.outputs[index]].type for branch in branches(attributes)}
        if len(types) > 1:
            raise PithError("typeMismatch", f"the graphs of If give {' and '.join(sorted(types))}")
        return types.pop()
    if operator.name == "LayerNormalization":
        stash = attributes.get("stash_type", 1)
        if stash not in (1, 16):
            raise PithError("invalidAttribute", f"stash_type {stash}")
        return onnx_type(stash) if index else bound["T"]
    if operator.name in ("QuantizeLinear", "DequantizeLinear"):
        given = onnx_type(attributes["output_dtype"]) if attributes.get("output_dtype") else None
        default = bound.get("T3", "uint8" if given is None else given) if operator.name[0] == "Q" else bound["T2"]
        type = given or default
        if type not in operator.types["T3"] or (operator.name[0] == "Q" and type != default):
            raise PithError("typeMismatch", f"{operator.name} gives {type}")
        return type
    if operand.variable in bound:
        return bound[operand.variable]
    return operator.types_of(operand.variable)[0]


def branches(attributes):
    return attributes["then_branch"], attributes["else_branch"]


def check_branches(operator, inputs, output_count, attributes, graph, at):
    """If: both graphs take the captures and give the outputs."""
    captures = [graph.values[number].type for number in inputs[1:]]
    for branch in branches(attributes):
        if len(branch.inputs) != len(captures) or len(branch.outputs) != output_count:
            raise PithError("invalidGraph", f"the graph '{branch.name}' has other inputs or outputs than If", at)
        if [value.type for value in branch.inputs] != captures:
            raise PithError("shapeMismatch", f"the captures of '{branch.name}' have other types", at)


def onnx_type(number):
    """The element type of a number of ONNX's TensorProto.DataType."""
    names = {1: "float", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
             10: "float16", 11: "double", 12: "uint32", 13: "uint64", 16: "bfloat16", 17: "float8e4m3fn",
             19: "float8e5m2"}
    if number not in names:
        raise PithError("invalidAttribute", f"element type {number} of ONNX")
    return names[number]
