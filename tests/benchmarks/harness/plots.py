"""Plots as SVG, for light and for dark pages: bars to each scenario, curves of latencies."""

import math
from xml.sax.saxutils import escape

from harness import hlog, report, scenarios

COLORS = ["#3b78d8", "#d9822b", "#2b9d6b", "#b54fb5", "#c94f4f", "#8a8f2a", "#2aa1b3", "#8b6b4a",
          "#6b6fd1", "#999999", "#d46a92", "#5f9e3a", "#b08a2e", "#4f7f9f", "#a0522d", "#708090"]

STYLE = """<style>
 svg { --page: #ffffff; --ink: #1b1f24; --faint: #c9ced6; --bar: #8ba6cf; --own: #1f6feb; }
 @media (prefers-color-scheme: dark) {
  svg { --page: #14171c; --ink: #e6e9ee; --faint: #3b424d; --bar: #55709c; --own: #6ea8ff; } }
 text { font: 13px sans-serif; fill: var(--ink); }
 .title { font-weight: bold; } .end { text-anchor: end; } .mid { text-anchor: middle; }
 .page { fill: var(--page); } .grid { stroke: var(--faint); }
 .bar { fill: var(--bar); } .own { fill: var(--own); }
 .curve { fill: none; stroke-width: 2; }
</style>"""

# The latencies of these are drawn as curves.
CURVES = ["ping-pong-spin", "open-loop", "latency-ping-pong", "latency-open-loop"]
PERCENTILES = [50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99]


def _text(x, y, words, kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(words)}</text>'


def _svg(width, height, title, body):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(title)}</title>", STYLE,
        f'<rect class="page" width="{width}" height="{height}"/>',
        _text(16, 24, title, "title"), *body, "</svg>", ""])


def _panel(left, top, width, heading, rows):
    """Horizontal bars, with the value of each beside it."""
    most = max((value for _, value in rows if value), default=1)
    out = [_text(left, top, heading)]
    for number, (name, value) in enumerate(rows):
        y = top + 12 + number * 22
        if value:
            kind = "bar own" if name.startswith("volfram") else "bar"
            length = max(1.0, value / most * width)
            out.append(f'<rect class="{kind}" x="{left}" y="{y}" width="{length:.1f}"'
                       ' height="16"/>')
            out.append(_text(left + length + 6, y + 13, f"{value:.2f}"))
    return out


def bars(name, by_server):
    """Rate and CPU time of each server, as multiples of the reference's; None without it."""
    reference = by_server.get(report.REFERENCE, [])
    rate = report.first_median(reference, report.RATES)
    cost = report.first_median(reference, report.COSTS)
    if not rate:
        return None

    def relative(keys, unit):
        rows = []
        for server, runs in by_server.items():
            value = report.first_median(runs, keys)
            rows.append((server, value / unit if value and unit else None))
        return rows

    left, top, width = 170, 56, 230
    names = [_text(left - 8, top + 25 + number * 22, server, "end")
             for number, server in enumerate(by_server)]
    body = names + _panel(left, top, width, f"rate (× {report.REFERENCE})", relative(
        report.RATES, rate))
    body += _panel(left + 320, top, width, f"CPU time per message (× {report.REFERENCE})",
                   relative(report.COSTS, cost))
    title = f"{name}: {scenarios.SCENARIOS[name].title}"
    return _svg(780, top + 30 + 22 * len(by_server), title, body)


def _ticks(least, most):
    for power in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1):
        for step in (1, 2, 5):
            if least <= step * 10.0**power <= most:
                yield step * 10.0**power


def curves(name, by_server):
    """Latency in microseconds over percentiles, both logarithmic."""
    points = {
        server: [(p, hlog.quantile(counts, p / 100) / 1e3) for p in PERCENTILES]
        for server, counts in by_server.items() if sum(counts.values()) >= 100}
    values = [max(value, 0.1) for line in points.values() for _, value in line]
    if not values:
        return None
    least, most = min(values) / 1.2, max(values) * 1.2
    left, top, width, height = 70, 44, 480, 340

    def x_of(percentile):
        span = math.log10(100 / (100 - PERCENTILES[-1])) - math.log10(2)
        return left + (math.log10(100 / (100 - percentile)) - math.log10(2)) / span * width

    def y_of(micros):
        share = (math.log(max(micros, 0.1)) - math.log(least)) / (math.log(most) - math.log(least))
        return top + height * (1 - share)

    body = []
    for tick in _ticks(least, most):
        y = y_of(tick)
        body.append(f'<path class="grid" d="M{left} {y:.1f}h{width}"/>')
        body.append(_text(left - 6, y + 4, f"{tick:g}", "end"))
    for percentile in (50, 90, 99, 99.9, 99.99):
        x = x_of(percentile)
        body.append(f'<path class="grid" d="M{x:.1f} {top}v{height}"/>')
        body.append(_text(x, top + height + 18, f"{percentile:g}", "mid"))
    body.append(_text(left + width / 2, top + height + 38, "percentile", "mid"))
    body.append(f'<text transform="translate(18 {top + height / 2}) rotate(-90)" class="mid">'
                "latency (µs)</text>")
    for number, (server, line) in enumerate(points.items()):
        color = COLORS[number % len(COLORS)]
        path = " L".join(f"{x_of(p):.1f} {y_of(value):.1f}" for p, value in line)
        dashes = ' stroke-dasharray="6 4"' if number >= len(COLORS) // 2 else ""
        body.append(f'<path class="curve" stroke="{color}"{dashes} d="M{path}"/>')
        y = top + 14 + number * 20
        body.append(f'<path class="curve" stroke="{color}"{dashes} d="M{left + width + 14}'
                    f' {y - 4}h24"/>')
        body.append(_text(left + width + 44, y, server))
    title = f"{name}: {scenarios.SCENARIOS[name].title}"
    bottom = max(top + height + 52, top + 24 + 20 * len(points))
    return _svg(left + width + 220, bottom, title, body)


def write(base, results, latencies):
    """NAME-SCENARIO.svg and NAME-SCENARIO-latencies.svg; returns the names of the files."""
    drawn = {f"{base}-{name}.svg": bars(name, by_server)
             for name, by_server in results["scenarios"].items()}
    for name in CURVES:
        own = {tag.split("/")[1]: counts for tag, counts in latencies.items()
               if tag.split("/")[0] == name}
        drawn[f"{base}-{name}-latencies.svg"] = curves(name, own)
    written = []
    for path, svg in drawn.items():
        if svg is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(svg)
            written.append(path)
    return written
