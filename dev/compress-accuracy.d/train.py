"""usage: train.py DATA OUT.pt [EPOCHS]
Trains the network of pytorch/examples/mnist on the IDX files of a folder with its settings (Adadelta, rate 1, times 0.7 each
epoch, batches of 64, dropout), for 4 epochs unless given, and saves the state dict."""
import gzip
import pathlib
import sys

import numpy
import torch
from torch import nn
from torch.nn import functional


def idx(folder, name):
    for path in (pathlib.Path(folder) / name, pathlib.Path(folder) / f"{name}.gz"):
        if path.exists():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            rank = data[3]
            shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
            return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)
    sys.exit(f"{folder} has no {name}")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = functional.relu(self.conv2(functional.relu(self.conv1(x))))
        x = self.dropout1(functional.max_pool2d(x, 2)).flatten(1)
        return functional.log_softmax(self.fc2(self.dropout2(functional.relu(self.fc1(x)))), dim=1)


def main():
    data, out = sys.argv[1:3]
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else 4
    torch.manual_seed(1)
    images = (torch.from_numpy(idx(data, "train-images-idx3-ubyte").copy()).float() / 255 - 0.1307) / 0.3081
    labels = torch.from_numpy(idx(data, "train-labels-idx1-ubyte").copy()).long()
    images = images.unsqueeze(1)
    net = Net()
    optimizer = torch.optim.Adadelta(net.parameters(), lr=1.0)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
    for epoch in range(epochs):
        total = 0.0
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            loss = functional.nll_loss(net(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        schedule.step()
        print(f"epoch {epoch + 1}: loss {total / len(images):.4f}", flush=True)
    torch.save(net.state_dict(), out)


main()
