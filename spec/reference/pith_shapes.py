"""The shape rules of spec/OPERATORS.md: the extents of every value of a graph, as numbers, names or None."""

import pith_rules_layers
import pith_rules_movement
from pith_bytes import PithError
from pith_extents import MOST_ELEMENTS, Operation, is_number, may_be_equal
from pith_known import known_elements

RULES = pith_rules_movement.RULES | pith_rules_layers.RULES


def shapes_of(graph, symbol=None):
    """The extents of every value by its number. With `symbol`, symbols and unknown extents of the inputs are that number.
    Raises `PithError` when shapes disagree."""

    def bound(extent):
        return extent if symbol is None or is_number(extent) else symbol

    given = [[bound(extent) for extent in value.shape] for value in graph.inputs + graph.initializers]
    return infer(graph, given, [None] * len(given))


def infer(graph, given, known):
    """From the extents and elements of inputs and initializers to those of all values."""
    shapes, elements = dict(enumerate(given)), dict(enumerate(known))
    for node in graph.nodes:
        operation = Operation(
            node, [None if number is None else shapes[number] for number in node.inputs],
            [None if number is None else elements[number] for number in node.inputs],
            [None if number is None else graph.values[number].type for number in node.inputs])
        results = branches(operation) if operation.name == "If" else RULES[operation.name](operation)
        for shape in results:
            check_limits(operation, shape)
        for number, shape in zip(node.outputs, results):
            shapes[number], elements[number] = shape, None
        if operation.name != "If":
            elements[node.outputs[0]] = known_elements(operation, results, graph.values[node.outputs[0]].type)
    return shapes


def check_limits(operation, shape):
    product = 1
    for extent in shape:
        product *= (extent or 1) if is_number(extent) else 1
    if len(shape) > 8 or product > MOST_ELEMENTS:
        raise PithError("limitExceeded", f"{operation.name} gives {shape}")


def branches(operation):
    """If: both graphs work on the captures, with the extents and elements that are known of them."""
    condition, captures, results = operation.scalar(0, may_vary=True), operation.inputs[1:], []
    for name in ("then_branch", "else_branch"):
        graph = operation.attributes[name]
        for value, shape in zip(graph.inputs, captures):
            if len(shape) != len(value.shape) or not all(map(may_be_equal, shape, value.shape)):
                raise operation.mismatch(f"'{value.name}' is not {value.shape}")
        shapes = infer(graph, captures, operation.known[1:])
        results.append([shapes[number] for number in graph.outputs])
    if is_number(condition):
        return results[0 if condition else 1]
    if any(len(a) != len(b) for a, b in zip(*results)):
        raise PithError("unsupportedOperation", "If: the graphs give values of different ranks")
    return [[a if a == b else None for a, b in zip(*pair)] for pair in zip(*results)]
