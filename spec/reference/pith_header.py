"""Section 2 of spec/FORMAT.md: the header and its directory."""

import struct
import zlib
from dataclasses import dataclass

import pith_graph
from pith_bytes import Cursor, PithError

MAGIC = bytes.fromhex("89 50 54 48 0D 0A 1A 0A")
MAJOR = 1
ROLES = {1: "model", 2: "weights", 3: "checkpoint"}
KNOWN_SECTIONS = ["GRPH", "TNSR", "meta", "test", "DATA"]


@dataclass
class Limits:
    """Section 8: the reader's own limits."""

    file_bytes: int = 2**36
    decoded_bytes: int = 2**36
    working_bytes: int = 2**36
    tensors: int = 2**20
    expansion: int = 1032
    small: int = 2**24


@dataclass
class Section:
    kind: str
    start: int
    length: int
    checksum: int | None


@dataclass
class Header:
    role: str
    features: int
    decoded_bytes: int
    peak_bytes: int
    operators: list
    sections: list


def read_header(data, limits):
    prefix = data[: len(MAGIC)]
    if prefix != MAGIC:
        if MAGIC.startswith(prefix):
            raise PithError("truncated", "the file ends in the magic", len(data))
        if any(data[at : at + 3] == b"PTH" for at in range(4)):
            raise PithError("damagedByTextTransfer", "a transfer as text changed line ends", 0)
        raise PithError("wrongKind", "not a .pith file", 0)
    if len(data) < 12:
        raise PithError("truncated", "the file ends in the header", len(data))
    if data[8] != MAJOR:
        raise PithError("unsupportedVersion", f"version {data[8]}.{data[9]}", 8)
    (size,) = struct.unpack_from("<H", data, 10)
    if not 16 <= size <= 4096:
        raise PithError("malformed", f"a header of {size} bytes", 10)
    if size > len(data):
        raise PithError("truncated", "the file ends in the header", len(data))
    check_crc(data[: size - 4], struct.unpack_from("<I", data, size - 4)[0], size - 4)

    cursor = Cursor(data, 12, size - 4)
    role = cursor.u8()
    if role not in ROLES:
        raise PithError("malformed", f"role {role}", 12)
    features = cursor.varint()
    if features >> 8:
        raise PithError("unsupportedFeature", f"features {features:#x}", 13)
    file_length, decoded_bytes, peak_bytes = cursor.varint(), cursor.varint(), cursor.varint()
    if file_length > len(data):
        raise PithError("truncated", f"{file_length} bytes are declared", len(data))
    if file_length < len(data):
        raise PithError("trailingBytes", f"{file_length} bytes are declared", file_length)
    if decoded_bytes > limits.decoded_bytes or peak_bytes > limits.working_bytes:
        raise PithError("limitExceeded", "the declared cost is over this reader's limits", 13)
    if decoded_bytes > limits.small and decoded_bytes > limits.expansion * len(data):
        raise PithError("limitExceeded", "too many decoded bytes for a file of this size", 13)
    operators = [cursor.u8() for _ in range(cursor.count(1))]
    if operators != sorted(set(operators)):
        raise PithError("malformed", "the operators do not ascend", cursor.at)
    for code in operators:
        if code not in pith_graph.TABLE:
            raise PithError("unknownOperator", f"operator {code}", cursor.at)
    count = cursor.varint()
    if count > 64:
        raise PithError("limitExceeded", f"{count} sections", cursor.at)
    sections, start = [], size
    for _ in range(count):
        at = cursor.at
        kind = cursor.bytes(4)
        if not kind.isalpha():
            raise PithError("malformed", "a section's kind is four letters", at)
        kind = kind.decode("ascii")
        length = cursor.varint()
        checksum = None if kind == "DATA" else cursor.u32()
        if length > len(data) - start:
            raise PithError("truncated", f"section {kind} ends beyond the file", at)
        if kind not in KNOWN_SECTIONS and kind[0].isupper():
            raise PithError("unsupportedFeature", f"critical section {kind}", at)
        sections.append(Section(kind, start, length, checksum))
        start += length
    cursor.finish()
    if start != len(data):
        raise PithError("trailingBytes", "the sections end before the file does", start)
    check_order(sections)
    return Header(ROLES[role], features, decoded_bytes, peak_bytes, operators, sections)


def check_order(sections):
    kinds = [section.kind for section in sections]
    known = [kind for kind in kinds if kind in KNOWN_SECTIONS]
    if len(set(kinds)) != len(kinds) or known != sorted(known, key=KNOWN_SECTIONS.index):
        raise PithError("malformed", "sections twice or out of order", 0)
    if "TNSR" not in kinds or "DATA" not in kinds or kinds[-1] != "DATA":
        raise PithError("malformed", "TNSR or DATA is not there, or DATA not the last", 0)


def check_crc(data, expected, at):
    if zlib.crc32(data) != expected:
        raise PithError("checksumMismatch", "the CRC-32 differs", at)
