#!/usr/bin/env python3
"""Makes the fixtures beside it with NumPy: element [i, j] of each array is 3 * i + j, of two rows of three."""
import gzip
import os
import warnings

import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
warnings.simplefilter("ignore")
base = np.arange(6).reshape(2, 3)
for name in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
    np.save(name + ".npy", base.astype("<" + name))
np.save("f4-fortran.npy", np.asfortranarray(base.astype("<f4")))
np.save("big-endian.npy", base.astype(">f4"))
np.save("objects.npy", base.astype(object), allow_pickle=True)
for version in (2, 3):
    with open("version-%d.npy" % version, "wb") as file:
        np.lib.format.write_array(file, base.astype("<f4"), version=(version, 0))
# One picture of one pixel is declared, eight million bytes follow.
header = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1])
with open("bomb.idx.gz", "wb") as file:
    file.write(gzip.compress(header + bytes(8_000_000), 9, mtime=0))
with open("one.idx.gz", "wb") as file:
    file.write(gzip.compress(header + b"\x2a", 9, mtime=0))
