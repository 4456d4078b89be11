"""The test vectors of shapes: graphs that are only read, with their peaks worked out by hand. Called by make.py."""

import struct

from build import join, tensors
from graphs import BOOL, FLOAT, INT32, INT64, UINT8, Graph


def floats(*numbers):
    return (FLOAT, [len(numbers)], struct.pack(f"<{len(numbers)}f", *numbers))


def model(graph, peak, items=(), section=None):
    index, layout = tensors(list(items))
    sections = [("GRPH", section or graph.write()), ("TNSR", index)]
    return join(1, 0, sum(item.decoded for item in items), peak, sorted(graph.operators), sections, layout)


def valid_graphs():
    """For each file its name, graph and peak."""
    inner = Graph("inner").input("a", ["n", 2]).node("Relu", "a", "b").output("b")
    other = Graph("other").input("a", ["n", 2]).node("Exp", "a", "t").node("Exp", "t", "b").output("b")
    nested = Graph("nested").input("c", [], BOOL).input("a", ["n", 2])
    nested.node("If", "c a", "b", then_branch=inner, else_branch=other).output("b")
    passed = Graph("passed").input("c", [], BOOL).input("a", ["n", 2]).output("a")
    graph = Graph("if").input("c", [], BOOL).input("x", ["batch", 2])
    graph.node("If", "c c x", "v", then_branch=nested, else_branch=passed).node("Neg", "v", "y").output("y")
    # v and y have 8 bytes each; what the branches compute does not count.
    yield "if", graph, 16

    branches = [
        Graph(name).input("k", [2], INT64).node("ConstantOfShape", "k", "a").node(operator, "a", "b").output("b", "a")
        for name, operator in (("then", "Relu"), ("else", "Exp"))
    ]
    graph = Graph("if-two").input("c", [1], BOOL).constant("k", 2, 3)
    graph.node("If", "c k", "y z", then_branch=branches[0], else_branch=branches[1]).output("y", "z")
    # The elements of k are known in the branches: 16 + 24 + 24.
    yield "if-two-outputs", graph, 64

    branches = [Graph("then").input("x", [2, 3]).node("Flatten", "x", "y").output("y"),
                Graph("else").input("x", [2, 3]).node("ReduceSum", "x", "y").output("y")]
    graph = Graph("if-differ").input("c", [], BOOL).input("x", [2, 3])
    graph.node("If", "c x", "y", then_branch=branches[0], else_branch=branches[1]).output("y")
    # [2, 3] and [1, 1]: no extent is known.
    yield "if-extents-differ", graph, 0

    graph = Graph("fits-later").input("x", [1, 1, "height", "width"]).input("w", [2, 1, 3, 3])
    graph.node("Relu", "x", "r").node("Conv", "r w", "y").output("y")
    # A window of 3 does not fit in an extent of 1.
    yield "peak-of-a-window", graph, 0

    graph = Graph("lstm").input("x", ["sequence", "batch", 2]).input("w", [2, 12, 2]).input("r", [2, 12, 3])
    graph.input("h", [2, "batch", 3]).input("p", [2, 9])
    graph.node("LSTM", "x w r - - h - p", "y yh yc", direction="bidirectional", hidden_size=3).output("y", "yc")
    # y [1, 2, 1, 3], yh and yc [2, 1, 3].
    yield "lstm", graph, 72

    graph = Graph("gru").input("x", ["batch", 5, 2]).input("w", [1, 6, 2]).input("r", [1, 6, 2])
    graph.node("GRU", "x w r", "y yh", layout=1, linear_before_reset=1).output("y", "yh")
    # y [1, 5, 1, 2], yh [1, 1, 2].
    yield "gru", graph, 48

    graph = Graph("resize").input("x", ["batch", 3, 4, 6])
    graph.node("Constant", "", "s", value=floats(1, 1, 0.6, 1.5)).node("Resize", "x - s", "a", mode="linear")
    graph.constant("k", 5, 7).node("Resize", "a - - k", "y", axes=[-1, 2], keep_aspect_ratio_policy="not_larger")
    # s 16; a [1, 3, 2, 9] 216; k 16; of 5 / 9 and 7 / 2 the first: y [1, 3, floor(2 * 5 / 9 + 0.5) = 1, 5], 60.
    yield "resize", graph.output("y"), 216 + 16 + 60

    graph = Graph("elements").input("x", ["batch", 3, 4, 5])
    graph.node("Shape", "x", "s").constant("a", -1).constant("b", -(2**63)).constant("z", 0).constant("t", -2)
    graph.node("Slice", "s a b z t", "cut")  # 5 and 3
    graph.node("Div", "cut t", "d")  # -2 and -1
    graph.node("Neg", "d", "n")  # 2 and 1
    graph.node("Constant", "", "first", value=(INT64, [], struct.pack("<q", 0))).node("Gather", "s first", "scalar")
    graph.node("Unsqueeze", "scalar z", "batch").constant("rest", -1)
    graph.node("Concat", "batch n rest", "target", axis=0).node("Reshape", "x target", "y").output("y")
    # s 32, a b z t 8 each, cut 16, d 16, n 16, first 8, scalar 8, batch 8, rest 8, target 32, y [1, 2, 1, 30] 240.
    # Before Slice: 32 + 32; at it 80. At Reshape target and y alone are live: 272.
    yield "known-elements", graph, 272

    graph = Graph("overflow").node("Constant", "", "a", value=(INT32, [1], struct.pack("<i", 2**31 - 1)))
    graph.node("Add", "a a", "b").node("Sub", "b b", "c").node("Cast", "c", "d", to=7).node("ConstantOfShape", "d", "y")
    # int32 cannot hold b, so that nothing is known of it.
    yield "known-elements-overflow", graph.output("y"), 0

    graph = Graph("matrix").node("Constant", "", "a", value=(INT64, [2, 1], struct.pack("<2q", 2, 3)))
    graph.constant("axis", 1).node("Squeeze", "a axis", "s").node("ConstantOfShape", "s", "y").output("y")
    # a 16, axis 8, s 16; then s and y [2, 3].
    yield "known-elements-of-a-matrix", graph, 40

    graph = Graph("windows").input("x", ["batch", 4, 7, 8]).input("w", [4, 3, 3, 2])
    graph.node("MaxPool", "x", "a", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, pads=[0, 1, 0, 1])
    graph.node("ConvTranspose", "a w", "b", group=2, strides=[2, 3], output_padding=[1, 0], pads=[1, 0, 0, 1])
    graph.node("AveragePool", "b", "y", kernel_shape=[2, 2], strides=[3, 3], auto_pad="SAME_LOWER").output("y")
    # a [1, 4, 3, 5] (rooms 4 and 7; 4 * 2 < 9); b [1, 6, 4 + 1 + 3 - 1, 12 + 2 - 1]; y [1, 6, 3, 5], which is more than a.
    yield "windows", graph, 6 * 7 * 13 * 4 + 360

    graph = Graph("reductions").input("x", ["batch", 6, 5]).constant("k", 2).node("TopK", "x k", "v i", axis=1)
    graph.node("ArgMax", "i", "m", axis=2, keepdims=0).node("ReduceL2", "v", "y", noop_with_empty_axes=1)
    # k 8; v [1, 2, 5] 40 and i 80; m [1, 2] 16; y 40.
    yield "reductions", graph.output("m", "y"), 40 + 80 + 16

    graph = Graph("quantised").input("x", ["batch", 70]).input("s", ["batch", 3]).input("z", ["batch", 3], UINT8)
    graph.node("QuantizeLinear", "x s z", "q", block_size=32).node("DequantizeLinear", "q s z", "y", block_size=32)
    yield "quantised", graph.output("y"), 70 + 280

    graph = Graph("parts").input("x", ["batch", 7]).node("Split", "x", "a b c", axis=1)
    graph.constant("p", 0, -1, 1, 0).node("Pad", "a p", "d", mode="edge").constant("r", 2, 3).node("Tile", "d r", "y")
    # a and b [1, 3], c [1, 1]: 28; p 32 and d [2, 2] 16 with a 12; r 16, y [4, 6] 96 with d 16.
    yield "parts", graph.output("y"), 16 + 16 + 96


    # Of each level only the outermost counts: [1, 2].
    yield "if-eight-deep", deep(8), 8


