"""The servers that are compared, all on the loopback."""

import os
import re
import signal
import socket
import subprocess
import time

from harness import paths

START_SECONDS = 60

# The heap is touched at the start, so that what a server's resident memory grows by later is
# memory outside it; what is inside is counted by jcmd.
JVM = ["-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch"]

CLIENT_MAIN = "io.github.volfram.benchmarks.clients.ClientMain"
PEER_MAIN = "io.github.volfram.benchmarks.peers.PeerServer"


def _volfram(*options):
    def command(port):
        jar = paths.volfram_jar()
        return [paths.java(), *JVM, "-jar", jar, "echo", "--port", str(port), *options]
    return command


def _peer(name, *options):
    def command(port):
        classpath = paths.classpath()
        return [paths.java(), *JVM, *paths.KEY_PROPERTIES, "-cp", classpath, PEER_MAIN, name,
                str(port), *options]
    return command


def client(name, port, connections, size, training, warmup, seconds):
    """A library as a client; it pauses before and after training, and ends with a line of JSON."""
    return [paths.java(), *JVM, "-cp", paths.classpath(), CLIENT_MAIN, name, str(port),
            str(connections), str(size), str(training), str(warmup), str(seconds)]


def _node(*options):
    return lambda port: ["node", os.path.join(paths.NPM, "echo.js"), str(port), *options]


def _bun(*options):
    return lambda port: [paths.bun(), os.path.join(paths.NPM, "bun.js"), str(port), *options]


def _uwebsockets(*options):
    return lambda port: [os.path.join(paths.UWEBSOCKETS, "uwebsockets"), str(port), *options]


def _floor(name, *options):
    return lambda port: [os.path.join(paths.LOAD, name), str(port), *options]


COMMANDS = {
    "volfram-native": _volfram("--backend", "native"),
    "volfram-uring": _volfram("--backend", "native", "--poller", "uring"),
    "volfram-nio": _volfram("--backend", "nio"),
    "volfram-native-spin": _volfram("--backend", "native", "--idle", "spin"),
    "volfram-nio-spin": _volfram("--backend", "nio", "--idle", "spin"),
    "floor-epoll": _floor("floor-epoll"),
    "floor-epoll-spin": _floor("floor-epoll", "spin"),
    "floor-uring": _floor("floor-uring"),
    "netty-epoll": _peer("netty-epoll"),
    "netty-epoll-spin": _peer("netty-epoll-spin"),
    "netty-uring": _peer("netty-uring"),
    "netty-nio": _peer("netty-nio"),
    "undertow": _peer("undertow"),
    "jetty": _peer("jetty"),
    "java-websocket": _peer("java-websocket"),
    "npm-ws": _node(),
    "uwebsockets": _uwebsockets(),
    "bun": _bun(),
}

# Those that need packages of npm, and those of them that a JIT compiler makes faster.
FROM_NPM = ["npm-ws", "uwebsockets", "bun"]
JAVASCRIPT = ["npm-ws", "bun"]

OURS = {
    "volfram-native": ["--backend", "native"],
    "volfram-uring": ["--backend", "native", "--poller", "uring"],
    "volfram-nio": ["--backend", "nio"],
}
_PEERS = ["netty-epoll", "netty-uring", "netty-nio", "undertow", "jetty", "java-websocket"]

# The same libraries as servers that pass each message to all other connections.
FANOUT_COMMANDS = {
    **{name: _peer(name, "fanout") for name in [*OURS, *_PEERS]},
    "npm-ws": _node("fanout"),
    "uwebsockets": _uwebsockets("fanout"),
    "bun": _bun("fanout"),
}

# The same echo over TLS, by the JDK's engine where there is one, and with permessage-deflate. The
# floors have neither.
WSS_COMMANDS = {
    **{name: _volfram(*options, "--tls-keystore", paths.KEY_STORE,
                      "--tls-password", paths.KEY_PASSWORD)
       for name, options in OURS.items()},
    **{name: _peer(name, "wss") for name in _PEERS},
    "npm-ws": _node("wss", paths.KEY_STORE, paths.KEY_PASSWORD),
    "uwebsockets": _uwebsockets("wss", paths.KEY_PEM),
    "bun": _bun("wss", paths.KEY_PEM),
}
DEFLATE_COMMANDS = {
    **{name: _volfram(*options, "--deflate") for name, options in OURS.items()},
    **{name: _peer(name, "deflate") for name in _PEERS},
    "npm-ws": _node("deflate"),
    "uwebsockets": _uwebsockets("deflate"),
    "bun": _bun("deflate"),
}

