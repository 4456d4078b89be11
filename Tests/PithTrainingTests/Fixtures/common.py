"""What the fixtures' scripts share: numbers that Swift makes in the same way, and JSON that stays small."""

import json

import numpy
import torch


def pattern(shape, salt, scale=1.0, offset=0.0):
    """The tensor that `Fixture.pattern` in FixtureSupport.swift makes."""
    count = int(numpy.prod(shape)) if shape else 1
    index = numpy.arange(count, dtype=numpy.int64)
    values = ((index * 7919 + salt * 104729) % 2003 - 1001) / 1000.0 * scale + offset
    return torch.tensor(values.astype(numpy.float32).reshape(shape))


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().double().flatten().tolist()]


def dump(cases):
    """One case a line."""
    print("[")
    print(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
    print("]")
