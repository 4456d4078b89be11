"""Section 2.4 of spec/FORMAT.md: the peak of working bytes."""

import pith_shapes
from pith_bytes import PithError
from pith_extents import all_numbers, times


def peak_bytes(graph, size_of):
    """`size_of` gives the bytes of an element of a type."""
    try:
        shapes = pith_shapes.shapes_of(graph, symbol=1)
    except PithError:
        return 0
    last = {}
    for index, node in enumerate(graph.nodes):
        for number in node.outputs + [number for number in node.inputs if number is not None]:
            last[number] = index
    for number in graph.outputs:
        last[number] = len(graph.nodes)
    live, peak, ending = 0, 0, {}
    for index, node in enumerate(graph.nodes):
        for number in node.outputs:
            if not all_numbers(shapes[number]):
                return 0
            size = size_of(graph.values[number].type) * times(*shapes[number])
            live += size
            ending[last[number]] = ending.get(last[number], 0) + size
        peak = max(peak, live)
        live -= ending.get(index, 0)
    return peak
