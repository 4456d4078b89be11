"""Reads every file of spec/vectors and compares what it decodes to, or the error that it gives, with the manifests.

Usage: check_vectors.py
       check_vectors.py --describe FOLDER    print a manifest of the valid files in a folder of spec/vectors

The files of a released minor version stand in a folder named after it, whose manifest also holds their SHA-256: they
never change and are read for ever.
"""

import hashlib
import json
import pathlib
import sys

import pith_reader
from pith_bytes import PithError

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"


def described(path):
    """What a manifest says of a valid file."""
    file = pith_reader.load(path)
    return {
        "file": str(path.relative_to(VECTORS)), "role": file.role, "metadata": len(file.metadata),
        "vectors": len(file.vectors), "identity": file.identity(),
        "tensors": [
            {"name": t.name, "type": t.type, "shape": t.shape, "sha256": hashlib.sha256(t.data).hexdigest()}
            for t in file.tensors.values()
        ],
    }


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_valid(entry):
    path = VECTORS / entry["file"]
    if "sha256" in entry and sha256(path) != entry["sha256"]:
        print(f"{entry['file']}: not the file that was released")
        return False
    return described(path).items() <= entry.items()


def check_invalid(entry):
    try:
        pith_reader.load(VECTORS / entry["file"])
    except PithError as error:
        if error.code == entry["code"]:
            return True
        print(f"{entry['file']}: {error}, not {entry['code']}")
    return False


def check():
    wrong, count = [], 0
    for manifest in sorted(VECTORS.rglob("manifest.json")):
        entries = json.loads(manifest.read_text())
        for kind, test in (("valid", check_valid), ("invalid", check_invalid)):
            for entry in entries.get(kind, []):
                count += 1
                try:
                    passed = test(entry)
                except PithError as error:
                    print(f"{entry['file']}: {error}")
                    passed = False
                if not passed:
                    wrong.append(entry["file"])
    for name in wrong:
        print(f"differs: {name}")
    print(f"{count - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


def describe(folder):
    paths = sorted((VECTORS / folder).glob("*.pith"))
    entries = [{**described(path), "sha256": sha256(path)} for path in paths]
    print(json.dumps({"format": folder, "valid": entries}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(describe(sys.argv[2]) if sys.argv[1:2] == ["--describe"] else check())
