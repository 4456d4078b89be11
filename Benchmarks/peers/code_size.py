"""Adds up the map of LLVM's linker: bytes of the sections that are loaded, by the target whose object they come from."""
import json
import re
import sys

RUNTIME = ["CPithKernels", "PithGraph", "PithFormat", "PithMath", "Pith"]
# Two addresses, size and alignment, then the object that a section comes from and the section's name.
PIECE = re.compile(r"^\s*[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+\s+\S*/(\w+)\.build/\S+\.o:\((\S+)\)$")


def sizes(path):
    result = dict.fromkeys(RUNTIME, 0)
    for line in open(path):
        match = PIECE.match(line)
        if match and match[2] in result and not match[3].startswith((".debug", ".comment", ".note")):
            result[match[2]] += int(match[1], 16)
    return result


if __name__ == "__main__":
    found = sizes(sys.argv[1])
    if not all(found.values()):
        sys.exit("code-size: the linker's map does not name the objects of every target")
    if "--json" in sys.argv:
        print(json.dumps({"targets": found, "bytes": sum(found.values())}))
    else:
        for name, size in found.items():
            print(f"{name:14} {size:8} bytes")
        print(f"{'together':14} {sum(found.values()):8} bytes")
