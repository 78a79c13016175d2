"""Puts load on one server, and collects what the generator reports."""

import json
import os
import subprocess
import sys
import time

from harness import hlog, machine, paths, scenarios, servers

LATENCIES = os.path.join(paths.WORK, f"latencies-{os.getpid()}")


TRAINING_PARTS = 3


class LoadFailed(Exception):
    """The generator found a wrong answer, or could not do its work."""


class Plan:
    """How long and how often: so many processes of each server, and rounds divided among them."""

    # How long servers put things off, a handshake's deadline for one, with room to spare.
    settling = 8

    def __init__(self, processes, repeats, seconds, warmup, training):
        cpus = sorted(os.sched_getaffinity(0))
        if len(cpus) < 2:
            say("only one CPU: server and load share it, the figures mean little")
        self.processes = processes
        self.repeats = repeats  # rounds in all, as many with each process
        self.seconds = seconds
        self.warmup = warmup
        self.training = training  # seconds of load on a fresh server before its first round
        self.server_cpu = cpus[0]
        self.load_cpu = cpus[-1]

    @property
    def rounds(self):
        """With each process."""
        return self.repeats // self.processes


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
    """Waits for a line, that connections are open say, looks, and lets the process go on."""
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


def client(scenario, name, port, plan):
    """A library as the load: its CPU is what a server's is elsewhere, also in training."""
    meter = machine.Meter([])
    process = subprocess.Popen(
        servers.client(name, port, *scenario.arguments, plan.training, plan.warmup, plan.seconds),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {plan.server_cpu}))
    _at_next_pause(process, lambda: machine.move(process.pid, os.sched_getaffinity(0)))
    _at_next_pause(process, lambda: machine.move(process.pid, {plan.server_cpu}))
    return _result(process), meter


def _messages(scenario, server, plan):
    meter = machine.Meter([server.pid])
    started = time.time()
    result = _result(_load(scenario, server, plan, plan.seconds, plan.warmup))
    _with_latencies(result, started)
    result["others_cpus"] = meter.others()
    return result


def _messages_and_garbage(scenario, server, plan):
    """As above, and what was allocated while the connections were open."""
    meter = machine.Meter([server.pid])
    started = time.time()
    process = _load(scenario, server, plan, plan.seconds, plan.warmup, "--announce")
    before = _at_next_pause(process, server.allocated_bytes)
    after = _at_next_pause(process, server.allocated_bytes)
    result = _with_latencies(_result(process), started)
    result["others_cpus"] = meter.others()
    if before is not None:
        allocated = after - before
        result["allocated_bytes_per_message"] = round(allocated / result["messages_in_all"], 2)
    return result


def idle(scenario, server, plan):
    """Memory: what the second half of the connections adds, in the heap and outside it."""
    def settled_heap_bytes():
        time.sleep(plan.settling)
        bytes_in_use = server.live_heap_bytes()
        server.trim_native_memory()
        return bytes_in_use

    def warmed_up():
        """The first of them have come and gone."""
        if plan.settling:
            server.await_passing_threads()
        settled_heap_bytes()

    process = _load(scenario, server, plan, 0, 0)
    _at_next_pause(process, warmed_up)
    before = _at_next_pause(process, settled_heap_bytes)
    after = _at_next_pause(process, settled_heap_bytes)
    result = _result(process)
    if before is not None:
        connections = result["connections"] / 2
        result["heap_bytes_per_connection"] = round((after - before) / connections, 1)
    return result


def measure(scenario, server, plan, last):
    if scenario.mode == "idle":
        return idle(scenario, server, plan)
    if last and scenario.mode != "connects":
        return _messages_and_garbage(scenario, server, plan)
    return _messages(scenario, server, plan)


def train(scenario, server, plan):
    """
    Lets a JIT compiler do its work, and caches fill. In several parts, as the first connections to
    end make it compile anew what had never seen one end; after many that come and go, so that it
    does not come to compiling the handshake when a round opens its connections.
    """
    if server.is_java or server.name in servers.JAVASCRIPT:
        # In an open loop a cold server would fall behind for good: it is trained by a closed one.
        training = scenario.closed() if scenario.mode == "open" else scenario
        measured_on = os.sched_getaffinity(server.pid)
        # So that the compiler need not wait for the loop.
        machine.move(server.pid, os.sched_getaffinity(0))
        parts = [training] * TRAINING_PARTS
        if scenario.needs is None:
            parts.insert(0, scenarios.SCENARIOS["connects"])
        for part in parts:
            _result(_load(part, server, plan, plan.training / len(parts), 0))
            _with_latencies({}, 0)
        machine.move(server.pid, measured_on)
