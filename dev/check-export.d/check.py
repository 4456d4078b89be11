"""Reads what `pith export` wrote with the libraries that it is for, and compares with `pith run` and each other."""
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file

PITH, MODEL = sys.argv[1], sys.argv[2]
LIMIT = 1e-5


def run(*arguments):
    subprocess.run([PITH, *arguments], check=True, stdout=subprocess.DEVNULL)


def main():
    with tempfile.TemporaryDirectory() as folder:
        paths = {form: os.path.join(folder, "model." + form) for form in ("onnx", "safetensors", "npz", "pt")}
        for path in paths.values():
            run("export", MODEL, "-o", path)
        onnx.checker.check_model(paths["onnx"], full_check=True)
        session = onnxruntime.InferenceSession(paths["onnx"], providers=["CPUExecutionProvider"])
        entry = session.get_inputs()[0]
        shape = [d if isinstance(d, int) else 64 for d in entry.shape]
        pixels = np.random.default_rng(1).random(shape, np.float32)
        np.save(os.path.join(folder, "x.npy"), pixels)
        run("run", MODEL, "--input", os.path.join(folder, "x.npy"), "--out", folder)
        name = session.get_outputs()[0].name
        ours = np.load(os.path.join(folder, name + ".npy"))
        theirs = session.run(None, {entry.name: pixels})[0]
        difference = np.abs(ours - theirs).max()
        assert difference <= LIMIT, difference
        assert (ours.argmax(-1) == theirs.argmax(-1)).all()
        print("onnx: onnx.checker passes, ONNX Runtime within %.1e, argmax equal" % difference)
        tensors = load_file(paths["safetensors"])
        archive = np.load(paths["npz"], allow_pickle=False)
        assert set(tensors) == set(archive.files) and tensors
        for key in tensors:
            assert (tensors[key] == archive[key]).all(), key
        print("safetensors, npz: the same %d tensors" % len(tensors))
        if "--torch" in sys.argv:
            import torch
            state = torch.load(paths["pt"], weights_only=True)
            assert set(state) == set(tensors)
            for key in tensors:
                assert (state[key].numpy() == tensors[key]).all(), key
            print("pt: torch.load(weights_only=True) reads the same tensors")


main()
