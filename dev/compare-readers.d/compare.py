"""Reads random graphs with both readers. usage: compare.py PITH COUNT SEED"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "spec" / "reference"), str(ROOT / "spec" / "vectors")]

import draw  # noqa: E402
import known  # noqa: E402
import layers  # noqa: E402, F401
import movement  # noqa: E402, F401
import pith_cost  # noqa: E402
import pith_graph  # noqa: E402
import pith_shapes  # noqa: E402
from build import join, tensors  # noqa: E402
from pith_bytes import Cursor, PithError  # noqa: E402
from pith_index import TYPES  # noqa: E402

KEPT = ROOT / ".build" / "compare-readers"
SHOWN = 3

#: What a file may be refused with (section 9 of FORMAT.md).
CODES = set(re.findall(r"`(\w+)`", (ROOT / "spec" / "FORMAT.md").read_text().split("## 9. Errors")[1].split("##")[0]))


def file_of(graph, peak):
    index, layout = tensors([])
    return join(1, 0, 0, peak, sorted(graph.operators), [("GRPH", graph.write()), ("TNSR", index)], layout)


def number_or_none(shape):
    return [extent if isinstance(extent, int) else None for extent in shape]


def read_by_reference(graph):
    """The code of the error, or the shapes of the outputs, and the peak to declare."""
    data = graph.write()
    try:
        read = pith_graph.read_graph(Cursor(data, 0, len(data)), [])
        shapes = pith_shapes.shapes_of(read)
    except PithError as error:
        return error.code, 0
    peak = pith_cost.peak_bytes(read, lambda type: TYPES[pith_graph.TYPE_CODES[type]].size)
    return [number_or_none(shapes[number]) for number in read.outputs], peak


def read_by_pith(pith, path):
    """The code of the error, or the shapes of the outputs."""
    result = subprocess.run([pith, "inspect", "--json", path], capture_output=True, text=True)
    try:
        object = json.loads(result.stdout)
    except ValueError:
        return f"exit code {result.returncode}: {result.stderr[-200:]}"
    if "error" in object:
        return object["error"]["code"]
    outputs = object["graph"].split(" => (", 1)[1].split(")\n", 1)[0]
    return [
        [int(extent) if extent.isdigit() else None for extent in extents.split(",") if extent]
        for extents in re.findall(r"\w+\[([^]]*)\] \w+", outputs)]


def main(pith, count, seed):
    families = list(draw.FAMILIES.items())
    results, differ, codes = collections.Counter(), collections.Counter(), collections.Counter()
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        def both(number):
            # What is known of elements decides most shapes: every other graph is a chain of them.
            name, family = ("chain", known.chain) if number % 2 else families[number // 2 % len(families)]
            graph = draw.graph(family, f"{seed} {number}")
            expected, peak = read_by_reference(graph)
            path = pathlib.Path(folder) / f"{number}.pith"
            path.write_bytes(file_of(graph, peak))
            given = read_by_pith(pith, path)
            if given != expected:
                shutil.move(path, KEPT / f"{seed}-{number}.pith")
            else:
                path.unlink()
            return number, name, graph, expected, given

        for number, name, graph, expected, given in pool.map(both, range(count)):
            results["taken" if isinstance(expected, list) else "refused"] += 1
            if given == expected:
                continue
            both_refuse = all(isinstance(answer, str) and answer in CODES for answer in (given, expected))
            (codes if both_refuse else differ)[name] += 1
            if (codes if both_refuse else differ)[name] <= SHOWN:
                print(f"{name}: the reference says {expected}, pith {given} of {KEPT}/{seed}-{number}.pith:")
                print(f"  {graph.inputs}")
                for node in graph.nodes:
                    print(f"  {node}")
    print(
        f"{count} graphs: {results['taken']} taken, {results['refused']} refused, {sum(codes.values())} of them with another "
        f"code {dict(codes)}, {sum(differ.values())} read differently {dict(differ)}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
