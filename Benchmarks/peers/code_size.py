"""Adds up the map of GNU ld or gold: bytes of the sections that are loaded, by the target whose object they come from."""
import json
import re
import sys

RUNTIME = ["CPithKernels", "PithGraph", "PithFormat", "PithMath", "Pith"]
# A section's name, which has a line of its own where it is long; then address, size and the object that it comes from.
PIECE = re.compile(r"^ (\S+)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+\S*/(\w+)\.build/\S+\.o$")


def sizes(path):
    result, section, kept = dict.fromkeys(RUNTIME, 0), "", False
    for line in open(path):
        kept = kept or line.startswith("Memory map")  # Before it stand the sections that were left out.
        if re.fullmatch(r" \.\S+\n", line):
            section = line.strip()
            continue
        match = PIECE.match(line)
        if not match:
            continue
        section = match[1] or section
        is_loaded = int(match[2], 16) > 0 and not section.startswith((".debug", ".comment", ".note"))
        if kept and is_loaded and match[4] in result:
            result[match[4]] += int(match[3], 16)
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
