"""The rows of Benchmarks/compare: printed as they come, then as JSON and as a picture."""
import json
import math
import os
import platform


def processor():
    for line in open("/proc/cpuinfo") if os.path.exists("/proc/cpuinfo") else []:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


class Table:
    """Cases, each with a ratio above 1 where Pith is better."""

    SCALES = {"s": (1e6, "us"), "KB": (1, "KB"), "GFLOP/s": (1, "GFLOP/s")}

    def __init__(self, head):
        self.rows = []
        print(head, flush=True)
        print(f"{'case':64} {'pith':>10} {'peer':>10} {'':8} {'peer':18} {'ratio':>7} {'target':>6} {'':8} fastest peer")

    def add(self, case, pith, peer, peer_name, target, unit="s", fastest=None, peers=None):
        """A row. Times and sizes: less is better; GFLOP/s: more."""
        ratio = pith / peer if unit == "GFLOP/s" else peer / pith
        self.rows.append({"case": case, "pith": pith, "peer": peer, "peer_name": peer_name, "ratio": ratio,
                          "target": target, "unit": unit, "fastest": fastest or "", "peers": peers or {}})
        scale, name = self.SCALES[unit]
        verdict = "" if target is None else ("reached" if ratio >= target else "MISSED")
        print(f"{case:64} {pith * scale:10.2f} {peer * scale:10.2f} {name:8} {peer_name:18} {ratio:7.2f} "
              f"{'' if target is None else target:>6} {verdict:8} {fastest or ''}", flush=True)

    def finish(self, growth, json_path, svg_path):
        asked = [row for row in self.rows if row["target"] is not None]
        missed = [row for row in asked if row["ratio"] < row["target"]]
        print(f"\n{len(missed)} of {len(asked)} targets missed"
              + "".join(f"\n  {row['case']}: {row['ratio']:.2f} of {row['target']}" for row in missed))
        if json_path:
            with open(json_path, "w") as file:
                json.dump({"processor": processor(), "cases": self.rows, "growth": growth}, file, indent=1)
        if svg_path:
            with open(svg_path, "w") as file:
                file.write(picture(asked, growth))


WIDTH = 1000


def picture(rows, growth):
    """A bar for each ratio, then a curve for each kind of growth; all axes are logarithmic."""
    bars, height = ratios(rows)
    curves, below = growth_curves(growth, height) if growth else ([], height)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{below}" font-family="sans-serif" '
        'font-size="13"><rect width="100%" height="100%" fill="white"/>', *bars, *curves, "</svg>"]) + "\n"


def ratios(rows):
    """1 is marked by a line, each target by a black mark."""
    height, left = 26, 440
    most = max([2.0, *(max(row["ratio"], row["target"]) for row in rows)])
    least = min([0.5, *(row["ratio"] for row in rows)])

    def x(ratio):
        return left + (WIDTH - left - 60) * math.log(max(ratio, least) / least) / math.log(most / least)

    parts = []
    for index, row in enumerate(rows):
        top = 10 + index * height
        colour = "#2a7f62" if row["ratio"] >= row["target"] else "#b5533c"
        parts.append(f'<text x="{left - 8}" y="{top + 14}" text-anchor="end">{row["case"]}</text>')
        start, end = sorted((x(1), x(row["ratio"])))
        parts.append(f'<rect x="{start:.1f}" y="{top + 2}" width="{max(end - start, 1):.1f}" height="16" fill="{colour}"/>')
        parts.append(f'<line x1="{x(row["target"]):.1f}" x2="{x(row["target"]):.1f}" y1="{top}" y2="{top + 20}" '
                     'stroke="black" stroke-width="2"/>')
        parts.append(f'<text x="{max(end, x(row["target"])) + 5:.1f}" y="{top + 14}">{row["ratio"]:.2f}</text>')
    bottom = 10 + height * len(rows)
    parts.append(f'<line x1="{x(1):.1f}" x2="{x(1):.1f}" y1="6" y2="{bottom}" stroke="#777"/>')
    parts.append(f'<text x="{left}" y="{bottom + 24}">times better than the peer; the black mark is the target. '
                 f'{processor()}</text>')
    return parts, bottom + 50


def growth_curves(growth, top):
    """Time against batch, width and depth, side by side; the grey line grows as the work does."""
    gap, size = 100, 210
    parts = []
    for index, (title, table) in enumerate(growth.items()):
        left = 90 + index * (size + gap)
        values = [row["value"] for row in table["rows"]]
        times = [row["seconds"] * 1e6 for row in table["rows"]]
        works = [row["seconds"] / row["unit"] for row in table["rows"]]
        ideal = [times[-1] * work / works[-1] for work in works]
        low, high = min(times + ideal), max(times + ideal)

        def place(value, time):
            return (left + size * math.log(value / values[0]) / math.log(values[-1] / values[0]),
                    top + 30 + size - size * math.log(time / low) / math.log(high / low))

        def line(points, style):
            return '<polyline fill="none" points="%s" %s/>' % (
                " ".join("%.1f,%.1f" % place(*point) for point in points), style)

        parts.append(f'<text x="{left}" y="{top + 16}" font-weight="bold">{title}</text>')
        parts.append(f'<rect x="{left}" y="{top + 30}" width="{size}" height="{size}" fill="none" stroke="#ccc"/>')
        parts.append(line(zip(values, ideal), 'stroke="#aaa" stroke-dasharray="4"'))
        parts.append(line(zip(values, times), 'stroke="#2a7f62" stroke-width="2"'))
        for time, y in ((high, top + 42), (low, top + 30 + size)):
            parts.append(f'<text x="{left - 5}" y="{y}" text-anchor="end">{time:,.{0 if time >= 100 else 2}f} us</text>')
        parts.append(f'<text x="{left}" y="{top + size + 48}">{values[0]}</text>')
        parts.append(f'<text x="{left + size}" y="{top + size + 48}" text-anchor="end">{values[-1]}</text>')
    return parts, top + size + 70
