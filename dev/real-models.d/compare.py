"""Converts every model found, runs it, and compares: ONNX outputs with ONNX Runtime, weights with their own library."""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import load_file

PITH, ROOT = sys.argv[1], sys.argv[2]
LIMIT = 1e-4  # of an output's largest value


def ends_of(path, count=1024, padding=256):
    """What magika takes: the first and last bytes of a file. Of noise its first layers make variances of 1e-6 as a
    difference of sums near 0.5, of which no two engines agree."""
    data = open(path, "rb").read().strip()
    row = np.full((1, 2 * count), padding, np.int32)
    for part, start in ((data[:count], 0), (data[-count:], 2 * count - len(data[-count:]))):
        row[0, start:start + len(part)] = list(part)
    return row


# Inputs of models that leave a shape open or want more than noise; others get noise of the shape they declare. Where
# "fixed" says so, the shapes are given to the conversion too; "constants" are inputs that always have one value, which
# the conversion is told: what the model branches on is then known; "given" are inputs that must be no noise. "refused" is
# what the conversion must name: operators that are not ONNX's.
SILERO = {"shapes": {"input": (1, 576), "state": (2, 1, 128)}, "constants": {"sr": 16000}, "fixed": True}
AECMOS = {"shapes": {"input": (1, 3, 40, 160), "h0": (4, 1, 64)}, "fixed": True}
CASES = {
    "melspectrogram.onnx": {"shapes": {"input": (1, 16000)}},
    "embedding_model.onnx": {"shapes": {"input_1": (2, 76, 32, 1)}},
    "hey_mycroft_v0.1.onnx": {"shapes": {"input_1": (2, 16, 96)}},
    "openwakeword/silero_vad.onnx": {
        "shapes": {"input": (1, 1536), "h": (2, 1, 64), "c": (2, 1, 64)}, "constants": {"sr": 16000}, "fixed": True},
    "silero_vad.onnx": SILERO,
    "silero_vad_16k_op15.onnx": SILERO,
    "silero_vad_half.onnx": {"shapes": SILERO["shapes"], "fixed": True},
    "silero_vad_op18_ifless.onnx": SILERO,
    "silero_vad_16k_sequence.onnx": {"shapes": {"input": (5, 576)}},
    "silero_vad_v6.onnx": {"shapes": {"input": (3, 576)}},
    "common.onnx": {"shapes": {"input1": (1, 1, 64, 160)}},
    "common_old.onnx": {"refused": ["com.microsoft.DynamicQuantizeLSTM", "ConvInteger"]},
    "magika/model.onnx": {"given": {"bytes": ends_of(__file__)}},
    "swift_f0/model.onnx": {
        "shapes": {"audio": (1, 16000)}, "constants": {"fmin": 50, "fmax": 1000}, "fixed": True},
    "320n.onnx": {"shapes": {"images": (1, 3, 320, 320)}, "fixed": True},
    "pnet.onnx": {"shapes": {"input_1": (1, 40, 60, 3)}},
    "ch_PP-OCRv4_det_infer.onnx": {"shapes": {"x": (1, 3, 64, 96)}, "fixed": True},
    "ch_PP-OCRv4_rec_infer.onnx": {"shapes": {"x": (1, 3, 48, 96)}, "fixed": True},
    "ch_ppocr_mobile_v2.0_cls_infer.onnx": {"shapes": {"x": (1, 3, 48, 192)}, "fixed": True},
    "Run_1663829550_Stage_0.onnx": AECMOS,
    "Run_1663915512_Stage_0.onnx": AECMOS,
    "Run_1668423760_Stage_0.onnx": {"shapes": {"input": (1, 3, 40, 160), "h0": (4, 1, 96)}, "fixed": True},
    "plcmos_v2.onnx": {
        "shapes": {"degraded_audio": (1, 1, 120, 257), "rater_embed": (1, 64)}, "fixed": True},
}
TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32,
         "tensor(float16)": np.float16, "tensor(bool)": np.bool_}


def run(*arguments):
    return subprocess.run([PITH, *arguments], capture_output=True, text=True)


def case_of(path):
    name = os.path.basename(path)
    for package in path.split("/"):
        if package + "/" + name in CASES:
            return CASES[package + "/" + name]
    return CASES.get(name, {})


