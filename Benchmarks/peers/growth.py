"""The tables of Benchmarks/growth: time against batch, width and depth, and per unit of work."""
import statistics
import subprocess
import sys

program, directory = sys.argv[1:3]
process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)


def ask(*words):
    process.stdin.write(" ".join(map(str, words)) + "\n")
    return process.stdout.readline().strip()


def seconds(name, inputs, outputs):
    engine = ask("pith", f"{directory}/{name}.pith", 1, ",".join(map(str, inputs)), ",".join(map(str, outputs)))
    ask("time", engine, 2)
    once = int(ask("time", engine, 1)) * 1e-9
    runs = max(1, int(0.02 / max(once, 1e-7)))
    return statistics.median(int(ask("time", engine, runs)) * 1e-9 / runs for _ in range(9))


def table(title, unit, rows):
    print(f"\n{title}\n{'':>8} {'us':>12} {unit:>16}")
    for value, time, work in rows:
        print(f"{value:8} {time * 1e6:12.2f} {work:16.3f}")


batches = [2**n for n in range(13)]
table("MLP 784-300-100-10 by batch", "us an example",
      [(b, t, t / b * 1e6) for b in batches for t in [seconds("mlp", [b, 784], [b, 10])]])
table("one layer, batch 1, by width", "GFLOP/s",
      [(w, t, 2 * w * w / t * 1e-9) for w in [32, 64, 128, 256, 512, 1024, 2048, 4096]
       for t in [seconds(f"width{w}", [1, w], [1, w])]])
table("layers of 128, batch 1, by depth", "us a layer",
      [(d, t, t / d * 1e6) for d in [1, 2, 4, 8, 16, 32, 64] for t in [seconds(f"depth{d}", [1, 128], [1, 128])]])
