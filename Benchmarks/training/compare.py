"""Interleaves TrainingBenchmark and PyTorch, and writes a table and JSON.

usage: compare.py PROGRAM [--quick] [--json FILE] [--rounds N] [--only WORDS]

--quick takes 5 rounds, not 15. --only takes the cases whose description, such as "lenet5" or
"mlp 2 adam", has these words; "growth" takes the growth alone.
"""

import argparse
import json
import math
import pathlib
import platform
import statistics
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--json")
parser.add_argument("--quick", action="store_true")
parser.add_argument("--rounds", type=int)
parser.add_argument("--only", default="")
options = parser.parse_args()
rounds = options.rounds or (5 if options.quick else 15)
folder = pathlib.Path(__file__).parent
ACTIVATION_BYTES = 4 * (784 + 2 * (300 + 100 + 10))  # An image of the MLP: pixels, values and their gradients.
PARAMETER_BYTES = 4 * 3  # Weight, gradient and momentum.
MEMORY_TARGET = 0.25  # Peak memory against PyTorch's.


class Runner:
    """A process that trains as many steps as it is told, and says how long they took."""

    def __init__(self, command, *arguments):
        self.process = subprocess.Popen(
            [*command, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def seconds(self, steps):
        self.process.stdin.write(f"{steps}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args} ended with {self.process.wait()}")
        return float(answer)

    def peak_megabytes(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def pith(*arguments):
    return Runner([options.program], *arguments)


def torch(*arguments):
    return Runner([sys.executable, str(folder / "peer.py")], *arguments)


def fastest_torch(*arguments):
    """PyTorch with the layout of pictures that is the faster one for this network."""
    runners = [torch(*arguments, layout) for layout in ["contiguous_format", "channels_last"]]
    times = []
    for runner in runners:
        steps = steps_for(runner, 0.1)
        times.append(min(runner.seconds(steps) / steps for _ in range(3)))
    best = times.index(min(times))
    runners[1 - best].close()
    return runners[best]


def steps_for(runner, seconds):
    """Steps that take about so long."""
    runner.seconds(3)
    return max(1, int(seconds / (min(runner.seconds(3), runner.seconds(3)) / 3)))


def compare(model, batch, threads, optimizer, target):
    """Medians over rounds that take turns; the ratio is the median of the rounds' own."""
    ours, theirs = pith(model, batch, threads, optimizer), fastest_torch(model, batch, threads, optimizer)
    our_steps, their_steps = steps_for(ours, 0.2), steps_for(theirs, 0.2)
    pairs = []
    for _ in range(rounds):
        pairs.append((batch * our_steps / ours.seconds(our_steps), batch * their_steps / theirs.seconds(their_steps)))
    case = {
        "case": f"{model}, batch {batch}, {optimizer}, {threads} threads",
        "pith": statistics.median(p[0] for p in pairs), "peer": statistics.median(p[1] for p in pairs),
        "peer_name": "PyTorch", "unit": "images/s", "ratio": statistics.median(p[0] / p[1] for p in pairs),
        "target": target, "pith_megabytes": ours.peak_megabytes(), "peer_megabytes": theirs.peak_megabytes(),
        "memory_target": MEMORY_TARGET,
    }
    case["memory_ratio"] = case["pith_megabytes"] / case["peer_megabytes"]
    ours.close()
    theirs.close()
    print(f"{case['case']:30} {case['pith']:9.0f} {case['peer']:9.0f} {case['ratio']:6.2f} {target:6.2f}"
          f" {case['pith_megabytes']:7.0f} {case['peer_megabytes']:7.0f} {case['memory_ratio']:6.2f}"
          f" {MEMORY_TARGET:6.2f}", flush=True)
    return case


def cache_sizes():
    """A core's second-level cache and the last one, as Linux names them."""
    folder = pathlib.Path("/sys/devices/system/cpu/cpu0/cache")
    levels = [(folder / f"index{index}" / "size") for index in (2, 3)]
    return " and ".join(level.read_text().strip() for level in levels if level.exists()) or "unknown"


def growth(name, values, arguments, bytes_each):
    """Milliseconds of a step against a size; a straight line where the nanoseconds are even.

    bytes_each: what a step reads and writes for each; beside the caches it shows where the line bends.
    """
    points = []
    for value in values:
        runner = pith(*arguments(value))
        steps = steps_for(runner, 0.2)
        milliseconds = 1000 * min(runner.seconds(steps) / steps for _ in range(5))
        runner.close()
        points.append({name: value, "milliseconds": milliseconds})
        print(f"{name:10} {value:8} {milliseconds:10.3f} ms {1e6 * milliseconds / value:10.1f} ns each, "
              f"{value * bytes_each / 2**20:8.1f} MiB", flush=True)
    ends = [points[len(points) // 2], points[-1]]
    exponent = (math.log(ends[1]["milliseconds"] / ends[0]["milliseconds"])
                / math.log(ends[1][name] / ends[0][name]))
    print(f"a step's time grows as the {exponent:.2f}th power of {name} from {ends[0][name]} to {ends[1][name]}"
          f" (caches of {cache_sizes()})")
    return {"points": points, "exponent": exponent}


def parameters(width):
    return 784 * width + width * width + 10 * width


result = {"processor": platform.processor() or platform.machine(), "cases": []}
for line in open("/proc/cpuinfo"):
    if line.startswith("model name"):
        result["processor"] = line.split(":")[1].strip()
        break
print(f"{'images per second':30} {'Pith':>9} {'PyTorch':>9} {'ratio':>6} {'target':>6}"
      f" {'MB':>7} {'MB':>7} {'ratio':>6} {'below':>6}")
for model, target in [("mlp", 1.8), ("lenet5", 2.5), ("cnn", 1.3)]:
    for threads in [1, 2]:
        for optimizer in ["sgd", "adam"] if model == "mlp" else ["sgd"]:
            if options.only in f"{model} {threads} {optimizer}":
                result["cases"].append(compare(model, 64, threads, optimizer, target))
if options.only in "growth":
    result["batch"] = growth("batch", [16, 64, 256, 1024, 4096], lambda b: ("mlp", b, 1, "sgd"),
                             ACTIVATION_BYTES)
    widths = {parameters(w): w for w in [128, 256, 512, 1024, 2048]}
    result["parameters"] = growth("parameters", list(widths), lambda p: (f"mlp-{widths[p]}", 64, 1, "sgd"),
                                  PARAMETER_BYTES)
if not result["cases"] and "batch" not in result:
    sys.exit(f"no case has '{options.only}'")
if options.json:
    pathlib.Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
