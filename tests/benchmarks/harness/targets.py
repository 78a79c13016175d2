"""What volfram claims, as ratios between servers of one run, and whether the run bears it out."""

from harness import report

NETTY = ["netty-epoll", "netty-uring", "netty-nio"]
SLOW_PEERS = ["undertow", "jetty", "java-websocket", "npm-ws"]
JAVA_PEERS = [*NETTY, "undertow", "jetty", "java-websocket"]
LOADED = ["ping-pong", "small", "pipelined", "many", "large-binary", "large-ascii",
          "large-mixed", "huge"]

RATE, CPU = report.RATES, report.COSTS
P50, P99_9 = ["p50_us"], ["p99_9_us"]


class Bound:
    """A ratio of medians, ours to theirs: at least or at most so much."""

    def __init__(self, metric, limit, at_least):
        self.metric = metric
        self.limit = limit
        self.at_least = at_least

    def best(self, values):
        """Whom to compare with, where it is the best of several."""
        return max(values) if self.at_least else min(values)

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


TARGETS = [
    Target(["small", "many"], ["floor-epoll"], [at_least(RATE, 0.93), at_most(CPU, 1.10)]),
    Target(["small", "many"], NETTY, [at_least(RATE, 1.15), at_most(CPU, 0.87)], every=False),
    Target(["small"], ["volfram-nio"], [at_most(CPU, 0.95)]),
    Target(["many"], ["volfram-nio"], [at_most(CPU, 0.88)]),
    Target(LOADED, ["volfram-nio"], [at_least(RATE, 1.0)]),
    Target(["pipelined"], ["floor-epoll"], [at_least(RATE, 0.85)]),
    Target(["pipelined"], NETTY, [at_least(RATE, 1.9)], best=True),
    Target(["large-binary"], NETTY, [at_least(RATE, 1.3)], best=True),
    Target(["large-ascii", "large-mixed"], NETTY, [at_least(RATE, 5)], best=True),
    Target(["huge"], NETTY, [at_least(RATE, 1.6)], best=True),
    Target(LOADED, SLOW_PEERS, [at_least(RATE, 1.5)]),
    Target(["pipelined"], SLOW_PEERS, [at_least(RATE, 10)]),
    Target(["ping-pong-spin"], [*JAVA_PEERS, "netty-epoll-spin", "npm-ws"],
           [at_most(P50, 0.55), at_most(P99_9, 0.7)], ours="volfram-native-spin", best=True),
    Target(["open-loop"], JAVA_PEERS, [at_most(P99_9, 0.7)]),
    Target(["small", "many"], ["volfram-native"], [at_least(RATE, 1.1)], ours="volfram-uring"),
    Target(LOADED, ["netty-nio"], [at_least(RATE, 1.1)], ours="volfram-nio"),
]

MAX_ALLOCATED_BYTES_PER_MESSAGE = 1  # the count is to the megabyte, so 0 is not to be seen
MAX_BYTES_PER_IDLE_CONNECTION = 250


def _ratios(target, servers, bound):
    """Ours to theirs, for each of those compared, or for the best of them."""
    ours = report.first_median(servers.get(target.ours, []), bound.metric)
    if not ours:
        return {}
    theirs = {}
    for name in target.against:
        value = report.first_median(servers.get(name, []), bound.metric)
        if value:
            theirs[name] = value
    if target.best and theirs:
        best = bound.best(theirs.values())
        theirs = {name: value for name, value in theirs.items() if value == best}
    return {name: ours / value for name, value in theirs.items()}


def _rows(target, name, servers):
    measured = [(bound, _ratios(target, servers, bound)) for bound in target.bounds]
    others = dict.fromkeys(other for _, ratios in measured for other in ratios)
    for other in others:
        pairs = [(bound, ratios[other]) for bound, ratios in measured if other in ratios]
        verdicts = [bound.met(ratio) for bound, ratio in pairs]
        met = all(verdicts) if target.every else any(verdicts)
        joint = " and " if target.every else " or "
        yield (name, f"{target.ours} against {other}",
               joint.join(str(bound) for bound, _ in pairs),
               ", ".join(f"{ratio:.2f}×" for _, ratio in pairs), met)


def _absolute_rows(scenarios):
    for name in LOADED:
        value = report.median(
            scenarios.get(name, {}).get("volfram-native", []), "allocated_bytes_per_message")
        if value is not None:
            yield (name, "volfram-native", "0 B allocated per message", f"{value:.1f} B",
                   value <= MAX_ALLOCATED_BYTES_PER_MESSAGE)
    runs = scenarios.get("idle", {}).get("volfram-native", [])
    heap = report.median(runs, "heap_bytes_per_connection")
    other = report.median(runs, "resident_bytes_per_connection")
    if heap is not None and other is not None:
        limit = MAX_BYTES_PER_IDLE_CONNECTION
        yield ("idle", "volfram-native", f"≤ {limit} B per idle connection",
               f"{heap + other:.0f} B", heap + other <= limit)


def markdown(scenarios):
    """The table of all targets that the run has figures for."""
    rows = [
        row for target in TARGETS for name in target.scenarios
        for row in _rows(target, name, scenarios.get(name, {}))]
    rows += _absolute_rows(scenarios)
    if not rows:
        return ""
    lines = ["## Targets", "", "| scenario | compared | target | measured | met |",
             "|---|---|---|---:|---|"]
    for name, compared, target, measured, met in rows:
        lines.append(
            f"| {name} | {compared} | {target} | {measured} | {'yes' if met else '**no**'} |")
    return "\n".join(lines) + "\n"
