"""Sections 4.1 to 4.4 of spec/FORMAT.md: from the components of a tensor to its elements."""

import struct

from pith_bytes import PithError, ceil_div
from pith_index import TYPES, elements_of, tensor_type


def elements(tensor, parts):
    encoding, code = tensor.encoding, tensor_type(tensor)
    if encoding.number == 3:
        return sparse(encoding, code, tensor.shape, parts)
    result = values_of(encoding, code, tensor.shape, parts)
    if tensor.layout:
        result = row_major(result, tensor.shape, tensor.layout, TYPES[code].size)
    if code == 15 and any(byte > 1 for byte in result):
        raise PithError("malformed", f"a bool of '{tensor.name}' is neither 0 nor 1", None)
    return result


def values_of(encoding, code, shape, parts):
    if encoding.number in (0, 4):
        return parts[0]
    groups = encoding.groups
    factors = widened(parts[1], encoding.scale_type)
    if any(factor != factor or factor in (float("inf"), float("-inf")) for factor in factors):
        raise PithError("malformed", "scales and entries are finite", None)
    count = elements_of(shape)
    if encoding.number == 2:
        if any(index >= encoding.palette for index in parts[0]):
            raise PithError("malformed", "an index beyond the palette", None)
        numbers = [factors[groups.of(i, shape) * encoding.palette + parts[0][i]] for i in range(count)]
    else:
        codes = integers(parts[0], encoding.code_type, count)
        zeros = integers(parts[2], encoding.code_type, len(factors)) if groups.has_zero_points else None
        numbers = []
        for i in range(count):
            group = groups.of(i, shape)
            numbers.append((codes[i] - (zeros[group] if zeros else 0)) * factors[group])
    return b"".join(float32(number) for number in numbers)


def float32(number):
    """The bytes of the nearest float32. The product of two is exact in float64, so that this rounds once."""
    try:
        return struct.pack("<f", number)
    except OverflowError:
        return struct.pack("<f", float("inf") if number > 0 else float("-inf"))


def widened(data, type_code):
    if type_code == 4:
        halves = struct.unpack(f"<{len(data) // 2}H", data)
        data, type_code = struct.pack(f"<{len(halves)}I", *(half << 16 for half in halves)), 1
    return struct.unpack(f"<{len(data) // TYPES[type_code].size}{'f' if type_code == 1 else 'e'}", data)


def integers(data, type_code, count):
    if type_code == 10:
        return struct.unpack(f"{count}b", data)
    if type_code == 14:
        return data
    halves = [half for byte in data for half in (byte & 15, byte >> 4)]
    if count % 2 and halves.pop():
        raise PithError("nonZeroPadding", "the half byte left over", None)
    return [half - 16 if type_code == 16 and half > 7 else half for half in halves]


def row_major(data, shape, layout, size):
    rows, columns = shape if layout == 1 else (shape[1], shape[0])
    result = bytearray(elements_of(shape) * size)
    for r in range(rows):
        for c in range(16 * ceil_div(columns, 16)):
            at = ((c // 16 * rows + r) * 16 + c % 16) * size
            number = data[at : at + size]
            if c >= columns:
                if any(number):
                    raise PithError("nonZeroPadding", "a column beyond the matrix", None)
                continue
            to = (r * columns + c if layout == 1 else c * rows + r) * size
            result[to : to + size] = number
    return bytes(result)


def sparse(encoding, code, shape, parts):
    """Section 4.3."""
    gaps, extra = parts[0], parts[1]
    values = values_of(encoding.values, code, [encoding.nonzeros], parts[2:])
    size, count = TYPES[code].size, elements_of(shape)
    result = bytearray(count * size)
    bits, used, position = int.from_bytes(extra, "big"), 0, -1
    for number, symbol in enumerate(gaps):
        if symbol > 155:
            raise PithError("malformed", f"gap symbol {symbol}", None)
        gap = symbol
        if symbol >= 8:
            width = symbol // 4 - 1
            used += width
            if used > 8 * len(extra):
                raise PithError("malformed", "the extra bits end early", None)
            gap = (4 + symbol % 4) * 2**width + (bits >> (8 * len(extra) - used) & ((1 << width) - 1))
        position += gap + 1
        if position >= count:
            raise PithError("malformed", "a position beyond the tensor", None)
        to = (position if encoding.scan == 0 else row_major_number(position, shape)) * size
        result[to : to + size] = values[number * size : (number + 1) * size]
    rest = 8 * len(extra) - used
    if rest >= 8:
        raise PithError("malformed", "extra bytes left over", None)
    if bits & ((1 << rest) - 1):
        raise PithError("nonZeroPadding", "the extra bits left over", None)
    return bytes(result)


def row_major_number(position, shape):
    """From the number of an element with the first axis fastest to that with the last axis fastest."""
    index = []
    for extent in shape:
        position, along = divmod(position, extent)
        index.append(along)
    number = 0
    for along, extent in zip(index, shape):
        number = number * extent + along
    return number
