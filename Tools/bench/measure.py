"""Runs Lambdawire and its peers in turn and prints one table of ratios.

Called by `run`, which has built everything. Both sides of a row run one after the other, five
times, so that a busy machine slows both; each figure is the median.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(os.path.dirname(BENCH))
PEERS = os.path.join(BENCH, ".build-peers")
LAMBDAWIRE = os.path.join(ROOT, ".build/release/lambdawire")
PARTS = os.path.join(BENCH, ".build/release/parts")
FLOWS = os.path.join(BENCH, ".build/release/flows")
NETWORK = os.path.join(BENCH, ".build/release/network")
ERAS = ("per-environment", "hyperplane", "hyperplane-ebpf")


class Trouble(Exception):
    """Something ran and failed; the message is for people."""


class Timed:
    """One finished process: its output, and what it took in seconds."""

    def __init__(self, command):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except BaseException:
                # An interrupt: nothing may go on filling the memory that is about to be freed.
                child.kill()
                child.wait()
                raise
            self.wall = time.monotonic() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            self.processor = usage.ru_utime + usage.ru_stime
            self.peak = usage.ru_maxrss * 1024
            out.seek(0)
            self.text = out.read().decode()
            if child.returncode != 0:
                err.seek(0)
                raise Trouble(f"{' '.join(command)}: ended with {child.returncode}\n"
                              f"{self.text}{err.read().decode()}")


class Bench:
    def __init__(self, quick):
        self.quick = quick
        self.rounds = 3 if quick else 5
        self.memory = tempfile.mkdtemp(prefix="lambdawire-bench-", dir="/dev/shm")
        self.rows = []

    def size(self, full, quick):
        return quick if self.quick else full

    # What is run. Each returns the rate of one run.

    def folder(self):
        path = os.path.join(self.memory, "run")
        shutil.rmtree(path, ignore_errors=True)
        return path

    def fleet(self, sets, *options, processor=False):
        """Records a second of `fleet`, of the whole process."""
        folder = self.folder()
        command = [LAMBDAWIRE, "run", "fleet", "-o", folder, "--files", "taps", *options]
        for item in sets:
            command += ["--set", item]
        run = Timed(command)
        records = int(re.search(r"^records +(\d+)", run.text, re.M).group(1))
        self.in_flight = int(re.search(r"\((\d+) at once", run.text).group(1))
        if not re.search(r"^drops +none", run.text, re.M):
            raise Trouble(f"{' '.join(command)}: dropped packets\n{run.text}")
        shutil.rmtree(folder)
        self.records = records
        return records / (run.processor if processor else run.wall)

    def ns3(self, *options):
        folder = self.folder()
        os.mkdir(folder)
        run = Timed([os.path.join(PEERS, "nsline"), f"--dir={folder}", *options])
        counted = subprocess.run(
            ["capinfos", "-c", "-M", "-T", "-r", *(os.path.join(folder, f) for f in os.listdir(folder))],
            capture_output=True, text=True, check=True)
        shutil.rmtree(folder)
        return sum(int(line.split("\t")[1]) for line in counted.stdout.splitlines()) / run.wall

    @staticmethod
    def printed(*command):
        """The rate that a program of ours or a peer prints."""
        return float(Timed(list(command)).text.split()[0])

    # Rows.

    def compare(self, row, what, unit, goal, ours, peer=None, at_most=False, rounds=None):
        """Measures `ours` and `peer` in turn. Without a peer the goal is a rate of ours."""
        mine, theirs = [], []
        rounds = rounds or self.rounds
        for number in range(rounds):
            self.say(f"({row}) {what}: round {number + 1} of {rounds}")
            # Who goes first alternates, so that neither always finds the caches of the other.
            for side in (("ours", "peer") if number % 2 == 0 else ("peer", "ours")):
                if side == "ours":
                    mine.append(ours())
                elif peer:
                    theirs.append(peer())
        self.add(row, what, unit, goal, mine, theirs, at_most)

    def add(self, row, what, unit, goal, mine, theirs, at_most=False):
        ours = statistics.median(mine)
        peer = statistics.median(theirs) if theirs else None
        ratio = ours / peer if peer else None
        value = ours if ratio is None else ratio
        met = None if goal is None else value <= goal if at_most else value >= goal
        self.rows.append({
            "row": row, "what": what, "ours": ours, "peer": peer, "unit": unit, "ratio": ratio,
            "goal": goal, "at_most": at_most, "met": met,
            "runs": {"ours": mine, "peer": theirs}})

    @staticmethod
    def say(text):
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def udp(self):
        # 100 flows of a packet each 100 µs: one a microsecond, as in ns-3.
        packets = self.size(1_000_000, 100_000)
        return packets, ["functions=2", "environments=5", "flows=10", f"packets={packets // 100}"]

    def row_a(self):
        packets, sets = self.udp()
        variants = [(era, "changes") for era in ERAS] + [("hyperplane", "none")]
        mine = {variant: [] for variant in variants}
        theirs = []
        for number in range(self.rounds):
            self.say(f"(a) fleet UDP: round {number + 1} of {self.rounds}")
            theirs.append(self.ns3("--mode=udp", f"--n={packets}"))
            for era, level in variants:
                mine[era, level].append(
                    self.fleet(sets, "--networking", era, "--annotate", level))
        for era, level in variants:
            self.add("a", f"fleet UDP, {era}, --annotate {level}", "records/s", 16,
                     mine[era, level], theirs)

    def row_b(self):
        flows = self.size(1000, 200)
        # Ten environments each open a connection every 10 ms: one a millisecond, as in ns-3.
        sets = ["functions=2", "environments=5", f"flows={flows // 10}", "packets=1",
                "payload=10000 B", "transport=tcp", "stagger=10 ms"]
        self.compare("b", f"fleet TCP, {flows} x 10 kB, hyperplane", "records/s", 16,
                     lambda: self.fleet(sets),
                     lambda: self.ns3("--mode=tcp", f"--flows={flows}", "--bytes=10000"))

    def row_c(self):
        count = str(self.size(10_000_000, 1_000_000))
        file = os.path.join(self.memory, "capture")
        for name, path in (("tmpfs", file), ("/dev/null", "/dev/null")):
            def fresh(*command):
                # Overwriting pages that exist is cheaper than making them.
                if os.path.exists(file):
                    os.remove(file)
                return self.printed(*command)
            self.compare(
                "c", f"pcapng writer with packet ids to {name}; pcap_dump", "records/s", 1,
                lambda: fresh(PARTS, "write", path, count),
                lambda: fresh(os.path.join(PEERS, "pcapdump"), path, count))
        if os.path.exists(file):
            os.remove(file)

    def row_d(self):
        calls = str(self.size(4_000_000, 1_000_000))
        for flows in (1000, 1_000_000):
            for table, name, goal in (
                    ("open", "linear probing", 0.5), ("std", "std::unordered_map", None)):
                self.compare(
                    "d", f"translation, {flows:,} flows; look-up only, {name}", "calls/s", goal,
                    lambda: self.printed(FLOWS, "translate", str(flows), calls),
                    lambda: self.printed(
                        os.path.join(PEERS, "hashtable"), table, str(flows), calls))
            self.compare(
                "d", f"the same in turn, {flows:,} flows; look-up only, linear probing",
                "calls/s", None,
                lambda: self.printed(FLOWS, "translate", str(flows), calls, "in-turn"),
                lambda: self.printed(
                    os.path.join(PEERS, "hashtable"), "open", str(flows), calls, "in-turn"))

    def row_e(self):
        packets = self.size(1_000_000, 100_000)
        file = os.path.join(self.memory, "flows.pcap")
        Timed([os.path.join(PEERS, "tcpflows"), file, str(packets), str(packets // 100)])
        self.compare("e", "inspect; tshark -q -z conv,tcp", "packets/s", 10,
                     lambda: packets / Timed([LAMBDAWIRE, "inspect", file]).wall,
                     lambda: packets / Timed(["tshark", "-q", "-z", "conv,tcp", "-r", file]).wall)
        os.remove(file)

    def row_f(self):
        _, sets = self.udp()
        # Two settings that a packet meets once each, after its guest has found its gateway; at a
        # packet a microsecond this holds about 100,000 (quick: 10,000), and the defaults about
        # 1,000.
        latency = self.size("50 ms", "5 ms")
        slow = [f"settings.{key}={latency}" for key in ("slot-latency", "hyperplane-latency")]
        held = {}

        def flight(name, sets):
            rate = self.fleet(sets, "--annotate", "none")
            held[name] = self.in_flight
            return rate

        self.compare("f", "fleet UDP, many in flight; few in flight", "records/s", 0.5,
                     lambda: flight("many", sets + slow), lambda: flight("few", sets))
        self.rows[-1]["what"] = (
            f"fleet UDP, {held['many']:,} in flight; {held['few']:,} in flight")

    def row_g(self):
        _, sets = self.udp()
        self.compare(
            "g", "fleet UDP, packet-hops a processor second", "hops/s", 5_000_000,
            lambda: self.fleet(sets, "--annotate", "none", processor=True), None)

    def row_h(self):
        flows = self.size(10_000_000, 1_000_000)
        many = str(flows)
        calls = str(self.size(10_000_000, 1_000_000))

        def rate(what, goal, *arguments):
            self.compare("h", what, arguments[0] == "translate" and "calls/s" or "flows/s", goal,
                         lambda: self.printed(FLOWS, *arguments))

        def stall(what, *arguments):
            # The program itself does everything five times and takes the least for each packet.
            self.compare("h", f"longest stall of a packet, {what}", "µs", 1000,
                         lambda: self.printed(FLOWS, *arguments) / 1000, at_most=True, rounds=1)

        rate("translation, 1,000 flows", 10e6, "translate", "1000", calls)
        rate(f"{flows:,} flows, in turn", 2e6, "translate", many, calls, "in-turn")
        rate("the same, tables that grew", None, "translate", many, calls, "in-turn", "growing")
        rate(f"{flows:,} flows, in bursts of 64", 5e6, "translate", many, calls, "in-bursts")
        rate("the same, tables that grew", None,
             "translate", many, calls, "in-bursts", "growing")
        rate(f"new flows, to {flows:,}", 1.5e6, "begin", many)
        rate("the same, tables that grow", None, "begin", many, "growing")
        self.compare("h", f"memory at {flows:,} flows, tables that grew", "bytes/flow", self.size(96, None),
                     lambda: self.printed(FLOWS, "memory", many), at_most=True)
        stall(f"tables that grow to {flows:,} flows", "growth", many)
        for what, options in (("", []), (", shared by destinations", ["sharing"])):
            self.compare(
                "h", f"new flow, 99 % of the ports taken{what}; 10 %", "ns", 4,
                lambda: self.printed(FLOWS, "ports", "99", *options),
                lambda: self.printed(FLOWS, "ports", "10", *options), at_most=True)
            stall(f"all ports of an address taken{what}", "crowding", *options)
        ending = self.size(4_000_000, 400_000)
        rate(f"flows that begin and end, {ending:,} live", None, "expiry", str(ending))
        stall("the same", "expiry-stall", str(ending))

    def row_i(self):
        packets = self.size(2_000_000, 200_000)
        file = os.path.join(self.memory, "flows.pcap")
        Timed([os.path.join(PEERS, "tcpflows"), file, str(packets), str(packets // 100)])
        # Every packet goes through the NAT, is written on both of its sides, and has a comment.
        command = [LAMBDAWIRE, "translate", file, "--behavior", "aws-natgw", "--inside",
                   "169.254.0.0/16", "--outside", "203.0.113.7", "--force", "-o"]
        for where, output in (("/dev/null", "/dev/null"),
                              ("tmpfs", os.path.join(self.memory, "translated.pcapng"))):
            self.compare("i", f"translate {packets:,} packets to {where}", "packets/s", 2_000_000,
                         lambda: packets / Timed(command + [output]).wall)
        os.remove(file)

    def row_j(self):
        """A Region: invocations a second of the whole process, and the most memory it had."""
        span = self.size(600, 60)
        rates, hops, peaks = [], [], []
        # Millions of invocations even out what differs from run to run.
        rounds = self.size(1, 3)

        def region(*options, span):
            folder = self.folder()
            run = Timed([LAMBDAWIRE, "run", "region", "-o", folder, "--taps", "eni", "--files",
                         "taps", "--set", f"span={span} s", *options])
            shutil.rmtree(folder)
            every, finished = (int(number) for number in re.search(
                r"^invocations +(\d+): (\d+) finished", run.text, re.M).groups())
            if finished < 0.99 * every:
                raise Trouble(f"invocations of the Region fail\n{run.text}")
            return every / run.wall, finished / run.wall, run.peak

        for number in range(rounds):
            self.say(f"(j) region, {span} s: round {number + 1} of {rounds}")
            rate, finished, peak = region("--events", "control", span=span)
            rates.append(rate)
            # Seven points on the way there and seven on the way back.
            hops.append(14 * finished)
            peaks.append(peak)
        what = f"region, 100,000 environments, {span} s"
        self.add("j", what, "invokes/s", 150_000, rates, [])
        self.add("j", "the same", "hops/s", None, hops, [])
        self.add("j", "the same, most memory", "bytes", 4e9, peaks, [], at_most=True)
        self.compare("j", "region, 60 s, every line in events.jsonl", "invokes/s", None,
                     lambda: region(span=60)[0], rounds=rounds)
        self.compare("j", "the same, one thread", "invokes/s", None,
                     lambda: region("--threads", "1", span=60)[0], rounds=rounds)

    def row_k(self):
        """A VPC: with one of everything, and with 500 interfaces, 50 groups, 200 subnets."""
        packets = str(self.size(10_000_000, 1_000_000))
        flows = str(self.size(1_000_000, 100_000))

        def nanoseconds(size):
            return 1e9 / self.printed(NETWORK, "known", size, packets)

        self.compare("k", "a packet of a known flow, large VPC; one of everything", "ns", 1.3,
                     lambda: nanoseconds("large"), lambda: nanoseconds("small"), at_most=True)
        self.compare("k", "new flows, large VPC", "flows/s", 200_000,
                     lambda: self.printed(NETWORK, "new", "large", flows))
        self.compare("k", "a VPC of 65,456 interfaces built", "s", 2,
                     lambda: self.printed(NETWORK, "build", "large"), at_most=True)
        self.compare("k", "the same, memory", "bytes", 200e6,
                     lambda: self.printed(NETWORK, "memory", "large"), at_most=True)

    # What is printed.

    def header(self):
        def first(*command):
            return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]

        def package(name):
            return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name],
                                  capture_output=True, text=True).stdout
        with open("/proc/cpuinfo") as file:
            model = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
        return {
            "machine": f"{os.cpu_count()} x {model.group(1) if model else platform.machine()}, "
                       f"Linux {platform.release()}",
            "load": f"{os.getloadavg()[0]:.1f} when this began",
            "lambdawire": first("git", "-C", ROOT, "describe", "--always", "--dirty"),
            "swift": first("swift", "--version"),
            "peers": f"ns-3 {package('libns3-dev')}, libpcap {package('libpcap-dev')}, "
                     f"tshark {package('tshark')}, {first('g++', '--version')}",
            "rounds": f"{self.rounds}, in turn; medians" + (" (--quick)" if self.quick else ""),
        }


def human(value):
    if value is None:
        return "-"
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.3g}"


def table(rows):
    lines = [("", "what", "ours", "peer", "unit", "ratio", "goal", "met")]
    for row in rows:
        rate = row["ratio"] is None
        lines.append((
            f"({row['row']})", row["what"], human(row["ours"]), human(row["peer"]), row["unit"],
            "-" if rate else f"{row['ratio']:.2f}",
            "-" if row["goal"] is None else ("<= " if row["at_most"] else "") + (
                human(row["goal"]) if rate else f"{row['goal']:g}"),
            {None: "-", True: "yes", False: "no"}[row["met"]]))
    widths = [max(len(line[column]) for line in lines) for column in range(8)]
    right = {2, 3, 5, 6}
    return "\n".join(
        "  ".join(cell.rjust(width) if column in right else cell.ljust(width)
                  for column, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in lines)


def main():
    parser = argparse.ArgumentParser(prog="Tools/bench/run")
    parser.add_argument("rows", nargs="*", metavar="row", help="which rows, a to j; all without")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, three rounds")
    parser.add_argument("--json", metavar="FILE", help="write everything measured to FILE as well")
    arguments = parser.parse_args()
    rows = [row.strip("()") for row in arguments.rows] or list("abcdefghijk")
    for row in rows:
        if row not in list("abcdefghijk"):
            parser.error(f"no row {row}: there are a to j")

    # The folder in memory goes away whatever ends the run, and what was measured is shown.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(arguments.quick)
    status = 0
    try:
        header = bench.header()
        for row in rows:
            getattr(bench, f"row_{row}")()
    except Trouble as trouble:
        status = f"lambdawire: {trouble}"
    except KeyboardInterrupt:
        status = 130
    finally:
        bench.say("")
        shutil.rmtree(bench.memory, ignore_errors=True)
    if bench.rows:
        for key, value in header.items():
            print(f"{key:<12}{value}")
        print()
        print(table(bench.rows))
        if arguments.json:
            with open(arguments.json, "w") as file:
                json.dump({"header": header, "rows": bench.rows}, file, indent=2)
                file.write("\n")
    sys.exit(status)


main()
