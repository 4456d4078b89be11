"""Compressed files beside the same networks dense, in Pith and in ONNX Runtime; and networks of integers."""
import os
import subprocess
import sys

import numpy as np

from bench import Bench, Native, shape_text

SAMPLES = "../samples/compress"


class Compressed:
    """Makes the files with the tool `pith` and PithBench, once, and measures them at batch 1."""

    def __init__(self, tool, program, library, directory, in_turns, table):
        self.tool, self.program, self.library, self.directory = tool, program, library, directory
        self.in_turns, self.table = in_turns, table

    def path(self, name):
        return f"{self.directory}/{name}"

    def make(self, name, command, source, *options, program=None):
        """Runs a command that makes a file of another, unless there is one that is newer."""
        result = self.path(name)
        if not os.path.exists(result) or os.path.getmtime(result) <= os.path.getmtime(source):
            words = [program or self.tool, command, source, *options] + ([] if program else ["-o"]) + [result]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        return result

    def race(self, case, file, onnx, dense, rows, tolerance=1e-4, features=(784,), peer="onnxruntime"):
        """Runs a file, an ONNX model and dense files in turns.

        dense: the dense files by name. rows: for the ONNX model and each dense file, the target or None.
        """
        bench = Bench(self.program)
        words = (shape_text((1, *features)), "1,10")
        contestants = {
            "pith": Native(bench, "pith", file, 1, *words), peer: Native(bench, "ort", self.library, onnx, 1, *words)}
        for name, path in dense.items():
            contestants[name] = Native(bench, "pith", path, 1, *words)
        ours, theirs = (np.asarray(contestants[name].output()) for name in ("pith", peer))
        error = float(np.abs(ours - theirs).max())
        if not error <= tolerance * max(1.0, float(np.abs(theirs).max())):
            sys.exit(f"{case}: {peer} gives other numbers, by {error}")
        medians = self.in_turns(contestants)
        for name, target in rows.items():
            self.table.add(case, medians["pith"], medians[name], name, target)

    @staticmethod
    def kilobytes(name):
        """The size of a shipped file, for people."""
        return f"{os.path.getsize(f'{SAMPLES}/{name}.pith') / 1000:.1f} KB"

    def trained(self, case, name, whole=None, target=None):
        """A shipped file, the same layers without zeros, its ONNX form, and the network before units were removed."""
        file = f"{SAMPLES}/{name}.pith"
        onnx = self.make(f"{name}.onnx", "export", file)
        dense = {"pith, no zeros": self.make(f"{name}.dense.pith", "fill", file, program=self.program)}
        rows = {"pith, no zeros": None, "onnxruntime": None}
        if whole:
            dense["pith, whole f32"] = self.path(f"{whole}.pith")
            rows["pith, whole f32"] = target
        self.race(case, file, onnx, dense, rows)

    def rounded(self, case, name, steps, target, features=(784,)):
        """A network of `PithBench make`, compressed by `pith compress`, beside itself."""
        source = self.path(f"{name}.pith")
        file = self.make(f"{name}.{'-'.join(step.strip('-') for step in steps)}.pith", "compress", source, *steps)
        onnx = self.make(os.path.basename(file)[:-5] + ".onnx", "export", file)
        self.race(case, file, onnx, {"pith, dense f32": source}, {"pith, dense f32": target, "onnxruntime": None},
                  features=features)

    def integers(self, case, name, target):
        """ONNX Runtime's own quantized model, converted: integers times integers in both."""
        onnx = self.path(f"{name}.int8.onnx")
        file = self.make(f"{name}.integers.pith", "convert", onnx)
        self.race(case, file, onnx, {}, {"onnxruntime int8": target}, tolerance=3e-2, peer="onnxruntime int8")

    def all(self, only):
        cases = [
            (self.integers, "MLP, batch 1, int8 x int8 as ONNX Runtime quantised it", "mlp", 2),
            (self.trained, f"LeNet-300-100 in {self.kilobytes('lenet-300-100')} (784-99-50-10), batch 1", "lenet-300-100", "mlp", 3),
            (self.rounded, "LeNet-300-100, 2 % of the weights, batch 1", "mlp", ("--prune", "0.02"), 3),
            (self.rounded, "LeNet-300-100, palettes of 16, batch 1", "mlp", ("--palette", "16"), None),
            (self.trained, f"LeNet-5 in {self.kilobytes('lenet-5')}, batch 1", "lenet-5"),
            (self.rounded, "MNIST CNN, palettes of 16, batch 1", "cnn", ("--palette", "16"), None, (1, 28, 28)),
        ]
        for measure, case, *arguments in cases:
            if only in case:
                measure(case, *arguments)
