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
    """What one callgrind file says: instructions of each function itself, calls to each."""

    def __init__(self, path):
        self.own = collections.Counter()
        self.calls = collections.Counter()
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
                    self.calls[called] += int(line[6:].split()[0])
                    # The next line is what the callee cost, which it is charged for itself.
                    inclusive = True
                elif line[:1].isdigit() or line[:1] in "+-*":
                    if not inclusive and function:
                        self.own[function] += int(line.split()[1])
                    inclusive = False


def program(folder):
    """A copy without debugging information, which older valgrinds cannot read."""
    path = os.path.join(folder, "lambdawire")
    subprocess.run(["objcopy", "--strip-debug", LAMBDAWIRE, path], check=True)
    return path


def run(packets, era, folder):
    """Counts of a run of `fleet` with that many UDP packets, and its records."""
    out = os.path.join(folder, "callgrind.out")
    command = [
        "valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", program(folder), "run", "fleet",
        "-o", os.path.join(folder, "run"), "--force", "--files", "taps", "--networking", era,
        "--set", "functions=2", "--set", "environments=5", "--set", "flows=10", "--set",
        f"packets={packets // 100}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"lambdawire: {' '.join(command)}: ended with {done.returncode}\n{done.stderr}")
    text = done.stdout
    return Counts(out), int(re.search(r"^records +(\d+)", text, re.M).group(1))


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


def report(era, folder):
    small, fewer = run(PACKETS, era, folder)
    large, more = run(2 * PACKETS, era, folder)
    own = {name: large.own[name] - small.own[name] for name in large.own}
    total = sum(own.values())
    lines = [
        f"fleet UDP, {era}, all taps, --annotate changes: {PACKETS:,} packets more make "
        f"{more - fewer:,} records more",
        "",
        f"  instructions a packet {total / PACKETS:>9,.0f}",
        f"  instructions a record {total / (more - fewer):>9,.0f}",
        "",
        f"  {'calls':<36}{'one run':>10}{'twice the packets':>19}{'more per packet':>17}",
    ]
    present = [name for name in large.calls if COUNTED.match(name)]
    for name in [*SHOWN, *sorted(set(present) - set(SHOWN))]:
        before, after = small.calls[name], large.calls[name]
        lines.append(
            f"  {name:<36}{before:>10,}{after:>19,}{(after - before) / PACKETS:>17.4f}")
    modules = collections.Counter()
    for name, count in own.items():
        modules[module(name)] += count
    lines += ["", f"  {'instructions a packet, by module':<36}"]
    lines += [f"  {count / PACKETS:>10,.1f} {100 * count / total:5.1f} %  {name}"
              for name, count in modules.most_common() if count > total / 1000]
    top = sorted(own, key=own.get, reverse=True)[:25]
    readable = demangled(top)
    lines += ["", "  instructions a packet, by function itself"]
    lines += [f"  {own[name] / PACKETS:>10,.1f} {100 * own[name] / total:5.1f} %  "
              f"{(module(name) + ': ') if name.startswith('$s') else ''}{readable[name][:100]}"
              for name in top]
    return "\n".join(lines)


def main():
    eras = sys.argv[2:] or ["hyperplane"]
    version = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                             capture_output=True, text=True).stdout.strip()
    folder = tempfile.mkdtemp(prefix="lambdawire-profile-", dir="/dev/shm")
    try:
        reports = [report(era, folder) for era in eras]
    finally:
        shutil.rmtree(folder)
    with open(sys.argv[1], "w") as file:
        file.write(
            "What a packet costs. Made by Tools/bench/profile at " + version + ":\n"
            "valgrind --tool=callgrind over two runs of `fleet`, one with twice the packets of the\n"
            "other. What is the same in both cancels out; the difference, divided by the packets\n"
            "added, is what each packet costs on its whole path. Instructions are the same on\n"
            "every run; time is not, and cache misses are not in them.\n\n"
            + "\n\n".join(reports) + "\n")


main()
