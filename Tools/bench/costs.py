"""Runs `fleet` twice under callgrind, the second time with twice the packets, and says what the
difference cost: what start and end of a run take cancels out, what each packet takes remains."""

import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LAMBDAWIRE = os.path.join(ROOT, ".build/release/lambdawire")
PACKETS = 20_000
FLOWS = 200
# Everything that allocates, frees, or counts references, under any of its names.
COUNTED = re.compile(
    r"(_?(swift|__swift)_(retain|release|allocObject|deallocClassInstance|slowAlloc|slowDealloc"
    r"|bridgeObjectRetain|bridgeObjectRelease|unknownObjectRetain|unknownObjectRelease"
    r"|retain_n|release_n|isUniquelyReferenced_native|isUniquelyReferenced_nonNull_native"
    r"|beginAccess)_?"
    r"|malloc|calloc|realloc|free|posix_memalign|aligned_alloc|operator new.*|operator delete.*)$")
SHOWN = ("malloc", "calloc", "realloc", "posix_memalign", "free", "swift_allocObject",
         "swift_slowAlloc", "swift_slowDealloc", "swift_retain", "swift_release",
         "swift_bridgeObjectRetain", "swift_bridgeObjectRelease", "swift_beginAccess")


class Counts:
    """What one callgrind file says: instructions of each function itself, calls to each
    and from where, instructions of each
    function with all it calls."""

    def __init__(self, path):
        self.own = collections.Counter()
        self.calls = collections.Counter()
        self.callers = collections.Counter()
        self.whole = collections.Counter()
        names = {}

        def name(text):
            number, _, rest = text.partition(" ")
            if rest:
                names[number] = rest
            return names[number]

        function = None
        called = None
        inclusive = False
        with open(path) as file:
            for line in file:
                if line.startswith("fn="):
                    function = re.sub(r"'\d+$", "", name(line[3:].rstrip("\n")))
                elif line.startswith("cfn="):
                    called = re.sub(r"'\d+$", "", name(line[4:].rstrip("\n")))
                elif line.startswith("calls="):
                    count = int(line[6:].split()[0])
                    self.calls[called] += count
                    self.callers[function, called] += count
                    # The next line is what the callee and its own callees cost.
                    inclusive = True
                elif line[:1].isdigit() or line[:1] in "+-*":
                    cost = int(line.split()[1])
                    if inclusive:
                        # A recursive call is in its caller's cost already.
                        if called != function:
                            self.whole[called] += cost
                    elif function:
                        self.own[function] += cost
                    inclusive = False


def program(folder):
    """A copy without debugging information, which older valgrinds cannot read."""
    path = os.path.join(folder, "lambdawire")
    subprocess.run(["objcopy", "--strip-debug", LAMBDAWIRE, path], check=True)
    return path


def run(sets, folder):
    """Counts of a run of `fleet`, and its records."""
    out = os.path.join(folder, "callgrind.out")
    command = [
        "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program(folder), "run",
        "fleet", "-o", os.path.join(folder, "run"), "--force", "--files", "taps"]
    for item in ("functions=2", "environments=5", *sets):
        command += ["--set", item]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"lambdawire: {' '.join(command)}: ended with {done.returncode}\n{done.stderr}")
    return Counts(out), int(re.search(r"^records +(\d+)", done.stdout, re.M).group(1))


def demangled(names):
    text = subprocess.run(["swift", "demangle", "--simplified", "--compact"],
                          input="\n".join(names), capture_output=True, text=True, check=True).stdout
    return dict(zip(names, text.splitlines()))


def module(name):
    """The module that a mangled name begins with."""
    found = re.match(r"\$s(\d+)", name)
    if found:
        length, rest = int(found[1]), name[found.end():]
        return rest[:length]
    if name.startswith("$ss") or name.startswith("$sS") or "swift" in name:
        return "Swift's library"
    return "C library and others"


def share(count, total, units):
    return f"  {count / units:>10,.1f} {100 * count / total:5.1f} %"