# Volfram with one loop and with two, on both CPUs, which the load shares.
LOOPS_COMMANDS = {
    "volfram-native": _volfram("--backend", "native"),
    "volfram-native-2-loops": _volfram("--backend", "native", "--loops", "2"),
}

# The choices about latency, each alone: servers that differ in nothing else.
LATENCY_COMMANDS = {
    "volfram-native": _peer("volfram-block"),
    **{"volfram-native-" + choice: _peer("volfram-" + choice)
       for choice in ("spin", "yield", "backoff", "invoker", "quick-ack")},
}

# Libraries as clients, and what they talk to: the floors answer one handshake key only.
CLIENTS = ["volfram-native", "volfram-nio", "netty-epoll", "netty-nio", "jdk", "okhttp",
           "java-websocket"]
CLIENTS_SERVER = "volfram-native"

ALL = list(dict.fromkeys([*COMMANDS, *LOOPS_COMMANDS, *LATENCY_COMMANDS, *CLIENTS]))

# Choices for --servers.
GROUPS = {
    "main": ["volfram-native", "volfram-uring", "volfram-nio", "volfram-native-spin",
             "floor-epoll", "floor-uring", "netty-epoll", "netty-epoll-spin", "netty-uring",
             "netty-nio"],
    "slow": ["volfram-native", "undertow", "jetty", "java-websocket", "npm-ws"],
    "uws": ["volfram-native", "uwebsockets", "bun"],
    "latency": list(LATENCY_COMMANDS),
}

SPINNING = [name for name in COMMANDS if name.endswith("-spin")]
SLEEPING = [name for name in COMMANDS if name not in SPINNING]


# So that nothing else is taken for the memory of connections: neither the JIT compiler's own, nor
# the gaps that a full collection leaves unless it moves everything.
WEIGHED_JVM = ["-Xint", "-XX:MarkSweepAlwaysCompactCount=1"]


def _weighed(command):
    def weighed(port):
        program, *arguments = command(port)
        return [program, *(WEIGHED_JVM if program == paths.java() else []), *arguments]
    return weighed


IDLE_COMMANDS = {name: _weighed(COMMANDS[name]) for name in SLEEPING}

# Of glibc: with an arena for each thread, one grows while another has room.
IDLE_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1"}

# Those that a kernel or a container may refuse.
OPTIONAL = [name for name in COMMANDS if "uring" in name]


class NotStarted(Exception):
    """The server is not there; the message says why."""


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server process on its CPUs. Paused, it takes nothing from the one that is measured."""

    def __init__(self, name, cpus, commands=COMMANDS):
        self.name = name
        self.port = _free_port()
        self.command = commands[name](self.port)
        self.log = os.path.join(paths.WORK, "logs", name + ".log")
        os.makedirs(os.path.dirname(self.log), exist_ok=True)
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(IDLE_ENVIRONMENT if commands is IDLE_COMMANDS else {})},
                preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        try:
            self._await()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self):
        return self.process.pid

    @property
    def is_java(self):
        return self.command[0] == paths.java()

    def _await(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                with open(self.log, encoding="utf-8") as log:
                    said = log.read().strip().split("\n")[-1]
                raise NotStarted(f"{self.name} ended with {self.process.returncode}: {said}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise NotStarted(f"{self.name} did not listen within {START_SECONDS} s: see {self.log}")

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _jcmd(self, *command):
        return subprocess.run(
            [paths.jcmd(), str(self.pid), *command],
            capture_output=True, text=True, check=True).stdout

    def live_heap_bytes(self):
        """After full collections; None where there is no such thing."""
        if not self.is_java:
            return None
        self._jcmd("GC.run")
        return int(re.search(r"^Total\s+\d+\s+(\d+)", self._jcmd("GC.class_histogram"),
                             re.MULTILINE).group(1))

    def await_passing_threads(self):
        """The JVM keeps the stack of one for a minute after JNA, when it starts, asked ldconfig."""
        while self.is_java and '"process reaper"' in self._jcmd("Thread.print"):
            time.sleep(5)

    def trim_native_memory(self):
        """
        Gives what malloc keeps of freed memory back to the kernel: what is resident is in use then.
        Only of JVMs, and not of the first ones of Java 17.
        """
        if self.is_java:
            subprocess.run([paths.jcmd(), str(self.pid), "System.trim_native_heap"],
                           capture_output=True, check=False)

    def allocated_bytes(self):
        """By all threads so far, to the kilobyte or megabyte; None where it cannot be known."""
        if not self.is_java:
            return None
        units = {"B": 1, "K": 2**10, "M": 2**20, "G": 2**30}
        found = re.findall(r"allocated=(\d+)([BKMG])", self._jcmd("Thread.print", "-e"))
        return sum(int(number) * units[unit] for number, unit in found)
