"""Medians and tables."""

import statistics

from harness import scenarios

COLUMNS = [
    ("messages_per_second", "messages/s", "{:,.0f}"),
    ("connects_per_second", "connects/s", "{:,.0f}"),
    ("server_cpu_us_per_message", "CPU µs/message", "{:.2f}"),
    ("client_cpu_us_per_message", "client's CPU µs/message", "{:.2f}"),
    ("server_cpu_us_per_connect", "CPU µs/connect", "{:.1f}"),
    ("p50_us", "p50 µs", "{:,.1f}"),
    ("p99_us", "p99 µs", "{:,.1f}"),
    ("p99_9_us", "p99.9 µs", "{:,.1f}"),
    ("max_us", "max µs", "{:,.0f}"),
    ("allocated_bytes_per_message", "allocated B/message", "{:,.1f}"),
    ("heap_bytes_per_connection", "live heap B/connection", "{:,.0f}"),
    ("resident_bytes_per_connection", "other memory B/connection", "{:,.0f}"),
    ("load_cpu", "load's CPU", "{:.2f}"),
    ("others_cpus", "others' CPUs", "{:.2f}"),
]

REFERENCE = "volfram-native"

# Above it a round counts as disturbed.
MOST_OTHERS_CPUS = 0.1

# What the ratios compare, in the order of preference.
RATES = ["messages_per_second", "connects_per_second"]
COSTS = ["server_cpu_us_per_message", "client_cpu_us_per_message", "server_cpu_us_per_connect"]

# Of these the range is shown: ratios and targets depend on them.
RANGED = [*RATES, *COSTS, "p50_us", "p99_9_us"]


def _medians(runs, key):
    """That of each process, of its rounds that have the key; older results know one process."""
    by_process = {}
    for run in runs:
        if run.get(key) is not None:
            by_process.setdefault(run.get("process"), []).append(run[key])
    return [statistics.median(values) for values in by_process.values()]


def median(runs, key):
    """Over the medians of the processes; None when no round has the key."""
    medians = _medians(runs, key)
    return statistics.median(medians) if medians else None


def spread_values(runs, key):
    """The medians of the processes; where there is one process, its rounds."""
    medians = _medians(runs, key)
    return medians if len(medians) > 1 else [
        run[key] for run in runs if run.get(key) is not None]


def first_median(runs, keys):
    return next((m for m in (median(runs, key) for key in keys) if m is not None), None)


def _spread(runs, key, form):
    values = spread_values(runs, key)
    if key not in RANGED or len(values) < 2:
        return ""
    return f" ({form.format(min(values))} to {form.format(max(values))})"


def noisy(runs):
    """Whether others took more than they should in more than half of the rounds."""
    disturbed = [run for run in runs if run.get("others_cpus", 0) > MOST_OTHERS_CPUS]
    return 2 * len(disturbed) > len(runs)


def _ratio(servers, name, keys):
    reference = first_median(servers.get(REFERENCE, []), keys)
    own = first_median(servers[name], keys)
    return f"{reference / own:.2f}" if reference and own else ""


def _scenario_table(name, servers):
    columns = [
        column for column in COLUMNS
        if any(median(runs, column[0]) is not None for runs in servers.values())]
    compared = REFERENCE in servers and len(servers) > 1 and name != "idle"
    head = ["server", *(title for _, title, _ in columns)]
    if compared:
        head += ["volfram's rate ÷ its", "volfram's CPU ÷ its"]
    lines = [
        f"### {name}: {scenarios.SCENARIOS[name].title}", "",
        "| " + " | ".join(head) + " |",
        "|---" + "|---:" * (len(head) - 1) + "|"]
    for server, runs in servers.items():
        cells = [server + (" *noisy*" if noisy(runs) else "")]
        for key, _, form in columns:
            value = median(runs, key)
            cells.append("" if value is None else form.format(value) + _spread(runs, key, form))
        if compared:
            cells += [_ratio(servers, server, RATES), _ratio(servers, server, COSTS)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines + [""]


def _method(plan):
    processes = plan.get("processes", 1)
    rounds = plan["repeats"] // processes
    each = f"{rounds} interleaved round{'s' if rounds > 1 else ''} of {plan['seconds']} s"
    if processes == 1:
        return f"1 process × {each}: medians (and the least to the most) of the rounds"
    return (f"{processes} processes × {each}: medians (and the least to the most) of the processes'"
            " medians")


def markdown(results):
    facts = results["machine"]
    lines = [
        "# " + results["name"], "",
        f"`{results['command']}`, {facts['date']}, commit {facts['commit']}", "",
        f"- {facts['processor']}, {facts['cpus']} CPUs, {facts['memory_gib']} GiB,"
        f" kernel {facts['kernel']}",
        f"- {facts['jdk']}; {' '.join(results['jvm'])}",
        f"- node {facts['node']}; {facts['compiler']}",
        f"- servers on CPU {results['plan']['server_cpu']}, load on CPU"
        f" {results['plan']['load_cpu']}; {_method(results['plan'])};"
        f" *noisy*: others took more than {MOST_OTHERS_CPUS} CPUs in most of the rounds",
        *(f"- left out, for it failed: {line}" for line in results.get("failures", [])), ""]
    for name, servers in results["scenarios"].items():
        lines += _scenario_table(name, servers)
    return "\n".join(lines)
