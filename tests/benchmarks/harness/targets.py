"""What volfram claims, as ratios between servers of one run, and whether the runs bear it out.

Several results may be given: a ratio is always between two of the same one, and where it is in
several of them, that of the last counts.
"""

from harness import report

NETTY = ["netty-epoll", "netty-uring", "netty-nio"]
SLOW_PEERS = ["undertow", "jetty", "java-websocket", "npm-ws"]
JAVA_PEERS = [*NETTY, "undertow", "jetty", "java-websocket"]
UWEBSOCKETS = ["uwebsockets", "bun"]  # version 0.14 by itself, and that of today inside Bun
EVERY = ["ping-pong", "small", "pipelined", "many", "large-binary", "large-ascii", "large-mixed",
         "huge", "wss", "deflate", "fanout", "connects"]

RATE, CPU = report.RATES, report.COSTS
P50, P99_9 = ["p50_us"], ["p99_9_us"]


class Bound:
    """A ratio of medians, ours to theirs: at least or at most so much."""

    def __init__(self, metric, limit, at_least):
        self.metric = metric
        self.limit = limit
        self.at_least = at_least

    def worst(self, ratios):
        """The name with the ratio that is hardest on us: that to the best of them."""
        return (min if self.at_least else max)(ratios, key=ratios.get)

    def met(self, ratio):
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    def __str__(self):
        name = {"messages_per_second": "rate", "server_cpu_us_per_message": "CPU",
                "p50_us": "p50", "p99_9_us": "p99.9"}[self.metric[0]]
        return f"{name} {'≥' if self.at_least else '≤'} {self.limit}×"


def at_least(metric, limit):
    return Bound(metric, limit, True)


def at_most(metric, limit):
    return Bound(metric, limit, False)


class Target:
    """Ours against others in some scenarios: all the bounds, or any of them."""

    def __init__(self, names, against, bounds, ours="volfram-native", best=False, every=True):
        self.scenarios = names
        self.against = against
        self.bounds = bounds
        self.ours = ours
        self.best = best
        self.every = every

    def wanted(self):
        return (" and " if self.every else " or ").join(map(str, self.bounds))


SPIN_PEERS = [*JAVA_PEERS, "netty-epoll-spin", "npm-ws", *UWEBSOCKETS]

TARGETS = [
    Target(["small", "many"], ["floor-epoll"], [at_least(RATE, 0.93), at_most(CPU, 1.10)]),
    Target(["small", "many"], NETTY, [at_least(RATE, 1.15), at_most(CPU, 0.87)], every=False),
    Target(["small"], ["volfram-nio"], [at_most(CPU, 0.95)]),
    Target(["many"], ["volfram-nio"], [at_most(CPU, 0.88)]),
    Target([*EVERY, "ping-pong-spin"], ["volfram-nio"], [at_least(RATE, 1.0)]),
    Target(["ping-pong-spin"], ["volfram-nio-spin"], [at_least(RATE, 1.0)],
           ours="volfram-native-spin"),
    Target(["pipelined"], ["floor-epoll"], [at_least(RATE, 0.85)]),
    Target(["pipelined"], NETTY, [at_least(RATE, 1.9)], best=True),
    Target(["large-binary"], NETTY, [at_least(RATE, 1.3)], best=True),
    Target(["large-binary"], UWEBSOCKETS, [at_least(RATE, 1.0)]),
    Target(["large-ascii", "large-mixed"], NETTY, [at_least(RATE, 5)], best=True),
    Target(["large-ascii", "large-mixed"], UWEBSOCKETS, [at_least(RATE, 1.0)]),
    Target(["huge"], NETTY, [at_least(RATE, 1.6)], best=True),
    Target(["huge"], UWEBSOCKETS, [at_least(RATE, 1.0)]),
    Target(["small", "pipelined", "many"], UWEBSOCKETS, [at_least(RATE, 1.05)]),
    Target(EVERY, SLOW_PEERS, [at_least(RATE, 1.5)]),
    Target(["pipelined"], SLOW_PEERS, [at_least(RATE, 10)]),
    Target(["ping-pong-spin"], SPIN_PEERS, [at_most(P50, 0.55), at_most(P99_9, 0.7)],
           ours="volfram-native-spin", best=True),
    Target(["open-loop"], JAVA_PEERS, [at_most(P99_9, 0.7)]),
    Target(["small", "many"], ["volfram-native"], [at_least(RATE, 1.1)], ours="volfram-uring"),
    Target([*EVERY, "ping-pong-spin"], ["netty-nio"], [at_least(RATE, 1.1)], ours="volfram-nio"),
]

MAX_ALLOCATED_BYTES_PER_MESSAGE = 1  # the count is to the megabyte, so 0 is not to be seen
MAX_BYTES_PER_IDLE_CONNECTION = 250