def invalid_graphs():
    """For each file its name, rule, code and graph."""

    def of(*inputs):
        graph = Graph()
        for name, extents, *code in inputs:
            graph.input(name, extents, *code)
        return graph

    two = of(("x", [2, 3]), ("z", ["n", 4]))
    yield "shape-broadcast", "shapes broadcast", "shapeMismatch", two.node("Add", "x z", "y").output("y")
    yield ("shape-matmul", "inner extents are equal", "shapeMismatch",
           of(("x", [2, 3]), ("z", [4, 5])).node("MatMul", "x z", "y").output("y"))
    yield ("shape-gemm-addend", "an addend broadcasts to the product", "shapeMismatch",
           of(("x", [2, 3]), ("z", [3, 5]), ("c", [1, 1, 5])).node("Gemm", "x z c", "y").output("y"))
    yield ("shape-concat", "extents beside the axis are equal", "shapeMismatch",
           of(("x", [2, 3]), ("z", [4, 3])).node("Concat", "x z", "y", axis=1).output("y"))
    yield ("shape-window", "a window fits", "shapeMismatch",
           of(("x", [1, 1, 4, 2]), ("w", [1, 1, 3, 3])).node("Conv", "x w", "y").output("y"))
    yield ("shape-channels", "channels are those of the groups", "shapeMismatch",
           of(("x", [1, 3, 9]), ("w", [2, 3, 3])).node("Conv", "x w", "y", group=2).output("y"))
    yield ("shape-kernel-unknown", "a kernel's extents are numbers", "shapeMismatch",
           of(("x", [1, 3, 9]), ("w", [2, 3, "k"])).node("ConvTranspose", "x w", "y").output("y"))
    yield ("shape-transposed", "a transposed convolution leaves something", "shapeMismatch",
           of(("x", [1, 1, 2]), ("w", [1, 1, 2])).node("ConvTranspose", "x w", "y", pads=[2, 1]).output("y"))
    yield ("shape-channel-scale", "a scale for each channel", "shapeMismatch",
           of(("x", [1, 3, 4]), ("s", [4])).node("InstanceNormalization", "x s s", "y").output("y"))
    yield ("shape-split", "parts add up", "shapeMismatch",
           of(("x", [5, "n"])).constant("p", 2, 2).node("Split", "x p", "y z").output("y"))
    yield ("shape-split-empty", "no part is empty", "shapeMismatch", of(("x", [4])).node("Split", "x", "y z w").output("y"))
    yield ("shape-slice", "as many ends as starts", "shapeMismatch",
           of(("x", [5])).constant("s", 1).constant("e", 2, 3).node("Slice", "x s e", "y").output("y"))
    yield ("shape-squeeze", "a squeezed extent is 1", "shapeMismatch",
           of(("x", [2, 1])).constant("a", 0).node("Squeeze", "x a", "y").output("y"))
    yield ("shape-pad", "pads are two for each axis, known or not", "shapeMismatch",
           of(("x", [2, 1]), ("p", [3], INT64)).node("Pad", "x p", "y").output("y"))
    yield ("shape-expand", "a shape that broadcasts", "shapeMismatch",
           of(("x", [2, 3])).constant("s", 2).node("Expand", "x s", "y").output("y"))
    yield ("shape-tile", "a repeat for each axis", "shapeMismatch",
           of(("x", [2, 3])).constant("r", 2).node("Tile", "x r", "y").output("y"))
    yield ("shape-tile-negative", "no repeat is negative, whatever the others are", "shapeMismatch",
           of(("x", ["n", 2])).node("Shape", "x", "s").node("Neg", "s", "r").node("Tile", "x r", "y").output("y"))
    yield ("shape-negative", "an extent is not negative", "shapeMismatch",
           Graph().constant("k", 2, -3).node("ConstantOfShape", "k", "y").output("y"))
    yield ("shape-range", "a range has steps", "shapeMismatch",
           Graph().constant("k", 0).node("Range", "k k k", "y").output("y"))
    yield ("shape-top-k", "no more than there are", "shapeMismatch",
           of(("x", [3])).constant("k", 4).node("TopK", "x k", "y i").output("y"))
    yield ("shape-top-k-scalar", "K has one element, whatever a name stands for", "shapeMismatch",
           of(("x", [3]), ("k", ["n"], INT64)).node("TopK", "x k", "y i").output("y"))
    yield ("shape-arg-max", "an element along the axis", "shapeMismatch",
           of(("x", ["n", 0])).node("ArgMax", "x", "y", axis=1).output("y"))
    yield ("shape-lstm", "gates times hidden", "shapeMismatch",
           of(("x", ["s", "b", 2]), ("w", [1, 9, 2]), ("r", [1, 9, 3])).node("LSTM", "x w r", "y").output("y"))
    yield ("shape-resize", "a size for each axis, known or not", "shapeMismatch",
           of(("x", [2, 3]), ("k", [3], INT64)).node("Resize", "x - - k", "y").output("y"))
    yield ("shape-scales", "a scale for each block", "shapeMismatch",
           of(("x", [2, 70]), ("s", [2, 2])).node("QuantizeLinear", "x s", "y", block_size=32).output("y"))
    yield ("shape-list", "a list has rank 1", "shapeMismatch",
           Graph().node("Constant", "", "k", value=(INT64, [1, 2], bytes(16))).node("ConstantOfShape", "k", "y").output("y"))
    yield ("list-unknown", "a rank is known", "unsupportedOperation",
           of(("k", ["n"], INT64)).node("ConstantOfShape", "k", "y").output("y"))
    yield "squeeze-unknown", "a rank is known", "unsupportedOperation", of(("x", ["n", 1])).node("Squeeze", "x", "y").output("y")
    yield ("rank-of-a-value", "a value has at most 8 extents", "limitExceeded",
           of(("x", [1] * 8)).constant("a", 0).node("Unsqueeze", "x a", "y").output("y"))
    yield ("elements-of-a-value", "a value has at most 2^40 elements", "limitExceeded",
           of(("x", [2**21, 1]), ("z", [2**21])).node("Add", "x z", "y").output("y"))
    yield ("name", "the name of a graph has no zero byte", "invalidName",
           Graph("a\0b").input("x", [1]).output("x"))
    yield "extent-name", "the name of an extent has no zero byte", "invalidName", of(("x", ["a\0b"])).output("x")
    yield ("extents-of-an-input", "an input has at most 2^40 elements", "limitExceeded",
           of(("x", [2**30, "n", 0, 2**30])).output("x"))
    yield ("attribute-bool", "a bool in an attribute is 0 or 1", "malformed",
           Graph().node("Constant", "", "y", value=(BOOL, [2], b"\1\2")).output("y"))
    yield ("axis", "an axis that is there", "invalidAttribute", of(("x", [2, 3])).node("Softmax", "x", "y", axis=2).output("y"))
    yield ("axis-twice", "no axis twice", "invalidAttribute",
           of(("x", [2, 3])).constant("a", 1, -1).node("ReduceSum", "x a", "y").output("y"))
    yield ("flag", "a flag is 0 or 1", "invalidAttribute",
           of(("x", [1, 1, 3])).node("AveragePool", "x", "y", kernel_shape=[2], count_include_pad=2).output("y"))
    yield ("pool-padding", "padding is less than the window", "invalidAttribute",
           of(("x", [1, 1, 3])).node("MaxPool", "x", "y", kernel_shape=[2], pads=[2, 0]).output("y"))
    yield ("strides", "a stride for each dimension", "invalidAttribute",
           of(("x", [1, 1, "n"]), ("w", [1, 1, 3])).node("ConvTranspose", "x w", "y", strides=[1, 1]).output("y"))
    yield ("constant-both", "a Constant has one value", "invalidAttribute",
           Graph().node("Constant", "", "y", value_ints=[1], value=floats(1)).output("y"))
    yield ("onnx-type", "an element type's number", "invalidAttribute", of(("x", [1])).node("Cast", "x", "y", to=18).output("y"))
    yield ("resize-both", "one of scales and sizes", "invalidGraph",
           of(("x", [2])).constant("k", 3).node("Constant", "", "s", value=floats(2)).node("Resize", "x - s k", "y").output("y"))
    yield ("slice-step", "steps are not 0", "invalidGraph",
           of(("x", [5])).constant("a", 0).node("Slice", "x a a a a", "y").output("y"))
    yield ("outputs-few", "outputs that must be there", "invalidGraph",
           of(("x", [5])).constant("k", 1).node("TopK", "x k", "y").output("y"))
    yield ("outputs-without-training", "statistics only in training", "invalidGraph",
           of(("x", [5, 2]), ("s", [2])).node("BatchNormalization", "x s s s s", "y m v").output("y"))
    yield ("quantised-type", "the type of a quantised value", "typeMismatch",
           of(("x", [5]), ("s", [])).node("QuantizeLinear", "x s", "y", output_dtype=1).output("y"))

    def branching(then, other, extents=("n", 2), inputs=""):
        graph = of(("c", [], BOOL), ("x", list(extents)))
        return graph.node("If", f"c x{inputs}", "y", then_branch=then, else_branch=other).output("y")

    def branch(extents=("n", 2), code=FLOAT):
        return Graph("b").input("a", list(extents), code)

    same = branch().output("a")
    yield "if-captures", "branches take the captures", "invalidGraph", branching(same, same, inputs=" x")
    yield ("if-outputs", "branches give the outputs", "invalidGraph",
           branching(same, branch().node("Neg", "a", "b").output("a", "b")))
    yield "if-capture-shape", "captures agree with the branch", "shapeMismatch", branching(same, same, extents=("n", 3))
    yield ("if-types", "branches give equal types", "typeMismatch",
           branching(same, branch().node("Cast", "a", "b", to=7).output("b")))
    yield ("if-ranks", "branches give equal ranks", "unsupportedOperation",
           branching(same, branch().node("ReduceSum", "a", "b", keepdims=0).output("b")))
    yield ("if-inside", "shapes in a branch agree", "shapeMismatch",
           branching(same, branch().constant("k", 3).node("Expand", "a k", "b").output("b")))
    yield "if-deep", "graphs stand at most 8 deep", "limitExceeded", deep(9)


def deep(levels):
    """Graphs in graphs, the outermost counted; the innermost gives what it takes."""
    graph = Graph("d").input("c", [], BOOL).input("a", ["n", 2])
    if levels == 1:
        return graph.output("a")
    flat = Graph("f").input("c", [], BOOL).input("a", ["n", 2]).output("a")
    return graph.node("If", "c c a", "b", then_branch=flat, else_branch=deep(levels - 1)).output("b")


def write(valid, invalid):
    graphs = {}
    for name, graph, peak in valid_graphs():
        graphs[name] = (graph, peak)
        valid("graph-" + name, model(graph, peak), "model", [], section=graph.write())
    for name, rule, code, graph in invalid_graphs():
        invalid("graph-" + name, rule, code, model(graph, 0))
    for name in ("if", "lstm", "known-elements", "peak-of-a-window"):
        graph, peak = graphs[name]
        invalid("graph-peak-of-" + name, "peak working bytes are recomputed", "falseDeclaration", model(graph, peak + 4))
