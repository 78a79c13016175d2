"""Starts servers, puts load on them in turn, collects what the generator reports."""

import json
import os
import subprocess
import sys

from harness import machine, paths, scenarios, servers

IDLE_PATIENCE_SECONDS = 120


class LoadFailed(Exception):
    """The generator found a wrong answer, or could not do its work."""


class Plan:
    """How long and how often."""

    def __init__(self, repeats, seconds, warmup, training, server_cpu, load_cpu):
        self.repeats = repeats
        self.seconds = seconds
        self.warmup = warmup
        self.training = training  # seconds of load on a fresh server before the first round
        self.server_cpu = server_cpu
        self.load_cpu = load_cpu


def say(line):
    print(line, file=sys.stderr, flush=True)


def _load(scenario, server, plan, seconds, warmup, **popen):
    command = [
        os.path.join(paths.LOAD, "volfram-load"), scenario.mode, "--port", str(server.port),
        "--pid", str(server.pid), "--seconds", str(seconds), "--warmup", str(warmup),
        *scenario.arguments]
    if scenario.rate:
        command += ["--rate", str(scenario.rate)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {plan.load_cpu}), **popen)


def _result(process):
    out, err = process.communicate()
    if process.returncode != 0:
        raise LoadFailed(err.strip() or out.strip())
    return json.loads(out.strip().split("\n")[-1])


def _messages(scenario, server, plan, count_allocations):
    before = server.allocated_bytes() if count_allocations else None
    meter = machine.Meter([server.pid])
    result = _result(_load(scenario, server, plan, plan.seconds, plan.warmup))
    result["others_cpus"] = meter.others()
    if before is not None and result.get("messages_in_all"):
        allocated = server.allocated_bytes() - before
        result["allocated_bytes_per_message"] = round(allocated / result["messages_in_all"], 1)
    return result


def _idle(scenario, server, plan):
    """Memory: all that the connections add, in the heap and outside it."""
    heap = server.live_heap_bytes()
    process = _load(scenario, server, plan, IDLE_PATIENCE_SECONDS, 0, stdin=subprocess.PIPE)
    process.stdout.readline()  # they are open now
    live = server.live_heap_bytes()
    result = _result(process)  # which ends its pause by closing its input
    if heap is not None:
        result["heap_bytes_per_connection"] = round((live - heap) / result["connections"], 1)
    return result


def measure(scenario, server, plan, last):
    if scenario.mode == "idle":
        return _idle(scenario, server, plan)
    return _messages(scenario, server, plan, last and scenario.mode != "connects")


def _train(scenario, server, plan):
    """Lets a JIT compiler do its work, and caches fill."""
    if scenario.mode == "idle":
        _idle(scenarios.Scenario("", "idle", "--connections", "500"), server, plan)
    elif server.is_java or server.name == "npm-ws":
        _result(_load(scenario, server, plan, plan.training, 0))


def start(names, plan, commands=servers.COMMANDS, strict=False):
    """Servers, paused. One that cannot be started is left out, with a line that says why."""
    started = []
    for name in names:
        try:
            server = servers.Server(name, plan.server_cpu, commands)
        except servers.NotStarted as absence:
            if strict and name not in servers.OPTIONAL:
                raise SystemExit(str(absence)) from absence
            say(f"left out: {absence}")
            continue
        started.append(server)
        server.pause()
    return started


def _run_afresh(name, scenario, names, plan):
    """A new process for each result: memory that was used once is used again."""
    results = {}
    for _ in range(plan.repeats):
        for server in (s for n in names for s in start([n], plan)):
            try:
                server.resume()
                _train(scenario, server, plan)
                result = _idle(scenario, server, plan)
            except LoadFailed as failure:
                raise SystemExit(f"{name}: {server.name}: {failure}") from failure
            finally:
                server.stop()
            results.setdefault(server.name, []).append(result)
            say(f"  {server.name}: {json.dumps(result)}")
    return results


def run(name, scenario, names, plan):
    """All servers in turn, and that as often as the plan says. Returns their results by name."""
    say(f"{name}: {scenario.title}")
    if scenario.mode == "idle":
        return _run_afresh(name, scenario, names, plan)
    started = start(names, plan, scenario.commands)
    results = {server.name: [] for server in started}
    try:
        for round_number in range(-1, plan.repeats):
            for server in started:
                server.resume()
                if round_number < 0:
                    _train(scenario, server, plan)
                else:
                    last = round_number == plan.repeats - 1
                    result = measure(scenario, server, plan, last)
                    results[server.name].append(result)
                    say(f"  {server.name}: {json.dumps(result)}")
                server.pause()
    except LoadFailed as failure:
        raise SystemExit(f"{name}: {server.name}: {failure}")
    finally:
        for server in started:
            server.stop()
    return results
