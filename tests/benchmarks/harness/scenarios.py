"""What is measured: the arguments of the load generator, by name."""

from harness import servers


class Scenario:
    def __init__(self, title, mode, *arguments, spinning=False, rate=None, commands=None,
                 needs=None, all_cpus=False, without=()):
        self.title = title
        self.mode = mode
        self.arguments = list(arguments)
        self.rate = rate
        self.needs = needs  # what the load generator must have been built with
        self.all_cpus = all_cpus  # servers run on every CPU, and so next to the load
        if mode == "client":
            self.commands = servers.COMMANDS
            self.servers = servers.CLIENTS
        elif commands:
            self.commands = commands
            self.servers = list(self.commands)
        else:
            self.commands = servers.COMMANDS
            self.servers = servers.SLEEPING + (servers.SPINNING if spinning else [])
        self.servers = [name for name in self.servers if name not in without]

    def closed(self):
        """The same connections, each sending when it was answered."""
        return Scenario(self.title, "closed", *self.arguments, commands=self.commands)


def _closed(title, connections, depth, size, kind="binary", more=(), **options):
    return Scenario(
        title, "closed", "--connections", str(connections), "--depth", str(depth),
        "--size", str(size), "--type", kind, *more, **options)


# What the smoke run asks of the servers that are not ours.
SMOKE_OF_PEERS = ["small", "large-mixed", "wss", "deflate", "fanout", "idle"]

# Choices for the names of scenarios.
GROUPS = {
    "quick": ["ping-pong-spin", "small", "pipelined", "many", "large-binary", "large-mixed",
              "open-loop", "wss", "deflate"],
    "latency": ["latency-ping-pong", "latency-open-loop"],
}

SCENARIOS = {
    "ping-pong": _closed("1 connection, 64 B, client sleeps", 1, 1, 64),
    "ping-pong-spin": Scenario(
        "1 connection, 64 B, client spins", "closed", "--connections", "1", "--spin",
        spinning=True),
    "small": _closed("64 connections, 64 B", 64, 1, 64),
    "pipelined": _closed("64 connections, 16 messages under way on each, 64 B", 64, 16, 64),
    "many": _closed("500 connections, 125 B", 500, 1, 125),
    "large-binary": _closed("64 connections, 16 KiB binary", 64, 1, 16384),
    "large-ascii": _closed("64 connections, 16 KiB text, ASCII", 64, 1, 16384, "ascii"),
    "large-mixed": _closed("64 connections, 16 KiB text, mixed scripts", 64, 1, 16384, "mixed"),
    "huge": _closed("8 connections, 1 MiB binary", 8, 1, 1 << 20),
    "open-loop": Scenario(
        "64 connections, 20,000 messages/s, 64 B, timed from when they were due", "open",
        "--connections", "64", rate=20000),
    "wss": _closed("64 connections, 1 KiB binary, TLS", 64, 1, 1024, "binary", more=["--tls"],
                   commands=servers.WSS_COMMANDS, needs="tls"),
    "deflate": _closed(
        "64 connections, 1 KiB JSON, permessage-deflate", 64, 1, 1024, "json",
        more=["--deflate", "context"], commands=servers.DEFLATE_COMMANDS, needs="deflate"),
    "deflate-alone": _closed(
        "64 connections, 1 KiB JSON, permessage-deflate without context takeover", 64, 1, 1024,
        "json", more=["--deflate", "no-context"], commands=servers.DEFLATE_COMMANDS,
        needs="deflate", without=["uwebsockets"]),  # which does not agree to it
    "loops": _closed("64 connections, 16 messages under way; 1 loop and 2, on all CPUs", 64, 16, 64,
                     commands=servers.LOOPS_COMMANDS, all_cpus=True),
    "latency-ping-pong": Scenario(
        "1 connection, 64 B, client spins; what each choice does", "closed", "--connections", "1",
        "--spin", commands=servers.LATENCY_COMMANDS),
    "latency-open-loop": Scenario(
        "64 connections, 20,000 messages/s, 64 B; what each choice does", "open",
        "--connections", "64", rate=20000, commands=servers.LATENCY_COMMANDS),
    "client-ping-pong": Scenario(
        "libraries as clients of " + servers.CLIENTS_SERVER + ", 1 connection, 64 B", "client",
        "1", "64"),
    "client-small": Scenario(
        "libraries as clients of " + servers.CLIENTS_SERVER + ", 64 connections, 64 B", "client",
        "64", "64"),
    "fanout": Scenario(
        "1 publisher, 1,000 subscribers, 64 B; rates are of deliveries", "fanout",
        "--connections", "1000", commands=servers.FANOUT_COMMANDS),
    "connects": Scenario(
        "connect, upgrade, close; 16 at a time", "connects", "--connections", "16"),
    "idle": Scenario("8,000 idle connections beside 8,000", "idle", "--connections", "16000",
                     commands=servers.IDLE_COMMANDS),
}