def report(title, unit, units, small_sets, large_sets, folder):
    """What `units` more cost: packets or flows, which is all that the two runs differ in."""
    small, fewer = run(small_sets, folder)
    large, more = run(large_sets, folder)
    own = {name: large.own[name] - small.own[name] for name in large.own}
    whole = {name: large.whole[name] - small.whole[name] for name in large.whole}
    total = sum(own.values())
    lines = [
        title, f"{units:,} {unit}s more make {more - fewer:,} records more", "",
        f"  instructions a {unit:<7}{total / units:>10,.0f}",
        f"  instructions a record {total / (more - fewer):>10,.0f}", "",
        f"  {'calls':<36}{'one run':>10}{'the other':>12}{f'more per {unit}':>18}"]
    present = [name for name in large.calls if COUNTED.match(name)]
    for name in [*SHOWN, *sorted(set(present) - set(SHOWN))]:
        before, after = small.calls[name], large.calls[name]
        lines.append(f"  {name:<36}{before:>10,}{after:>12,}{(after - before) / units:>18.4f}")
    often = {pair: (large.callers[pair] - small.callers[pair]) / units
             for pair in large.callers if COUNTED.match(pair[1])}
    often = {pair: count for pair, count in often.items() if count > 0.01}
    if often:
        pairs = sorted(often, key=often.get, reverse=True)[:15]
        readable = demangled([caller for caller, _ in pairs])
        lines += ["", f"  the callers that do so more than once in 100 {unit}s, most first"]
        lines += [f"  {often[pair]:>10.4f}  {pair[1]} from {module(pair[0])}: "
                  f"{readable[pair[0]][:80]}" for pair in pairs]
    modules = collections.Counter()
    for name, count in own.items():
        modules[module(name)] += count
    lines += ["", f"  instructions a {unit}, by module"]
    lines += [f"{share(count, total, units)}  {name}"
              for name, count in modules.most_common() if count > total / 1000]
    for heading, counts, names in (
            ("by function itself", own, own),
            ("by function with all it calls", whole,
             [name for name in whole if name.startswith("$s1") or name.startswith("$s2")])):
        top = sorted(names, key=counts.get, reverse=True)[:20]
        readable = demangled(top)
        lines += ["", f"  instructions a {unit}, {heading}"]
        lines += [f"{share(counts[name], total, units)}  "
                  f"{module(name) + ': ' if name.startswith('$s') else ''}{readable[name][:100]}"
                  for name in top]
    return "\n".join(lines)


def main():
    era = sys.argv[2] if len(sys.argv) > 2 else "hyperplane"
    version = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                             capture_output=True, text=True).stdout.strip()
    folder = tempfile.mkdtemp(prefix="lambdawire-profile-", dir="/dev/shm")
    base = [f"networking={era}"]
    tcp = [*base, "transport=tcp", "packets=1", "payload=10000 B", "settings.link-queue=64 MB"]
    try:
        reports = [
            report(f"fleet UDP, {era}, all taps, --annotate changes", "packet", PACKETS,
                   [*base, f"packets={PACKETS // 100}"], [*base, f"packets={PACKETS // 50}"],
                   folder),
            report(f"fleet TCP, 10 kB a flow, {era}, all taps, --annotate changes", "flow", FLOWS,
                   [*tcp, f"flows={FLOWS // 10}"], [*tcp, f"flows={FLOWS // 5}"], folder)]
    finally:
        shutil.rmtree(folder)
    with open(sys.argv[1], "w") as file:
        file.write(
            "What a packet costs. Made by Tools/bench/profile at " + version + ":\n"
            "valgrind --tool=callgrind over two runs of `fleet`, one with twice the packets (or flows)\n"
            "of the other. What is the same in both cancels out; the difference, divided by the\n"
            "packets added, is what each packet costs on its whole path. Instructions are the same\n"
            "on every run; time is not, and cache misses are not in them. UDP shows the hop path:\n"
            "what is done for every packet counts 1 or more in the column \"more per packet\".\n"
            "Uniqueness checks change no count. TCP shows what it costs that flows begin and end.\n\n"
            + "\n\n".join(reports) + "\n")


main()
