"""Starts servers, puts load on them in turn, collects what the generator reports."""

import json
import os
import subprocess
import sys
import time

from harness import hlog, machine, paths, servers

LATENCIES = os.path.join(paths.WORK, f"latencies-{os.getpid()}")


class LoadFailed(Exception):
    """The generator found a wrong answer, or could not do its work."""


class Plan:
    """How long and how often."""

    # How long a JIT compiler takes to give its memory back, with room to spare.
    settling = 8

    def __init__(self, repeats, seconds, warmup, training, server_cpu, load_cpu):
        self.repeats = repeats
        self.seconds = seconds
        self.warmup = warmup
        self.training = training  # seconds of load on a fresh server before the first round
        self.server_cpu = server_cpu
        self.load_cpu = load_cpu


def say(line):
    print(line, file=sys.stderr, flush=True)


def _load(scenario, server, plan, seconds, warmup, *more):
    command = [
        os.path.join(paths.LOAD, "volfram-load"), scenario.mode, "--port", str(server.port),
        "--pid", str(server.pid), "--seconds", str(seconds), "--warmup", str(warmup),
        *scenario.arguments, *more]
    if scenario.mode in ("closed", "open"):
        command += ["--latencies", LATENCIES]
    if scenario.rate:
        command += ["--rate", str(scenario.rate)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {plan.load_cpu}))


def _at_next_pause(process, look):
    """Waits until the generator says that connections are open, looks, and lets it go on."""
    process.stdout.readline()
    seen = look()
    try:
        process.stdin.write("\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # it has ended, and its result says why
    return seen


def _result(process):
    out, err = process.communicate()
    if process.returncode != 0:
        raise LoadFailed(err.strip() or out.strip())
    return json.loads(out.strip().split("\n")[-1])


def _with_latencies(result, started):
    """Takes in the histogram that the generator left, where it did."""
    if os.path.exists(LATENCIES):
        result["histogram"] = hlog.read_counts(LATENCIES)
        result["started"] = started
        os.remove(LATENCIES)
    return result


def _client(scenario, name, port, plan):
    """A library as the load: its CPU is what a server's is elsewhere."""
    meter = machine.Meter([])
    process = subprocess.Popen(
        servers.client(name, port, *scenario.arguments, plan.warmup + plan.training, plan.seconds),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {plan.server_cpu}))
    result = _result(process)
    return result, meter


def _failed(name, measured, failure, failures):
    """Ends the run, or notes the failure where there is a list for it."""
    line = f"{name}: {measured}: {failure}"
    if failures is None:
        raise SystemExit(line) from failure
    say(f"{line}; left out")
    failures.append(line)


def _run_clients(name, scenario, names, plan, failures):
    """Each round, each library in a new process, all against one server on the other CPU."""
    names = list(names)
    results = {}
    server = servers.Server(servers.CLIENTS_SERVER, {plan.load_cpu})
    try:
        for _ in range(plan.repeats):
            for client in list(names):
                before = machine.cpu_seconds(server.pid)
                try:
                    result, meter = _client(scenario, client, server.port, plan)
                except LoadFailed as failure:
                    _failed(name, client, failure, failures)
                    names.remove(client)
                    results.pop(client, None)
                    continue
                meter.exclude(machine.cpu_seconds(server.pid) - before)
                result["others_cpus"] = meter.others()
                results.setdefault(client, []).append(result)
                say(f"  {client}: {json.dumps(result)}")
    finally:
        server.stop()
    return results


def _messages(scenario, server, plan):
    meter = machine.Meter([server.pid])
    started = time.time()
    result = _result(_load(scenario, server, plan, plan.seconds, plan.warmup))
    _with_latencies(result, started)
    result["others_cpus"] = meter.others()
    return result


def _messages_and_garbage(scenario, server, plan):
    """As above, and what was allocated once the connections were open."""
    meter = machine.Meter([server.pid])
    started = time.time()
    process = _load(scenario, server, plan, plan.seconds, plan.warmup, "--announce")
    before = _at_next_pause(process, server.allocated_bytes)
    result = _with_latencies(_result(process), started)
    result["others_cpus"] = meter.others()
    if before is not None:
        allocated = server.allocated_bytes() - before
        result["allocated_bytes_per_message"] = round(allocated / result["messages_in_all"], 2)
    return result


def _idle(scenario, server, plan):
    """Memory: what the second half of the connections adds, in the heap and outside it."""
    def settled_heap_bytes():
        time.sleep(plan.settling)
        return server.live_heap_bytes()

    process = _load(scenario, server, plan, 0, 0)
    before = _at_next_pause(process, settled_heap_bytes)
    after = _at_next_pause(process, settled_heap_bytes)
    result = _result(process)
    if before is not None:
        connections = result["connections"] / 2
        result["heap_bytes_per_connection"] = round((after - before) / connections, 1)
    return result


def measure(scenario, server, plan, last):
    if scenario.mode == "idle":
        return _idle(scenario, server, plan)
    if last and scenario.mode != "connects":
        return _messages_and_garbage(scenario, server, plan)
    return _messages(scenario, server, plan)


def _train(scenario, server, plan):
    """Lets a JIT compiler do its work, and caches fill."""
    if server.is_java or server.name == "npm-ws":
        # In an open loop a cold server would fall behind for good: it is trained by a closed one.
        training = scenario.closed() if scenario.mode == "open" else scenario
        measured_on = os.sched_getaffinity(server.pid)
        server.run_on(os.sched_getaffinity(0))  # so that the compiler need not wait for the loop
        _result(_load(training, server, plan, plan.training, 0))
        _with_latencies({}, 0)
        server.run_on(measured_on)


def start(names, plan, commands=servers.COMMANDS, strict=False, all_cpus=False):
    """Servers, paused. One that cannot be started is left out, with a line that says why."""
    started = []
    cpus = os.sched_getaffinity(0) if all_cpus else {plan.server_cpu}
    for name in names:
        try:
            server = servers.Server(name, cpus, commands)
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
                result = _idle(scenario, server, plan)
            except LoadFailed as failure:
                raise SystemExit(f"{name}: {server.name}: {failure}") from failure
            finally:
                server.stop()
            results.setdefault(server.name, []).append(result)
            say(f"  {server.name}: {json.dumps(result)}")
    return results


def run(name, scenario, names, plan, failures=None):
    """
    All servers in turn, and that as often as the plan says. Returns their results by name. One that
    fails ends the run, or is left out and noted in the list where one is given.
    """
    say(f"{name}: {scenario.title}")
    if scenario.mode == "idle":
        return _run_afresh(name, scenario, names, plan)
    if scenario.mode == "client":
        return _run_clients(name, scenario, names, plan, failures)
    started = start(names, plan, scenario.commands, all_cpus=scenario.all_cpus)
    results = {server.name: [] for server in started}
    try:
        for round_number in range(-1, plan.repeats):
            for server in list(started):
                server.resume()
                try:
                    if round_number < 0:
                        _train(scenario, server, plan)
                    else:
                        last = round_number == plan.repeats - 1
                        result = measure(scenario, server, plan, last)
                        results[server.name].append(result)
                        shown = {key: result[key] for key in result if key != "histogram"}
                        say(f"  {server.name}: {json.dumps(shown)}")
                    server.pause()
                except LoadFailed as failure:
                    started.remove(server)
                    server.stop()
                    results.pop(server.name)
                    _failed(name, server.name, failure, failures)
    finally:
        for server in started:
            server.stop()
    return results
