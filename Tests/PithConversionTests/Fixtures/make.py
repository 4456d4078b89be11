#!/usr/bin/env python3
"""Makes the fixtures beside it with the real libraries: pip install torch safetensors numpy onnx, in a throw-away venv.

Element number i (row-major) of every float tensor is i/4 - 1, of every integer tensor i.
"""
import json
import os
import zipfile

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


def network():
    """A network whose parameters follow the rule above, so that every file of it holds the same tensors."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        for value in module.state_dict().values():
            value.copy_(tensor(value.shape, value.dtype))
    return module


def pytorch():
    module = network()
    state = module.state_dict()
    torch.save(state, "state.pt")
    torch.save(state, "state-old.pt", _use_new_zipfile_serialization=False)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(4, 3)).sum().backward()
    optimizer.step()
    module.load_state_dict(network().state_dict())
    torch.save({"epoch": 1, "model_state_dict": network().state_dict(), "optimizer": optimizer.state_dict(),
                "loss": 0.5}, "checkpoint.pt")
    torch.save({"module." + key: value for key, value in state.items()}, "data-parallel.pt")
    torch.save(network(), "module.pt")
    torch.save(network(), "module-old.pt", _use_new_zipfile_serialization=False)
    torch.jit.script(network()).save("script.pt")
    torch.save({"generator": state, "discriminator": state}, "two.pt")
    torch.save(every_type(), "types.pt")
    old = {key: value for key, value in every_type().items() if not key.startswith(("float8", "uint1", "uint3", "uint6"))}
    torch.save(old, "types-old.pt", _use_new_zipfile_serialization=False)
    base = tensor((4, 6))
    # What the names say, each with the elements that the comment in the test gives.
    views = {"whole": base, "row": base[1], "column": base[:, 1], "block": base[1:3, 2:4], "transposed": base.t(),
             "stepped": base[::2, ::3], "scalar": base[2, 3], "expanded": base[0, :2].expand(3, 2),
             "empty": base[:0], "parameter": torch.nn.Parameter(base[:, :2])}
    torch.save(views, "views.pt")
    torch.save(views, "views-old.pt", _use_new_zipfile_serialization=False)
    torch.save({"a": np.arange(6, dtype="<f4").reshape(2, 3) / 4 - 1,
                "b": np.asfortranarray(np.arange(6, dtype=">f4").reshape(2, 3) / 4 - 1)}, "numpy.pt")
    # Bytes of another order, and deflated members, as some writers make them.
    with zipfile.ZipFile("state.pt") as source:
        with zipfile.ZipFile("state-big-endian.pt", "w") as target, \
                zipfile.ZipFile("state-deflated.pt", "w", zipfile.ZIP_DEFLATED) as packed:
            for item in source.namelist():
                data = source.read(item)
                packed.writestr(item, data)
                if item.endswith("byteorder"):
                    data = b"big"
                elif "/data/" in item:
                    width = 8 if len(data) == 8 and item.endswith("/6") else 4
                    data = np.frombuffer(data, dtype="<u%d" % width).byteswap().tobytes()
                target.writestr(item, data)


if __name__ == "__main__":
    safetensors()
    numpy()
    pytorch()
