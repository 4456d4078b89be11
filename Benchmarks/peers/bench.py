"""The program PithBench, which runs Pith and ONNX Runtime in one process, and models in it."""
import os
import subprocess


def shape_text(shape):
    return ",".join(str(extent) for extent in shape)


class Bench:
    """The program PithBench, which runs Pith and ONNX Runtime in one process."""

    def __init__(self, program, environment=None):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            env={**os.environ, **(environment or {})})

    def ask(self, *words):
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"PithBench: {' '.join(map(str, words))}: {answer or 'it ended'}")
        return answer


class Native:
    """A model in PithBench."""

    def __init__(self, bench, *words):
        self.bench = bench
        self.id = bench.ask(*words)

    def time(self, runs):
        return int(self.bench.ask("time", self.id, runs)) * 1e-9

    def output(self):
        return [float(x) for x in self.bench.ask("output", self.id).split()]

    def latency(self, runs):
        """Seconds that half, 99 %, 99.9 % and all of these runs and of those measured before took at most."""
        return [int(x) * 1e-9 for x in self.bench.ask("latency", self.id, runs).split()]
