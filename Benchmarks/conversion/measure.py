"""The files are written here by the standard library, tensor by tensor, with bytes that do not compress."""
import io
import json
import os
import pickle
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

PITH, MEGABYTES, CHECKPOINT = sys.argv[1], int(sys.argv[2]), sys.argv[3]
TENSORS, RUNS = 20, 3


def timed(*command):
    """Seconds, those of the processor, and the greatest resident memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(*command, runs=RUNS):
    results = [timed(*command) for _ in range(runs)]
    return [statistics.median(r[i] for r in results) for i in (0, 1)] + [max(r[2] for r in results)]


class Parts:
    """The tensors' bytes, made when they are asked for: a child's greatest memory is never below its parent's."""

    def __init__(self, count, size):
        self.count, self.size = count, size

    def __len__(self):
        return self.count

    def __iter__(self):
        return (random.Random(i).randbytes(self.size) for i in range(self.count))


def write_safetensors(path, parts):
    size = parts.size
    header = {"t%d" % i: {"dtype": "F32", "shape": [size // 4], "data_offsets": [i * size, (i + 1) * size]}
              for i in range(len(parts))}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for part in parts:
            file.write(part)


class Global:
    """Pickles as the name of a class, as torch.save's storages do."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Pickler(pickle._Pickler):
    """Writes what torch.save writes for a dictionary of whole tensors."""

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Global):
            self.write(b"c" + value.module.encode() + b"\n" + value.name.encode() + b"\n")
        elif isinstance(value, Tensor):
            self.save(Global("torch._utils", "_rebuild_tensor_v2"))
            self.write(pickle.MARK)
            self.save(("storage", Global("torch", "FloatStorage"), value.key, "cpu", value.count))
            self.write(pickle.BINPERSID)
            for part in (0, (value.count,), (1,), False):
                self.save(part)
            self.save(Global("collections", "OrderedDict"))
            self.write(pickle.EMPTY_TUPLE + pickle.REDUCE + pickle.TUPLE + pickle.REDUCE)
        else:
            super().save(value, save_persistent_id)


class Tensor:
    def __init__(self, key, count):
        self.key, self.count = key, count


def write_torch(path, parts):
    data = io.BytesIO()
    Pickler(data, 2).dump({"t%d" % i: Tensor(str(i), parts.size // 4) for i in range(len(parts))})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", data.getvalue())
        archive.writestr("archive/byteorder", "little")
        for index, part in enumerate(parts):
            archive.writestr("archive/data/%d" % index, part)
        archive.writestr("archive/version", "3\n")


def main():
    with tempfile.TemporaryDirectory(dir=".build") as folder:
        size = MEGABYTES * 1_000_000 // TENSORS // 4 * 4
        parts = Parts(TENSORS, size)
        for name, write in (("model.safetensors", write_safetensors), ("model.pt", write_torch)):
            source, target = os.path.join(folder, name), os.path.join(folder, "out")
            write(source, parts)
            subprocess.run(["sync"], check=True)
            base = sum(median(*command)[0] for command in (
                ("cp", source, target), ("sync", target), ("sha256sum", source)))
            seconds, _, memory = median(PITH, "convert", source, "-o", target, "--weights-only", "--raw")
            print("%s, %d MB: convert %.2f s, %.0f MB of memory (the largest tensor has %d MB); cp + sync + sha256sum "
                  "%.2f s; ratio %.2f (goal: 2)" % (name, MEGABYTES, seconds, memory, size // 1_000_000, base,
                                                    seconds / base))
        target = os.path.join(folder, "out.pith")
        seconds, busy, _ = median(PITH, "convert", CHECKPOINT, "-o", target, runs=11)
        print("%s: %.0f ms as a process, %.0f of them the processor's (goal: under 50)" % (
            os.path.basename(CHECKPOINT), seconds * 1000, busy * 1000))
        model = os.path.join(folder, "network.onnx")
        subprocess.run([PITH, "export", target, "-o", model], check=True, stdout=subprocess.DEVNULL)
        converter = [sys.executable, "-W", "ignore", "-m", "onnxruntime.tools.convert_onnx_models_to_ort", model]
        seconds, busy, _ = median(*converter)
        print("the same network from ONNX by onnxruntime.tools.convert_onnx_models_to_ort: %.0f ms, %.0f of them the "
              "processor's" % (seconds * 1000, busy * 1000))


main()
