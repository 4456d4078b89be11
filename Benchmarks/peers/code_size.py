"""Adds up a map of lld: bytes of the sections that are loaded, by the target whose object they come from."""
import json
import re
import sys

RUNTIME = ["CPithKernels", "PithGraph", "PithFormat", "PithMath", "Pith"]


def sizes(path):
    result, loaded = dict.fromkeys(RUNTIME, 0), False
    for line in open(path):
        fields = line.split(None, 4)
        if len(fields) < 5 or not re.fullmatch("[0-9a-f]+", fields[0]):
            continue
        address, size, place = int(fields[0], 16), int(fields[2], 16), line[line.index(fields[4]):].rstrip()
        match = re.search(r"/(\w+)\.build/[^:]*:\(", place)
        # What is not loaded, such as symbols for debuggers, has no address.
        if match and match[1] in result and address:
            result[match[1]] += size
    return result


if __name__ == "__main__":
    found = sizes(sys.argv[1])
    if not any(found.values()):
        sys.exit("code-size: the map names no object of Pith; is the linker lld?")
    if "--json" in sys.argv:
        print(json.dumps({"targets": found, "bytes": sum(found.values())}))
    else:
        for name, size in found.items():
            print(f"{name:14} {size:8} bytes")
        print(f"{'together':14} {sum(found.values()):8} bytes")
