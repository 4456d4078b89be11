#!/usr/bin/env python3
"""Makes the PNG pictures beside it, four by two, of the greys 0 17 34 51 / 68 85 170 255, in each colour type.

Needs only Python's standard library. The last pixel of the kinds with alpha is black and transparent; with alpha, the
first is black of opacity 51, so that it shows 204 on white.
"""
import os
import struct
import zlib

os.chdir(os.path.dirname(os.path.abspath(__file__)))
GREYS = [0, 17, 34, 51, 68, 85, 170, 255]


def write(name, depth, colour, pixels, extra=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row for row in pixels)
    with open(name + ".png", "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 2, depth, colour, 0, 0, 0)))
        file.write(extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
    return chunk


def rows(pixel):
    return [b"".join(pixel(i) for i in range(y * 4, y * 4 + 4)) for y in range(2)]


alpha = lambda i: 51 if i == 0 else 0 if i == 7 else 255
shown = lambda i: 0 if i == 7 else GREYS[i]
write("grey8", 8, 0, rows(lambda i: bytes([GREYS[i]])))
write("grey16", 16, 0, rows(lambda i: bytes([GREYS[i]] * 2)))
write("grey4", 4, 0, [bytes([0x01, 0x23]), bytes([0x45, 0xAF])])
write("rgb8", 8, 2, rows(lambda i: bytes([GREYS[i]] * 3)))
write("rgb16", 16, 2, rows(lambda i: bytes([GREYS[i]] * 6)))
chunk = write("grey-alpha8", 8, 4, rows(lambda i: bytes([shown(i), alpha(i)])))
write("rgb-alpha8", 8, 6, rows(lambda i: bytes([shown(i)] * 3 + [alpha(i)])))
palette = chunk(b"PLTE", b"".join(bytes([grey] * 3) for grey in GREYS))
write("palette8", 8, 3, rows(lambda i: bytes([i])), palette)
# A header of 60,000 by 60,000 pixels with hardly anything after it.
with open("huge.png", "wb") as file:
    file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)))
    file.write(chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""))
