"""Section 1 of spec/FORMAT.md: numbers and texts in bytes."""

import struct


class PithError(Exception):
    """Why a file is refused: the code of FORMAT.md, a reason, and where in the file if that is known."""

    def __init__(self, code, reason, offset=None):
        super().__init__(f"{code}: {reason}" + (f" (byte {offset})" if offset is not None else ""))
        self.code, self.reason, self.offset = code, reason, offset


def ceil_div(a, b):
    return -(-a // b)


class Cursor:
    """Reads a part of the file from `at` up to `end`."""

    def __init__(self, data, at, end):
        self.data, self.at, self.end = data, at, end

    def bytes(self, count):
        if count > self.end - self.at:
            raise PithError("truncated", f"{count} bytes are needed, {self.end - self.at} left", self.at)
        self.at += count
        return self.data[self.at - count : self.at]

    def finish(self):
        if self.at != self.end:
            raise PithError("trailingBytes", f"{self.end - self.at} bytes are left over", self.at)

    def u8(self):
        return self.bytes(1)[0]

    def u16(self):
        return struct.unpack("<H", self.bytes(2))[0]

    def u32(self):
        return struct.unpack("<I", self.bytes(4))[0]

    def f32(self):
        return struct.unpack("<f", self.bytes(4))[0]

    def f64(self):
        return struct.unpack("<d", self.bytes(8))[0]

    def varint(self):
        start, number, shift = self.at, 0, 0
        while True:
            byte = self.u8()
            number |= (byte & 127) << shift
            if number >> 64:
                raise PithError("malformed", "a varint of over 64 bits", start)
            if byte < 128:
                break
            shift += 7
            if shift > 63:
                raise PithError("malformed", "a varint of over 64 bits", start)
        if byte == 0 and shift:
            raise PithError("malformed", "a varint that is not in its shortest form", start)
        return number

    def count(self, size):
        """A count of things of at least `size` bytes each, all of which must still be there."""
        at, number = self.at, self.varint()
        if number * size > self.end - self.at:
            raise PithError("truncated", f"{number} are declared", at)
        return number

    def zigzag(self):
        number = self.varint()
        return number >> 1 ^ -(number & 1)

    def text(self, most):
        at, length = self.at, self.varint()
        if length > most:
            raise PithError("limitExceeded", f"a text of {length} bytes", at)
        try:
            return self.bytes(length).decode("utf-8")
        except UnicodeDecodeError:
            raise PithError("invalidName", "a text is not UTF-8", at) from None

    def long_text(self):
        return self.text(2**20)

    def name(self, empty_allowed=False):
        at, name = self.at, self.text(1024)
        if "\0" in name or not (name or empty_allowed):
            raise PithError("invalidName", "a name is empty or has a zero byte", at)
        return name

    def shape(self):
        at, rank = self.at, self.varint()
        if rank > 8:
            raise PithError("limitExceeded", f"rank {rank}", at)
        extents, product = [], 1
        for _ in range(rank):
            extents.append(self.varint())
            product *= extents[-1] or 1
            if product > 2**40:
                raise PithError("limitExceeded", "a tensor of over 2^40 elements", at)
        return extents
