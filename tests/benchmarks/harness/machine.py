"""What the results depend on: the machine, and what else it was doing."""

import datetime
import os
import platform
import re
import subprocess

from harness import paths

TICKS = os.sysconf("SC_CLK_TCK")


def _first_line(command):
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "not installed"
    return (result.stdout + result.stderr).strip().split("\n")[0]


def _processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        match = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.MULTILINE)
    return match.group(1) if match else platform.machine()


def facts():
    version = subprocess.run(
        [paths.java(), "-version"], capture_output=True, text=True, check=False).stderr
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _first_line(["git", "-C", paths.ROOT, "describe", "--always", "--dirty"]),
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "memory_gib": round(
            os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "jdk": version.strip().split("\n")[1] if "\n" in version else version.strip(),
        "node": _first_line(["node", "--version"]),
        "compiler": _first_line(["cc", "--version"]),
    }


class Meter:
    """How much of the machine others took while something was measured."""

    def __init__(self, pids):
        self.pids = pids
        self.before = self._read()

    def _read(self):
        with open("/proc/stat", encoding="utf-8") as file:
            fields = [int(field) for field in file.readline().split()[1:]]
        user, nice, system, idle, iowait, irq, softirq, steal = fields[:8]
        busy = user + nice + system + irq + softirq
        own = os.times()
        measured = own.user + own.system + own.children_user + own.children_system
        return {
            "busy": busy / TICKS,
            "total": (busy + idle + iowait + steal) / TICKS,
            "steal": steal / TICKS,
            "own": measured + sum(cpu_seconds(pid) for pid in self.pids),
        }

    def exclude(self, seconds):
        """So much CPU time was the measurement's own, too."""
        self.before["own"] -= seconds

    def others(self):
        """CPUs taken by other processes and by other guests of the host, on average."""
        after = self._read()
        elapsed = (after["total"] - self.before["total"]) / os.cpu_count()
        if elapsed <= 0:
            return 0.0
        taken = (after["busy"] - self.before["busy"]) - (after["own"] - self.before["own"])
        stolen = after["steal"] - self.before["steal"]
        return round(max(0.0, taken) / elapsed + stolen / elapsed, 3)


def cpu_seconds(pid):
    """Of all its threads so far."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def move(pid, cpus):
    """Moves all threads; a thread that is made later stays with the one that made it."""
    for _ in range(2):  # the second time takes those that were made during the first
        for thread in os.listdir(f"/proc/{pid}/task"):
            try:
                os.sched_setaffinity(int(thread), cpus)
            except ProcessLookupError:
                pass  # it has ended
