"""The tables of Benchmarks/growth: time against batch, width and depth, and per unit of work; the least of some
rounds."""
import json
import sys

from bench import Bench, Native, shape_text


class Growth:
    """Measures one model at a time in PithBench and keeps the tables."""

    def __init__(self, program, directory, quick=False):
        self.bench = Bench(program)
        self.directory, self.rounds, self.seconds = directory, 3 if quick else 9, 0.01 if quick else 0.02
        self.tables = {}

    def seconds_of(self, name, inputs, outputs):
        words = (shape_text(inputs), shape_text(outputs))
        engine = Native(self.bench, "pith", f"{self.directory}/{name}.pith", 1, *words)
        engine.time(2)
        runs = max(1, int(self.seconds / max(engine.time(1), 1e-7)))
        return min(engine.time(runs) / runs for _ in range(self.rounds))

    def table(self, title, unit, points, work, level):
        """`level`: from which value on the cost of a unit should be the same; prints the greatest over the least."""
        print(f"\n{title}\n{'':>8} {'us':>12} {unit:>16}")
        rows = []
        for value, name, inputs, outputs in points:
            seconds = self.seconds_of(name, inputs, outputs)
            rows.append({"value": value, "seconds": seconds, "unit": work(value, seconds)})
            print(f"{value:8} {seconds * 1e6:12.2f} {rows[-1]['unit']:16.3f}", flush=True)
        units = [row["unit"] for row in rows if row["value"] >= level]
        print(f"from {level} on, the greatest cost of a unit is {max(units) / min(units):.2f} times the least")
        self.tables[title] = {"unit": unit, "rows": rows, "straight_from": level, "spread": max(units) / min(units)}

    def all(self):
        self.table("MLP 784-300-100-10 by batch", "us an example",
                   [(b, "mlp", [b, 784], [b, 10]) for b in [2**n for n in range(13)]], lambda b, t: t / b * 1e6, 64)
        self.table("one layer, batch 1, by width", "ns for 1000 FMA",
                   [(w, f"width{w}", [1, w], [1, w]) for w in [32, 64, 128, 256, 512, 1024, 2048, 4096]],
                   lambda w, t: t / (w * w) * 1e12, 128)
        self.table("layers of 128, batch 1, by depth", "us a layer",
                   [(d, f"depth{d}", [1, 128], [1, 128]) for d in [1, 2, 4, 8, 16, 32, 64]], lambda d, t: t / d * 1e6, 4)
        return self.tables


if __name__ == "__main__":
    tables = Growth(*sys.argv[1:3], quick="--quick" in sys.argv).all()
    if "--json" in sys.argv:
        json.dump(tables, open(sys.argv[sys.argv.index("--json") + 1], "w"), indent=1)
