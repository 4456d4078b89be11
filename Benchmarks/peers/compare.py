"""The table of Benchmarks/compare. Every case is measured in turns: A B C A B C …, and medians are compared."""
import argparse
import glob
import os
import statistics
import subprocess
import sys
import time

import engines
import models
import numpy as np
import onnxruntime
from bench import Bench, Native, shape_text
from compressed import Compressed
from growth import Growth
from table import Table, processor

parser = argparse.ArgumentParser(prog="Benchmarks/compare")
parser.add_argument("program")
parser.add_argument("models")
parser.add_argument("infer")
parser.add_argument("ort_once")
parser.add_argument("pith_once")
parser.add_argument("pith_once_shared")
parser.add_argument("tool")
parser.add_argument("--json", metavar="FILE", help="write the table as JSON")
parser.add_argument("--svg", metavar="FILE", help="draw the ratios and the growth")
parser.add_argument("--quick", action="store_true", help="a third of the rounds, and fewer points of growth")
parser.add_argument("--cpu-time", action="store_true", help="count the processor's time instead of the clock's, and "
                    "only Pith and ONNX Runtime: for a machine that does other work too")
parser.add_argument("--only", metavar="TEXT", default="", help="only cases whose name holds this")
options = parser.parse_args()

if options.cpu_time:
    os.environ["BENCH_CLOCK"] = "cpu"
LIBRARY = glob.glob(os.path.join(os.path.dirname(onnxruntime.__file__), "capi", "libonnxruntime.so.*"))[0]
ROUNDS = 7 if options.quick else 21
SECONDS = 0.03
directory = options.models
shapes = {name: models.to_onnx(directory, name) for name in models.names(directory)}
models.quantize(directory, "mlp")
skipped = {}


def in_turns(contestants):
    """Median seconds of one run of each, measured in turns."""
    runs = {}
    for name, engine in contestants.items():
        engine.time(2)
        once = max(engine.time(1), engine.time(3) / 3, 1e-7)
        runs[name] = max(1, int(SECONDS / once))
        engine.time(runs[name])
    times = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, engine in contestants.items():
            times[name].append(engine.time(runs[name]) / runs[name])
    return {name: statistics.median(values) for name, values in times.items()}


def network(case, name, batch, target, pith="pith", ort="onnx", threads=1, tolerance=1e-4):
    if options.only not in case:
        return
    features, last = shapes[name]
    x_shape, y_shape = [batch] + features, [batch] + last
    bench = Bench(options.program)
    words = (shape_text(x_shape), shape_text(y_shape))
    contestants = {
        "pith": Native(bench, "pith", f"{directory}/{name}.{pith}", threads, *words),
        "onnxruntime": Native(bench, "ort", LIBRARY, f"{directory}/{name}.{ort}", threads, *words),
    }
    x = engines.inputs(x_shape)
    if not options.cpu_time:
        onnx = f"{directory}/{name}.onnx"
        makers = {
            "openvino": lambda: engines.openvino(onnx, x, threads),
            "litert": lambda: engines.litert(directory, name, x, threads),
            "tract": lambda: engines.tract(onnx, x, threads),
            "numpy": lambda: engines.numpy_network(directory, name, x),
            "torch": lambda: engines.torch_network(directory, name, x, threads)}
        for peer, make in makers.items():
            try:
                contestants[peer] = make()
            except (ImportError, ValueError) as error:
                skipped.setdefault(peer, f"{type(error).__name__}: {error}")
    reference = np.asarray(contestants["onnxruntime"].output())
    for peer, engine in contestants.items():
        error = float(np.abs(np.asarray(engine.output()) - reference).max())
        if not error <= tolerance * max(1.0, float(np.abs(reference).max())):
            sys.exit(f"{case}: {peer} gives other numbers, by {error}")
    medians = in_turns(contestants)
    others = {peer: value for peer, value in medians.items() if peer != "pith"}
    best = min(others, key=others.get)
    table.add(case, medians["pith"], medians["onnxruntime"], "onnxruntime", target, peers=others,
        fastest=None if options.cpu_time else f"{best} {others[best] * 1e6:.2f} us")


def product():
    case = "matrix product 512x512x512, of FMA peak"
    if options.only not in case:
        return
    bench = Bench(options.program)
    engine = Native(bench, "pith", f"{directory}/product512.pith", 1, "512,512", "512,512")
    engine.time(20)
    speeds, peaks = [], []
    for _ in range(ROUNDS):
        peaks.append(float(bench.ask("peak", 20_000_000)))
        speeds.append(2 * 512**3 * 20 / engine.time(20) * 1e-9)
    table.add(case, statistics.median(speeds), statistics.median(peaks), "FMA peak", 0.9, unit="GFLOP/s")


def two_threads():
    case = "CNN, batch 64, two threads against one"
    if options.only not in case or (os.cpu_count() or 1) < 2 or options.cpu_time:
        return
    words = ("64,1,28,28", "64,10")
    # Processes of their own, so that no thread of the one spins while the other is measured.
    one = Native(Bench(options.program), "pith", f"{directory}/cnn.pith", 1, *words)
    two = Native(Bench(options.program), "pith", f"{directory}/cnn.pith", 2, *words)
    medians = in_turns({"one": one, "two": two})
    table.add(case, medians["two"], medians["one"], "pith, one thread", 1.8)


def loading(case, kind, pith, target):
    """The first load of a process, which also touches the code for the first time, and the later ones."""
    if options.only not in case:
        return
    def times(*words):
        answer = subprocess.run([options.program, "load", *words, "9"], check=True, capture_output=True, text=True)
        return [int(word) * 1e-9 for word in answer.stdout.split()]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(times(kind, f"{directory}/{pith}"))
        theirs.append(times("ort", LIBRARY, f"{directory}/mlp.onnx"))
    for name, place, wanted in [("first", slice(0, 1), target), ("again", slice(3, None), target)]:
        medians = [statistics.median(t for run in runs for t in run[place]) for runs in (ours, theirs)]
        table.add(f"{case}, {name}", *medians, "onnxruntime", wanted)


