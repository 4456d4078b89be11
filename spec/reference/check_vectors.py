"""Reads every file of spec/vectors and compares what it decodes to, or the error that it gives, with the manifest."""

import hashlib
import json
import pathlib
import sys

import pith_reader
from pith_bytes import PithError

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"


def check_valid(entry):
    file = pith_reader.load(VECTORS / entry["file"])
    found = [
        {"name": t.name, "type": t.type, "shape": t.shape, "sha256": hashlib.sha256(t.data).hexdigest()}
        for t in file.tensors.values()
    ]
    same = found == entry["tensors"] and file.role == entry["role"] and file.identity() == entry["identity"]
    return same and (len(file.metadata), len(file.vectors)) == (entry["metadata"], entry["vectors"])


def check_invalid(entry):
    try:
        pith_reader.load(VECTORS / entry["file"])
    except PithError as error:
        if error.code == entry["code"]:
            return True
        print(f"{entry['file']}: {error}, not {entry['code']}")
    return False


def main():
    manifest = json.loads((VECTORS / "manifest.json").read_text())
    wrong = []
    for kind, check in (("valid", check_valid), ("invalid", check_invalid)):
        for entry in manifest[kind]:
            try:
                passed = check(entry)
            except PithError as error:
                print(f"{entry['file']}: {error}")
                passed = False
            if not passed:
                wrong.append(entry["file"])
    count = len(manifest["valid"]) + len(manifest["invalid"])
    for name in wrong:
        print(f"differs: {name}")
    print(f"{count - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