def onnx(path, folder):
    case = case_of(path)
    model = os.path.join(folder, "model.pith")
    options = []
    onnxruntime.set_default_logger_severity(3)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    generator = np.random.default_rng(1)
    feed, constants = {}, {}
    for entry in session.get_inputs():
        if entry.name in case.get("constants", {}):
            value = case["constants"][entry.name]
            constants[entry.name] = np.array(value).astype(TYPES[entry.type])
            options += ["--input", "%s=%s" % (entry.name, value)]
            continue
        shape = case.get("shapes", {}).get(entry.name, [d if isinstance(d, int) else 1 for d in entry.shape])
        declared = entry.shape
        differs = any(isinstance(d, int) and d != s for d, s in zip(declared, shape))
        if differs or case.get("fixed") and entry.name in case.get("shapes", {}):
            options += ["--shape", entry.name + "=" + ",".join(str(s) for s in shape)]
        if entry.name in case.get("given", {}):
            feed[entry.name] = case["given"][entry.name]
            continue
        kind = TYPES[entry.type]
        value = generator.standard_normal(shape) * 0.1 if np.issubdtype(kind, np.floating) else generator.integers(0, 2, shape)
        feed[entry.name] = value.astype(kind)
    start = time.time()
    done = run("convert", path, "-o", model, *options)
    seconds = time.time() - start
    if "refused" in case:
        named = all(name in done.stderr for name in case["refused"])
        return "refused" if named and done.returncode == 1 else "NOT REFUSED", case["refused"], seconds
    if done.returncode:
        return "NOT CONVERTED", done.stderr.strip().splitlines()[:6], seconds
    arguments = []
    for index, (name, value) in enumerate(feed.items()):
        file = os.path.join(folder, "in%d.npy" % index)
        np.save(file, value)
        arguments += ["--input", name + "=" + file]
    done = run("run", model, *arguments, "--out", os.path.join(folder, "out"))
    if done.returncode:
        return "NOT RUN", done.stderr.strip().splitlines()[:3], seconds
    feed |= constants
    expected = session.run(None, feed)
    worst, outputs = 0.0, []
    for entry, want in zip(session.get_outputs(), expected):
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in entry.name)
        got = np.load(os.path.join(folder, "out", safe + ".npy"))
        outputs.append(got)
        if got.shape != want.shape:
            return "WRONG SHAPE", ["%s: %s, not %s" % (entry.name, got.shape, want.shape)], seconds
        scale = np.abs(want).max() if want.size else 0
        worst = max(worst, float(np.abs(got - want).max() / scale)) if scale else worst
    note = "%.1e of the largest value" % worst
    if worst > LIMIT:
        # ONNX Runtime's sigmoid is right to 2^-24 only, which is all of a tiny output; onnx's own evaluator is a judge.
        try:
            expected = ReferenceEvaluator(path).run(None, feed)
        except Exception as error:
            return "DIFFERS", [note + ", onnx.reference fails: %s" % error], seconds
        exact = max(float(np.abs(g - w).max() / max(np.abs(w).max(), 1e-30)) for g, w in zip(outputs, expected))
        note += ", %.1e from onnx.reference" % exact
        worst = exact
    return ("agrees" if worst <= LIMIT else "DIFFERS"), [note], seconds


def weights(path, folder, load):
    model = os.path.join(folder, "weights.pith")
    out = os.path.join(folder, "weights.safetensors")
    start = time.time()
    done = run("convert", path, "-o", model, "--weights-only", "--raw")
    seconds = time.time() - start
    if done.returncode:
        return "NOT CONVERTED", done.stderr.strip().splitlines()[:4], seconds
    done = run("export", model, "-o", out)
    if done.returncode:
        return "NOT EXPORTED", done.stderr.strip().splitlines()[:4], seconds
    got, want = load_file(out), load(path)
    # TorchScript files hold plain attributes too, which a state dict leaves out.
    extra = set(got) - set(want)
    if set(want) - set(got) or extra and not path.endswith(".jit"):
        return "OTHER NAMES", sorted(set(got) ^ set(want))[:4], seconds
    for name in want:
        if got[name].dtype != want[name].dtype or got[name].shape != want[name].shape or \
                got[name].tobytes() != np.ascontiguousarray(want[name]).tobytes():
            return "DIFFERS", [name], seconds
    notes = ["%d tensors" % len(want)] + (["and attributes: " + ", ".join(sorted(extra))] if extra else [])
    return "equal", notes, seconds


def load_torch(path):
    import torch
    state = torch.load(path, weights_only=True, map_location="cpu")
    for key in ("state_dict", "model_state"):
        state = state.get(key, state)
    return {key: value.numpy() for key, value in state.items()}


def load_script(path):
    import torch
    return {key: value.numpy() for key, value in torch.jit.load(path).state_dict().items()}


def load_npz(path):
    with np.load(path, allow_pickle=False) as file:
        return {key: file[key] for key in file.files}


LOADERS = {".safetensors": load_file, ".npz": load_npz, ".pt": load_torch, ".pth": load_torch, ".jit": load_script}
TORCH = (".pt", ".pth", ".jit")


def main():
    try:
        import torch  # noqa: F401
        has_torch = "--small" not in sys.argv
    except ImportError:
        has_torch = False
    rows, failed = [], 0
    for folder, _, files in sorted(os.walk(ROOT)):
        for name in sorted(files):
            path = os.path.join(folder, name)
            ending = os.path.splitext(name)[1]
            with tempfile.TemporaryDirectory() as scratch:
                if ending == ".onnx":
                    result = onnx(path, scratch)
                elif ending in LOADERS and (has_torch or ending not in TORCH):
                    result = weights(path, scratch, LOADERS[ending])
                else:
                    continue
            failed += result[0] not in ("agrees", "equal", "refused")
            rows.append((os.path.relpath(path, ROOT).split("/")[0], name, *result))
    for package, name, verdict, notes, seconds in rows:
        print("%-28s %-30s %-14s %6.2f s  %s" % (package, name, verdict, seconds, "; ".join(notes)))
    print("%d passed, %d failed" % (len(rows) - failed, failed))
    sys.exit(1 if failed else 0)


main()