def opening():
    """Not against a peer: the limits are what the issue says, and the ratio is how far below them Pith is."""
    case = "open a mapped file of 1 GiB, directoryOnly"
    if options.only not in case:
        return
    path = f"{directory}/large.pith"
    if not os.path.exists(path):
        subprocess.run([options.program, "large", path, "1024"], check=True, stdout=subprocess.DEVNULL)
    answers = []
    for _ in range(ROUNDS):
        answer = subprocess.run(
            [options.program, "open", path, f"{directory}/depth1.pith"], check=True, capture_output=True, text=True)
        answers.append([int(word) for word in answer.stdout.split()])
    table.add(case + ", time", statistics.median(a[0] for a in answers) * 1e-9, 1e-3, "limit", 1)
    table.add(case + ", memory", max(1, statistics.median(a[1] for a in answers)), 1024, "limit", 1, unit="KB")


def start():
    case = "process start to first answer"
    if options.only not in case:
        return
    digit = "../samples/digits/pictures/scanned-4.png"
    python = ("import onnxruntime, numpy; s = onnxruntime.InferenceSession('%s/mlp.onnx');"
              "print(s.run(None, {'x': numpy.zeros((1, 784), numpy.float32)}))" % directory)
    def once(command):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - begin
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(once([options.infer, digit]))
        theirs.append(once([sys.executable, "-c", python]))
    table.add(case, statistics.median(ours), statistics.median(theirs), "Python, onnxruntime", 10)
    table.add(case + ", under 10 ms", statistics.median(ours), 10e-3, "limit", 1)


def memory():
    case = "memory of the process, MLP batch 1"
    if options.only not in case:
        return
    def once(*command):
        return statistics.median(
            int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(5))
    theirs = once(options.ort_once, LIBRARY, f"{directory}/mlp.onnx")
    table.add(case + ", static", once(options.pith_once, f"{directory}/mlp.pith"), theirs, "onnxruntime, C", 4, unit="KB")
    ours = once(options.pith_once_shared, f"{directory}/mlp.pith")
    table.add(case + ", Swift's libraries shared", ours, theirs, "onnxruntime, C", 4, unit="KB")


def code_size():
    case = "code that Pith adds to mnist-infer"
    map_file = os.environ.get("PITH_BENCH_MAP", "")
    if options.only not in case or not os.path.exists(map_file):
        return
    import code_size as reader
    table.add(case, sum(reader.sizes(map_file).values()) / 1024, 400, "limit", 1, unit="KB")


def latency():
    case = "latency of 100,000 calls, MLP batch 1"
    if options.only not in case:
        return
    bench = Bench(options.program)
    words = ("1,784", "1,10")
    pith = Native(bench, "pith", f"{directory}/mlp.pith", 1, *words)
    ort = Native(bench, "ort", LIBRARY, f"{directory}/mlp.onnx", 1, *words)
    runs, turns = 10_000, 10
    for _ in range(turns):
        ours, theirs = pith.latency(runs), ort.latency(runs)
    for name, mine, other in zip(["p50", "p99", "p99.9", "worst"], ours, theirs):
        table.add(f"{case}, {name}", mine, other, "onnxruntime", None)


table = Table(f"{processor()}; onnxruntime {onnxruntime.__version__}; one thread unless said; medians of {ROUNDS} turns")
network("MLP, batch 1, f32", "mlp", 1, 1.35)
network("MLP, batch 1, bf16 weights, against f32", "mlp", 1, 3, pith="bf16.pith", tolerance=3e-2)
# Without a target, since it is another computation than ONNX Runtime's, which multiplies bytes: each weight is made a rounded
# float32 first, and what a processor can do of that at most Benchmarks/kernels/run prints as "by int8 weights". The case
# "int8 x int8" below runs the same integers in both.
network("MLP, batch 1, int8 weights by f32, against int8 x int8", "mlp", 1, None, pith="int8.pith", ort="int8.onnx", tolerance=3e-2)
network("MLP, batch 1, f16 weights, against f32", "mlp", 1, None, pith="f16.pith", tolerance=3e-2)
network("MLP, batch 1000, f32", "mlp", 1000, 0.97)
network("LeNet-5, batch 1", "lenet5", 1, 2)
network("LeNet-5, batch 64", "lenet5", 64, 1.8)
network("MNIST CNN, batch 1", "cnn", 1, 0.95)
network("MNIST CNN, batch 64", "cnn", 64, 0.95)
network("MNIST CNN, batch 1, bf16 weights, against f32", "cnn", 1, 1.2, pith="bf16.pith", tolerance=3e-2)
Compressed(options.tool, options.program, LIBRARY, directory, in_turns, table).all(options.only)
product()
network("softmax 1000x1000", "softmax1000", 1000, 1.5)
two_threads()
loading("load the MLP, compressed, verified", "pith", "mlp.pith", 5)
loading("load the MLP, raw, verified", "pith", "mlp.raw.pith", None)
loading("load the MLP, mapped, directoryOnly", "mapped", "mlp.panels.pith", 50)
opening()
start()
memory()
code_size()
latency()
if not table.rows:
    sys.exit(f"Benchmarks/compare: no case's name holds '{options.only}'")
for peer, reason in skipped.items():
    print(f"without {peer}: {reason}")
growth = {} if options.only else Growth(options.program, directory, quick=options.quick).all()
table.finish(growth, options.json, options.svg)
