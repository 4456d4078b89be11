"""Converts ONNX's test models and reads the results with spec/reference. usage: read.py PITH N (one model of N)."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

import onnx
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.loader import load_model_tests

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "spec" / "reference"))

import pith_reader  # noqa: E402

warnings.simplefilter("ignore")


def models():
    for case in collect_testcases(None):
        if case.model is not None:
            yield f"node {case.name}", case.model
    for kind in ("simple", "pytorch-operator", "pytorch-converted"):
        for case in load_model_tests(kind=kind):
            path = pathlib.Path(case.model_dir) / "model.onnx"
            if path.exists():
                yield f"{kind} {case.name}", onnx.load(path)


def read(pith, folder, number, name, model):
    """None when Pith does not convert it, else what is wrong, empty for nothing."""
    source, target = folder / f"{number}.onnx", folder / f"{number}.pith"
    source.write_bytes(model.SerializeToString())
    if subprocess.run([pith, "convert", source, "-o", target], capture_output=True).returncode != 0:
        return None
    try:
        pith_reader.load(target)
    except pith_reader.PithError as error:
        return f"{name}: {error}"
    finally:
        source.unlink()
        target.unlink()
    return ""


def main(pith, every):
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        waiting = [
            pool.submit(read, pith, pathlib.Path(folder), number, name, model)
            for number, (name, model) in enumerate(models()) if number % every == 0
        ]
        results = [future.result() for future in waiting]
    wrong = [result for result in results if result]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    loaded = sum(result == "" for result in results)
    print(f"{len(results)} models, {results.count(None)} not converted, {loaded} read, {len(wrong)} refused by the reader")
    return 1 if wrong or not loaded else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