NOT_MEASURED = "not measured here"


def _ratios(target, name, bound, results):
    """Ours to theirs, for each of those compared that a result has beside ours."""
    found = {}
    for servers in (result["scenarios"].get(name, {}) for result in results):
        ours = report.first_median(servers.get(target.ours, []), bound.metric)
        for other in target.against:
            value = report.first_median(servers.get(other, []), bound.metric)
            if ours and value:
                found[other] = ours / value
    return found


def _verdict(met):
    return "met" if met else "**missed**"


def _judged(target, ratios):
    verdicts = [bound.met(ratio) for bound, ratio in zip(target.bounds, ratios)]
    return all(verdicts) if target.every else any(verdicts)


def _row(target, name, results):
    measured = [_ratios(target, name, bound, results) for bound in target.bounds]
    there = [other for other in target.against if all(other in ratios for ratios in measured)]
    compared = f"{target.ours} against {'best of ' if target.best else ''}"
    compared += ", ".join(target.against)
    if not there:
        return name, compared, target.wanted(), NOT_MEASURED, "–"
    if target.best:
        # The best may be another one for each of the bounds.
        hardest = [bound.worst(ratios) for bound, ratios in zip(target.bounds, measured)]
        ratios = [by_name[other] for by_name, other in zip(measured, hardest)]
        said = ", ".join(f"{ratio:.2f}× ({other})" for ratio, other in zip(ratios, hardest))
        verdict = _verdict(_judged(target, ratios))
    else:
        parts, all_met = [], True
        for other in there:
            ratios = [by_name[other] for by_name in measured]
            met = _judged(target, ratios)
            all_met = all_met and met
            values = " and ".join(f"{ratio:.2f}×" for ratio in ratios)
            values = values if met else f"**{values}**"
            parts.append(f"{values} ({other})" if len(target.against) > 1 else values)
        said, verdict = ", ".join(parts), _verdict(all_met)
    missing = [other for other in target.against if other not in there]
    if missing:
        said += "; " + NOT_MEASURED + ": " + ", ".join(missing)
    if any(report.noisy(result["scenarios"].get(name, {}).get(target.ours, []))
           for result in results):
        said += " *noisy*"
    return name, compared, target.wanted(), said, verdict


def _last_median(results, name, server, key):
    values = [report.median(result["scenarios"].get(name, {}).get(server, []), key)
              for result in results]
    return next((value for value in reversed(values) if value is not None), None)


def _absolute_rows(results):
    for name in EVERY:
        value = _last_median(results, name, "volfram-native", "allocated_bytes_per_message")
        if name not in ("connects", "wss", "deflate"):
            yield (name, "volfram-native", "0 B allocated per message",
                   NOT_MEASURED if value is None else f"{value:.1f} B",
                   "–" if value is None else _verdict(value <= MAX_ALLOCATED_BYTES_PER_MESSAGE))
    heap = _last_median(results, "idle", "volfram-native", "heap_bytes_per_connection")
    other = _last_median(results, "idle", "volfram-native", "resident_bytes_per_connection")
    limit = MAX_BYTES_PER_IDLE_CONNECTION
    known = heap is not None and other is not None
    yield ("idle", "volfram-native", f"≤ {limit} B of heap and other memory per connection",
           f"{heap + other:.0f} B" if known else NOT_MEASURED,
           _verdict(heap + other <= limit) if known else "–")


def _loops_row(results):
    one = _last_median(results, "loops", "volfram-native", RATE[0])
    two = _last_median(results, "loops", "volfram-native-2-loops", RATE[0])
    measured = f"{two / one:.2f}×" if one and two else NOT_MEASURED
    return "loops", "volfram-native: 2 loops against 1", "rate, measured", measured, "–"


def _hand_off_row(jmh):
    """Of JMH's JSON, where it was given."""
    scores = []
    for entry in jmh:
        if "HandOff" in entry["benchmark"]:
            metric = entry["primaryMetric"]
            choices = " ".join(map("=".join, entry.get("params", {}).items()))
            scores.append(f"{entry['benchmark'].rsplit('.', 1)[1]} {choices}:"
                          f" {metric['score']:.3g} {metric['scoreUnit']}")
    return ("hand-off", "between threads (JMH, HandOffBenchmark)", "cost, measured",
            ", ".join(scores) or NOT_MEASURED, "–")


def markdown(results, jmh=()):
    """The table of all targets, those that the results have no figures for included."""
    rows = [_row(target, name, results) for target in TARGETS for name in target.scenarios]
    rows += [*_absolute_rows(results), _loops_row(results), _hand_off_row(jmh)]
    lines = ["## Targets", "", "| scenario | compared | target | measured | verdict |",
             "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
