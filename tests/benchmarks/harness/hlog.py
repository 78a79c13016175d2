"""Latencies as an HdrHistogram log, version 1.3: one compressed V2 histogram to a line.

The generator's buckets are those of an HdrHistogram of two significant digits whose unit is one
nanosecond: 256 steps of one, then 128 to each power of two. So only the encoding is done here.
"""

import base64
import struct
import zlib

COOKIE = 0x1C849303 | 0x10
COMPRESSED_COOKIE = 0x1C849304 | 0x10
DIGITS = 2
STEPS = 128
HEADER = ">iiiiqqd"
NANOS_PER_MILLI = 1e6
LEAST_HIGHEST = 3_600_000_000_000  # an hour; more where the values are larger


def read_counts(path):
    """What the generator wrote: {bucket: count}."""
    with open(path, encoding="ascii") as file:
        return {int(bucket): int(count) for bucket, count in map(str.split, file)}


def highest_in(bucket):
    """The largest number of nanoseconds that falls into a bucket."""
    if bucket < STEPS:
        return bucket
    shift = bucket // STEPS - 1
    return ((bucket % STEPS + STEPS + 1) << shift) - 1


def merged(many):
    total = {}
    for counts in many:
        for bucket, count in counts.items():
            total[bucket] = total.get(bucket, 0) + count
    return total


def quantile(counts, fraction):
    """In nanoseconds; 0 of nothing."""
    wanted = fraction * sum(counts.values())
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= wanted:
            return highest_in(bucket)
    return 0


def _zigzag(number):
    """LEB128 of 64 bits, whose ninth byte, if there is one, holds eight."""
    value = (number << 1) ^ (number >> 63)
    out = bytearray()
    while len(out) < 8 and value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(counts):
    payload = bytearray()
    next_bucket = 0
    for bucket in sorted(counts):
        if bucket > next_bucket:
            payload += _zigzag(next_bucket - bucket)  # so many zeros
        payload += _zigzag(counts[bucket])
        next_bucket = bucket + 1
    highest = max([LEAST_HIGHEST, *(highest_in(bucket) for bucket in counts)])
    plain = struct.pack(HEADER, COOKIE, len(payload), 0, DIGITS, 1, highest, 1.0) + payload
    packed = zlib.compress(plain)
    return base64.b64encode(
        struct.pack(">ii", COMPRESSED_COOKIE, len(packed)) + packed).decode("ascii")


def decode(text):
    packed = base64.b64decode(text)
    cookie, length = struct.unpack_from(">ii", packed)
    if cookie != COMPRESSED_COOKIE:
        raise ValueError(f"expected the cookie {COMPRESSED_COOKIE:#x}, found {cookie:#x}")
    plain = zlib.decompress(packed[8:8 + length])
    payload = plain[struct.calcsize(HEADER):]
    counts, bucket, at = {}, 0, 0
    while at < len(payload):
        value = shift = 0
        while True:
            byte = payload[at]
            at += 1
            value |= (byte if shift == 56 else byte & 0x7F) << shift
            if shift == 56 or byte < 0x80:
                break
            shift += 7
        number = (value >> 1) ^ -(value & 1)
        if number < 0:
            bucket -= number
        else:
            if number:
                counts[bucket] = number
            bucket += 1
    return counts


def take_out(scenarios):
    """Removes the histograms from results; returns them as (tag, started, seconds, counts)."""
    entries = []
    for scenario, by_server in scenarios.items():
        for server, runs in by_server.items():
            for run in runs:
                if "histogram" in run:
                    entries.append((f"{scenario}/{server}", run.pop("started"), run["seconds"],
                                    run.pop("histogram")))
    return entries


def text_of(entries, comment):
    begin = min((started for _, started, _, _ in entries), default=0)
    lines = [f"#[{comment}]", "#[Histogram log format version 1.3]",
             f"#[StartTime: {begin:.3f} (seconds since epoch)]",
             '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"']
    for tag, started, seconds, counts in sorted(entries, key=lambda entry: entry[1]):
        most = highest_in(max(counts)) / NANOS_PER_MILLI if counts else 0
        lines.append(f"Tag={tag},{started - begin:.3f},{seconds:.3f},{most:.3f},{encode(counts)}")
    return "\n".join(lines) + "\n"


def read(path):
    """{tag: counts}, those of all rounds together."""
    found = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            if line.startswith("Tag="):
                tag, _, _, _, text = line.rstrip("\n").split(",")
                found.setdefault(tag[len("Tag="):], []).append(decode(text))
    return {tag: merged(many) for tag, many in found.items()}
