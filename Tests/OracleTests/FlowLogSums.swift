/// A program for Python that adds up what tshark reads from captures of network interfaces, by the
/// guide's words, and holds the records of flow logs against it.
///
/// It knows of us where an interface's name stands in a capture and what the comment of a dropped
/// packet begins with. The flow log has windows of 60 s and the fields named below.
enum FlowLogSums {
  static let format =
    "${version} ${vpc-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    + "${packets} ${bytes} ${start} ${end} ${action} ${tcp-flags} ${flow-direction} "
    + "${traffic-path} ${pkt-srcaddr} ${pkt-dstaddr} ${log-status}"

  static let program = #"""
    import csv, glob, gzip, json, os, re, subprocess, sys

    folder, points = sys.argv[1], sys.argv[2:]
    fields = ["frame.interface_description", "frame.packet_flags_direction", "frame.time_epoch",
              "ip.src", "ip.dst", "ip.proto", "ip.len", "tcp.srcport", "tcp.dstport", "tcp.flags",
              "udp.srcport", "udp.dstport", "ip.frag_offset", "ipv6.src", "ipv6.dst", "ipv6.nxt",
              "ipv6.plen", "frame.comment"]
    names, sums, quiet = {}, {}, {}
    frames = []
    resolvers = {}
    for point in points:
        command = ["tshark", "-r", os.path.join(folder, "taps", point + ".pcapng"), "-T", "fields",
                   "-E", "occurrence=f", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
                   "-o", "tcp.desegment_tcp_streams:FALSE"]
        for field in fields:
            command += ["-e", field]
        if not os.path.exists(command[2]):
            continue
        for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
            row = dict(zip(fields, line.split("\t")))
            interface = row["frame.interface_description"]
            of = re.match(r"(.*): (eni-\w+) in [^,]*, (.*)$", interface)
            if of:
                names[of[2]] = (of[1], of[3])
                frames.append(((of[1], of[3]), row))
            elif interface.startswith("resolver of ") and int(row["frame.packet_flags_direction"], 0) & 3 == 1:
                resolvers.setdefault(interface[12:], set()).add(row["ip.dst"] or row["ipv6.dst"])

    # Interfaces that were made anew have an identifier that no capture could know beforehand.
    with open(os.path.join(folder, "events.jsonl")) as events:
        for line in events:
            if '"network-interface"' in line:
                event = json.loads(line)
                if "name" in event:
                    names.setdefault(event["id"], (event["name"], event["vpc"]))

    services = {"169.254.169.253", "169.254.169.254", "169.254.169.123",
                "fd00:ec2::253", "fd00:ec2::254", "fd00:ec2::123"}
    logged = 0
    for place, row in frames:
        is6 = not row["ip.src"]
        source, destination = row["ipv6.src" if is6 else "ip.src"], row["ipv6.dst" if is6 else "ip.dst"]
        if not source:
            continue
        if {source, destination} & (services | resolvers.get(place[1], set())):
            continue
        number = int(row["ipv6.nxt" if is6 else "ip.proto"], 0)
        if number == 58 and destination.startswith(("ff02:", "fe80:")):
            continue
        comment = re.match(r"DROP (\S+)", row["frame.comment"])
        action = "ACCEPT"
        if comment:
            if comment[1] in ("security-group", "network-acl"):
                action = "REJECT"
            elif comment[1] == "network-interface" and "a single flow gets" not in row["frame.comment"]:
                continue
        length = int(row["ipv6.plen"]) + 40 if is6 else int(row["ip.len"])
        ports = ("0", "0")
        if number in (6, 17) and (row["ip.frag_offset"] or "0") == "0":
            kind = "tcp" if number == 6 else "udp"
            ports = (row[kind + ".srcport"] or "0", row[kind + ".dstport"] or "0")
        flags = int(row["tcp.flags"], 0) & 0x3f if number == 6 and row["tcp.flags"] else 0
        flags = 18 if flags & 18 == 18 else flags & 7
        time = row["frame.time_epoch"].split(".")[0]
        direction = "egress" if int(row["frame.packet_flags_direction"], 0) & 3 == 2 else "ingress"
        key = (place, int(time) // 60, direction, action, str(number), source, destination) + ports
        known = sums.setdefault(key, [0, 0, 0, int(time), int(time)])
        known[0] += 1
        known[1] += length
        known[2] |= flags
        known[4] = max(known[4], int(time))
        known[3] = min(known[3], int(time))
        quiet[(place, int(time) // 60)] = False
        logged += 1

    def read(path):
        if path.endswith(".csv"):
            with open(path, newline="") as file:
                yield from csv.DictReader(file)
        else:
            with gzip.open(path, "rt") as file:
                columns = [name.replace("-", "_") for name in file.readline().split()]
                for line in file:
                    values = line.rstrip("\n").split(" ")
                    assert len(values) == len(columns), line
                    yield dict(zip(columns, values))

    records = silent = unseen = 0
    kinds = {".gz": [], ".csv": []}
    for path in sorted(glob.glob(os.path.join(folder, "flow-logs", "**", "*.log.*"), recursive=True)):
        stamp = re.search(r"_(\d{8}T\d{4})Z_[0-9a-f]{8}\.log", path)
        if not stamp:
            print("BAD", path, "is no name of AWS's")
        for record in read(path):
            kinds[os.path.splitext(path)[1]].append(record)

    for record in kinds[".gz"]:
        place = names.get(record["interface_id"])
        if place is None and record["log_status"] == "NODATA":
            # Not a packet of it is in any capture.
            silent += 1
            continue
        if place is None:
            unseen += 1
            continue
        if record["log_status"] == "NODATA":
            silent += 1
            if quiet.get((place, int(record["start"]) // 60), True) is False:
                print("BAD", record, "had traffic")
            continue
        records += 1
        key = (place, int(record["start"]) // 60, record["flow_direction"], record["action"],
               record["protocol"], record["pkt_srcaddr"], record["pkt_dstaddr"],
               record["srcport"], record["dstport"])
        value = [int(record[name]) for name in ("packets", "bytes", "tcp_flags", "start", "end")]
        if sums.pop(key, None) != value:
            print("BAD", key, value, "is not what the captures have")
    for key, value in sums.items():
        print("BAD", key, value, "is in captures and no flow log")

    # The CSV is another flow log of the same traffic, in the default format.
    def essence(record):
        return tuple(record[name] if record[name] else "-" for name in (
            "interface_id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets",
            "bytes", "start", "end", "action", "log_status"))
    if sorted(map(essence, kinds[".gz"])) != sorted(map(essence, kinds[".csv"])):
        print("BAD", "the CSV tells something else")
    print("JUDGED", logged, records, silent, unseen)
    """#
}
