"""Everything once, briefly: does it work? The figures mean nothing."""

import glob
import json
import os
import subprocess

from harness import hlog, measure, paths, report, rounds, scenarios, servers


def run():
    names = rounds.prepare(list(servers.COMMANDS))
    plan = measure.Plan(processes=1, repeats=1, seconds=0.2, warmup=0.1, training=0.1)
    plan.settling = 0
    scenarios.SCENARIOS["idle"].arguments += ["--connections", "800"]
    runs = 0
    for commands in (servers.COMMANDS, servers.FANOUT_COMMANDS, servers.WSS_COMMANDS,
                     servers.DEFLATE_COMMANDS, servers.LOOPS_COMMANDS, servers.LATENCY_COMMANDS,
                     servers.IDLE_COMMANDS):
        for name in [*names, *(set(commands) - set(servers.COMMANDS))]:
            if name in commands:
                for server in rounds.start([name], plan, commands, strict=True):
                    runs += _run_server(server, commands, plan)
    for name, scenario in scenarios.SCENARIOS.items():
        if scenario.mode == "client":
            runs += len(rounds.run(name, scenario, scenario.servers, plan))
    _check_processes()
    _check_medians()
    _check_committed_results()
    _check_log()
    measure.say(f"{runs} short runs, every byte as it should be")


def _run_server(server, commands, plan):
    """All scenarios for what is ours, a few for the peers; returns how many."""
    ours = server.name.startswith(("volfram", "floor"))
    runs = 0
    try:
        server.resume()
        for name in scenarios.SCENARIOS if ours else scenarios.SMOKE_OF_PEERS:
            scenario = scenarios.SCENARIOS[name]
            if (scenario.commands is commands and server.name in scenario.servers
                    and scenario.mode != "client" and not paths.load_lacks(scenario.needs)):
                measure.measure(scenario, server, plan, False)
                runs += 1
    except measure.LoadFailed as failure:
        raise SystemExit(f"{name}: {server.name}: {failure}") from failure
    finally:
        server.stop()
    return runs


def _expect(what, expected, found):
    if found != expected:
        raise SystemExit(f"{what}: expected {expected}, found {found}")


def _check_processes():
    """Whether rounds are divided among processes, and say which."""
    plan = measure.Plan(processes=2, repeats=4, seconds=0.05, warmup=0, training=0.05)
    names = ["volfram-native", "floor-epoll"]
    found = rounds.run("small", scenarios.SCENARIOS["small"], names, plan)
    _expect("processes", {name: [1, 1, 2, 2] for name in names},
            {name: [result["process"] for result in runs] for name, runs in found.items()})


def _check_medians():
    """Whether a process counts once, however its rounds are spread."""
    key = "messages_per_second"
    old = [{key: value} for value in (10, 20, 90)]
    _expect("median of one process", (20, [10, 20, 90]),
            (report.median(old, key), report.spread_values(old, key)))
    new = [{key: value, "process": process} for process, values in
           ((1, (10, 11, 12)), (2, (50, 51, 99)), (3, (1, 60, 61))) for value in values]
    _expect("median over processes", (51, [11, 51, 60]),
            (report.median(new, key), report.spread_values(new, key)))


def _check_committed_results():
    """Whether results of earlier versions, with one process, can still be shown."""
    for path in glob.glob(os.path.join(paths.BENCHMARKS, "results", "*.json")):
        with open(path, encoding="utf-8") as file:
            results = json.load(file)
        if isinstance(results, list):
            continue  # JMH's, of which there is a row in the table of targets
        text = report.markdown(results)
        for name, by_server in results["scenarios"].items():
            _expect(f"{path}: {name}", [], [s for s in by_server if f"| {s} " not in text])


def _check_log():
    """Whether the library whose format it is reads our logs as they were meant."""
    counts = {0: 3, 5: 1, 127: 2, 128: 7, 255: 1, 256: 70, 1000: 300, 2900: 1, 3000: 123456}
    path = os.path.join(paths.WORK, "smoke.hlog")
    with open(path, "w", encoding="ascii") as file:
        file.write(hlog.text_of([("smoke/log", 1000.0, 0.5, counts)], "smoke"))
    read = subprocess.run(
        [paths.java(), "-cp", paths.classpath(),
         "io.github.volfram.benchmarks.HistogramLogCheck", path],
        capture_output=True, text=True, check=True).stdout.split()
    _expect(f"{path}, as HdrHistogram read it",
            ["smoke/log", str(sum(counts.values())), str(hlog.quantile(counts, 0.5)),
             str(hlog.quantile(counts, 0.999))], read)
    _expect(path, {"smoke/log": counts}, hlog.read(path))
