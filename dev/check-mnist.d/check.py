"""usage: check.py FOLDER-OF-PROGRAMS DATA. Prints one line for each file that was converted; 1 where an answer differs."""
import gzip
import json
import logging
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS, DATA = map(pathlib.Path, sys.argv[1:3])
STEPS, BATCH = 150, 64
LIMIT = 1e-5  # of the largest logit
MEAN, DEVIATION = 0.1307, 0.3081


def idx(name):
    for path in (DATA / name, DATA / (name + ".gz")):
        if path.exists():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            rank = data[3]
            shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
            return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape).copy())
    sys.exit(f"{DATA} has no {name}")


class Perceptron(nn.Module):
    def __init__(self, *widths, prefix="fc", first=1):
        super().__init__()
        layers = {f"{prefix}{first + i}": nn.Linear(a, b) for i, (a, b) in enumerate(zip(widths, widths[1:]))}
        self.layers_in_order = list(layers)
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x):
        x = x.flatten(1)
        for number, name in enumerate(self.layers_in_order):
            x = getattr(self, name)(functional.relu(x) if number else x)
        return x


class MLX(nn.Module):
    """The perceptron of mlx-examples/mnist, whose layers are a list."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(784, 32), nn.Linear(32, 32), nn.Linear(32, 10)])

    def forward(self, x):
        x = x.flatten(1)
        for number, layer in enumerate(self.layers):
            x = layer(functional.relu(x) if number else x)
        return x


class LeNet5(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2).flatten(1)
        return self.fc3(functional.relu(self.fc2(functional.relu(self.fc1(x)))))


class Example(nn.Module):
    """pytorch/examples/mnist."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv2(functional.relu(self.conv1(x)))), 2)
        x = self.fc1(self.dropout1(x).flatten(1))
        return functional.log_softmax(self.fc2(self.dropout2(functional.relu(x))), dim=1)


def trained(net, images, labels):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for batch in torch.randperm(len(images))[:STEPS * BATCH].split(BATCH):
        optimizer.zero_grad()
        functional.cross_entropy(net(images[batch]), labels[batch]).backward()
        optimizer.step()
    return net.eval()


def run(program, *arguments):
    done = subprocess.run([PROGRAMS / program, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{program} {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def save_onnx(net, shape, path):
    torch.onnx.export(net, (torch.zeros(shape),), path, dynamo=True, input_names=["pixels"], output_names=["logits"],
                      dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False)


def save_checkpoint(net, path):
    torch.save({"epoch": 1, "model": {"module." + key: value for key, value in net.state_dict().items()}}, path)


SAVERS = {
    "state.pt": lambda net, path: torch.save(net.state_dict(), path),
    "old.pt": lambda net, path: torch.save(net.state_dict(), path, _use_new_zipfile_serialization=False),
    "module.pt": torch.save,
    "checkpoint.pt": save_checkpoint,
    "script.pt": lambda net, path: torch.jit.trace(net, torch.zeros(1, 1, 28, 28)).save(path),
    "weights.safetensors": lambda net, path: save_file(net.state_dict(), path),
    "weights.npz": lambda net, path: np.savez(path, **{k: v.numpy() for k, v in net.state_dict().items()}),
}
# A network, the graph of its weights, the shape of a picture, and the forms that it is saved in.
NETWORKS = [
    ("mlp", Perceptron(784, 300, 100, 10), (784,), list(SAVERS)),
    ("mlx-mnist", MLX(), (784,), ["weights.npz", "weights.safetensors"]),
    ("lenet5", LeNet5(), (1, 28, 28), ["state.pt", "script.pt", "network.onnx"]),
    ("pytorch-mnist", Example(), (1, 28, 28), ["state.pt", "weights.safetensors", "network.onnx"]),
]


def check(name, form, net, shape, pixels, labels, expected, folder):
    source, model = folder / f"{name}-{form}", folder / "m.pith"
    options = ["--mean", str(MEAN), "--std", str(DEVIATION)]
    if form == "network.onnx":
        save_onnx(net, (2, *shape), source)
    else:
        SAVERS[form](net, source)
        options += ["--graph", ROOT / "samples" / "graphs" / f"{name}.txt"]
    run("pith", "convert", source, "-o", model, *options)
    np.save(folder / "x.npy", pixels.numpy().reshape(-1, *shape))
    run("pith", "run", model, "--input", folder / "x.npy", "--out", folder / "out")
    (file,) = (folder / "out").glob("*.npy")
    got = np.load(file)
    file.unlink()
    difference = np.abs(got - expected).max() / np.abs(expected).max()
    same = int((got.argmax(1) == expected.argmax(1)).sum())
    counted = json.loads(run("mnist-infer", "--model", model, "--data", DATA, "--json"))
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels.numpy(), expected.argmax(1)), 1)
    agrees = same == len(labels) and difference <= LIMIT and (np.array(counted["confusion"]) == confusion).all()
    print("%-14s %-20s %d of %d argmax equal, outputs within %.1e of the largest, mnist-infer %.2f %%: %s" % (
        name, form, same, len(labels), difference, 100 * counted["accuracy"], "agrees" if agrees else "DIFFERS"), flush=True)
    return agrees


def main():
    torch.manual_seed(1)
    def normalized(name):
        return (idx(name).float().unsqueeze(1) / 255 - MEAN) / DEVIATION
    images, labels = normalized("train-images-idx3-ubyte"), idx("train-labels-idx1-ubyte").long()
    pixels, truth = normalized("t10k-images-idx3-ubyte"), idx("t10k-labels-idx1-ubyte").long()
    right = True
    with tempfile.TemporaryDirectory() as folder:
        for name, net, shape, forms in NETWORKS:
            trained(net, images, labels)
            with torch.no_grad():
                expected = torch.cat([net(part) for part in pixels.split(500)]).numpy()
                for form in forms:
                    right &= check(name, form, net, shape, pixels, truth, expected, pathlib.Path(folder))
    sys.exit(0 if right else 1)


main()
