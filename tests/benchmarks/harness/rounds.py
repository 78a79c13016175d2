"""The order of things: processes of every server, and rounds in which each of them is measured."""

import json
import os

from harness import machine, measure, paths, servers


def prepare(names):
    """Builds what the servers need; returns those that can be had."""
    paths.build_load()
    paths.make_key()
    there = []
    for name in names:
        absence = _absence(name) if name in servers.FROM_NPM else None
        if absence:
            measure.say(f"left out: {name}: {absence}")
        else:
            there.append(name)
    return there


def _absence(name):
    """Why a server that needs packages of npm cannot be had, or None."""
    absence = paths.install_npm()
    if absence is None and name == "uwebsockets":
        absence = paths.build_uwebsockets()
    if absence is None and name == "bun" and paths.bun() is None:
        absence = "npm has none for this machine"
    return absence


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
            measure.say(f"left out: {absence}")
            continue
        started.append(server)
        server.pause()
    return started


class Results:
    """What was measured of each server, and which of them failed."""

    def __init__(self, scenario, names, failures):
        self.scenario = scenario
        self.names = list(names)  # those that have not failed
        self.failures = failures
        self.runs = {}

    def add(self, name, process, result):
        """Of the process of that number, from 1."""
        result["process"] = process
        self.runs.setdefault(name, []).append(result)
        shown = {key: value for key, value in result.items() if key != "histogram"}
        measure.say(f"  {name}: {json.dumps(shown)}")

    def leave_out(self, name, failure):
        """Ends the run, or notes the failure where there is a list for it."""
        line = f"{self.scenario}: {name}: {failure}"
        if self.failures is None:
            raise SystemExit(line) from failure
        measure.say(f"{line}; left out")
        self.failures.append(line)
        self.names.remove(name)

    def by_name(self):
        return {name: self.runs[name] for name in self.names if name in self.runs}


def _run_idle(scenario, plan, results):
    """One result of each process: memory that was used once is used again."""
    for process in range(1, plan.processes + 1):
        for server in (s for name in list(results.names)
                       for s in start([name], plan, scenario.commands)):
            try:
                server.resume()
                results.add(server.name, process, measure.idle(scenario, server, plan))
            except measure.LoadFailed as failure:
                results.leave_out(server.name, failure)
            finally:
                server.stop()


def _run_clients(scenario, plan, results):
    """Each round, each library in a new process, all against one server on the other CPU."""
    server = servers.Server(servers.CLIENTS_SERVER, {plan.load_cpu})
    try:
        for process in range(1, plan.repeats + 1):
            for client in list(results.names):
                before = machine.cpu_seconds(server.pid)
                try:
                    result, meter = measure.client(scenario, client, server.port, plan)
                except measure.LoadFailed as failure:
                    results.leave_out(client, failure)
                    continue
                meter.exclude(machine.cpu_seconds(server.pid) - before)
                result["others_cpus"] = meter.others()
                results.add(client, process, result)
    finally:
        server.stop()


def _run_servers(scenario, plan, results, process):
    """A new process of every server: all are trained, and then measured in turn."""
    started = start(results.names, plan, scenario.commands, all_cpus=scenario.all_cpus)
    results.names = [server.name for server in started]
    try:
        for round_number in range(plan.rounds + 1):
            for server in list(started):
                try:
                    server.resume()
                    if round_number == 0:
                        measure.train(scenario, server, plan)
                    else:
                        last = round_number == plan.rounds
                        result = measure.measure(scenario, server, plan, last)
                        results.add(server.name, process, result)
                    server.pause()
                except measure.LoadFailed as failure:
                    started.remove(server)
                    server.stop()
                    results.leave_out(server.name, failure)
    finally:
        for server in started:
            server.stop()


def run(name, scenario, names, plan, failures=None):
    """
    All servers in turn, and that as often as the plan says. Returns their results by name. One that
    fails ends the run, or is left out and noted in the list where one is given.
    """
    measure.say(f"{name}: {scenario.title}")
    results = Results(name, names, failures)
    if scenario.mode == "idle":
        _run_idle(scenario, plan, results)
    elif scenario.mode == "client":
        _run_clients(scenario, plan, results)
    else:
        for process in range(1, plan.processes + 1):
            _run_servers(scenario, plan, results, process)
    return results.by_name()
