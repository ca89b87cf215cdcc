/// A program for Python with Scapy that works out again every checksum of the IP packets in a file
/// without link headers, of the packets that ICMP errors quote whole, and of packets in fragments
/// once they are put together.
///
/// It prints how many packets and checksums there were, and which it would have written
/// differently.
enum ScapyIPChecksums {
  static let program = #"""
    import sys, struct
    from scapy.utils import checksum, RawPcapNgReader
    from scapy.layers.inet import IP, in4_chksum
    from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, in6_chksum

    places = {1: 2, 6: 16, 17: 6, 58: 2}
    judged = 0

    def again(data, at):
        return data[:at] + b"\0\0" + data[at + 2:]

    def judge(where, what, written, expected):
        global judged
        judged += 1
        if written != expected:
            print("BAD", where, what, hex(written), "instead of", hex(expected))

    def judge_body(where, ip, protocol, body):
        if protocol not in places or len(body) < 8:
            return
        at = places[protocol]
        written = struct.unpack("!H", body[at:at + 2])[0]
        if protocol == 17 and written == 0 and ip.version == 4:
            return
        if protocol == 1:
            expected = checksum(again(body, at))
        elif ip.version == 4:
            expected = in4_chksum(protocol, ip, again(body, at))
        else:
            expected = in6_chksum(protocol, ip, again(body, at))
        if protocol == 17:
            expected = expected or 0xffff
        judge(where, protocol, written, expected)
        if protocol == 1 and body[0] in (3, 11, 12):
            judge_packet(where + " quote", body[8:])
        if protocol == 58 and body[0] in (1, 2, 3, 4):
            judge_packet(where + " quote", body[8:])

    parts = {}

    def judge_packet(where, data):
        if data[0] >> 4 == 4:
            ip = IP(data)
            head = ip.ihl * 4
            judge(where, "IP", ip.chksum, checksum(again(data[:head], 10)))
            length, start, protocol = ip.len, ip.frag * 8, ip.proto
            more, key = bool(ip.flags.MF), (ip.src, ip.dst, ip.proto, ip.id)
        else:
            ip = IPv6(data)
            head, protocol, start, more = 40, ip.nh, 0, False
            length, key = 40 + ip.plen, None
            if ip.nh == 44:
                fragment = ip[IPv6ExtHdrFragment]
                head, protocol = 48, fragment.nh
                start, more = fragment.offset * 8, bool(fragment.m)
                key = (ip.src, ip.dst, protocol, fragment.id)
        body = data[head:length]
        if len(data) < length:
            return  # Quoted in part.
        if not more and start == 0:
            judge_body(where, ip, protocol, body)
            return
        known = parts.setdefault(key, {})
        known[start] = (body, more)
        whole = b""
        while len(whole) in known:
            body, more = known[len(whole)]
            whole += body
            if not more:
                if ip.version == 4:
                    ip.len = head + len(whole)  # Which the pseudo header is made from.
                judge_body(where + " whole", ip, protocol, whole)
                del parts[key]
                break

    for name in sys.argv[1:]:
        count = 0
        for data, _ in RawPcapNgReader(name):
            count += 1
            judge_packet("packet %d" % count, data)
        if parts:
            print("BAD fragments are missing of", list(parts))
        print("JUDGED", name, count, judged)
    """#
}
