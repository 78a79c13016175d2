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


def median(runs, key):
    """Of the runs that have the key; None when none has."""
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def first_median(runs, keys):
    return next((m for m in (median(runs, key) for key in keys) if m is not None), None)


def _spread(runs, key, form):
    """From the least to the most, where a ratio depends on it."""
    values = [run[key] for run in runs if run.get(key) is not None]
    if key not in RATES + COSTS or len(values) < 2:
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
        f" {results['plan']['load_cpu']}; medians (and the least to the most) of"
        f" {results['plan']['repeats']} interleaved rounds of {results['plan']['seconds']} s;"
        f" *noisy*: others took more than {MOST_OTHERS_CPUS} CPUs in most of the rounds",
        *(f"- left out, for it failed: {line}" for line in results.get("failures", [])), ""]
    for name, servers in results["scenarios"].items():
        lines += _scenario_table(name, servers)
    return "\n".join(lines)
