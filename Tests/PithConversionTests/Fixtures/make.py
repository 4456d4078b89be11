#!/usr/bin/env python3
"""Makes the fixtures beside it with the real libraries: pip install torch safetensors numpy onnx, in a throw-away venv.

Element number i (row-major) of every float tensor is i/4 - 1, of every integer tensor i.
"""
import json
import os

import numpy as np
import torch
from safetensors.torch import save_file

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def tensor(shape, dtype=torch.float32):
    count = int(np.prod(shape))
    values = torch.arange(count, dtype=torch.float64)
    if dtype.is_floating_point:
        values = values / 4 - 1
    elif dtype == torch.bool:
        values = values % 2
    return values.to(dtype).reshape(shape)


TYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2, torch.int64,
    torch.int32, torch.int16, torch.int8, torch.uint64, torch.uint32, torch.uint16, torch.uint8, torch.bool,
]


def every_type():
    return {str(dtype).split(".")[1]: tensor((2, 3), dtype) for dtype in TYPES}


def safetensors():
    tensors = every_type()
    tensors["scalar"] = tensor(())
    tensors["empty"] = tensor((0, 3))
    save_file(tensors, "types.safetensors", metadata={"format": "pt"})
    save_file({"a.weight": tensor((2, 2))}, "shard-1.safetensors")
    save_file({"b.weight": tensor((3,))}, "shard-2.safetensors")
    index = {"metadata": {"total_size": 28},
             "weight_map": {"a.weight": "shard-1.safetensors", "b.weight": "shard-2.safetensors"}}
    with open("shards.safetensors.index.json", "w") as file:
        json.dump(index, file)


def numpy():
    names = ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?")
    arrays = {np.dtype(name).name: tensor((2, 3), torch.float32 if name[0] == "f" else torch.int64 if name != "?"
                                         else torch.bool).numpy().astype(name) for name in names}
    arrays["fortran"] = np.asfortranarray(tensor((2, 3)).numpy())
    arrays["big"] = tensor((2, 3)).numpy().astype(">f4")
    np.savez("arrays.npz", **arrays)
    np.savez_compressed("compressed.npz", **arrays)


if __name__ == "__main__":
    safetensors()
    numpy()
