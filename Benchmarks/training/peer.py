"""The same as TrainingBenchmark.swift with PyTorch: steps to take on each line of the input, seconds as the answer.

usage: peer.py MODEL BATCH THREADS OPTIMIZER LAYOUT
"""

import sys
import time

import torch
from torch import nn

name, batch, threads, optimizer = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
torch.manual_seed(1)


def perceptron(*widths):
    layers = [nn.Flatten()]
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


if name == "mlp":
    model = perceptron(784, 300, 100, 10)
elif name.startswith("mlp-"):
    model = perceptron(784, int(name[4:]), int(name[4:]), 10)
elif name == "lenet5":
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
else:
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
layout = getattr(torch, sys.argv[5])
model = model.to(memory_format=layout)
if optimizer == "adam":
    rule = torch.optim.Adam(model.parameters(), lr=0.01, fused=True)
else:
    rule = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, fused=True)
loss_function = nn.CrossEntropyLoss()
count = max(8192, 8 * batch) // batch * batch
images, labels = torch.rand(count, 1, 28, 28), torch.randint(0, 10, (count,))
step = 0
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        first = step * batch % count
        rule.zero_grad(set_to_none=True)
        loss_function(model(images[first:first + batch].contiguous(memory_format=layout)), labels[first:first + batch]).backward()
        rule.step()
        step += 1
    print(time.perf_counter() - start, flush=True)
