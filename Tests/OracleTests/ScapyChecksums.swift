/// A program for Python with Scapy that works out every IPv4, TCP and UDP checksum again, in
/// tunnels too, and prints how many there were and which it would have written differently.
enum ScapyChecksums {
  static let program = #"""
    import sys, struct
    from scapy.utils import checksum, RawPcapNgReader
    from scapy.layers.l2 import Ether
    from scapy.layers.inet import IP, TCP, UDP, in4_chksum
    from scapy.main import load_contrib
    load_contrib("geneve")

    def again(data, at):
        return data[:at] + b"\0\0" + data[at + 2:]

    for name in sys.argv[1:]:
        frames = judged = 0
        for raw, _ in RawPcapNgReader(name):
            frames += 1
            packet = Ether(raw)
            depth = 1
            while packet.getlayer(IP, depth) is not None:
                ip = packet.getlayer(IP, depth)
                depth += 1
                data = bytes(ip.original)
                length = ip.ihl * 4
                if checksum(again(data[:length], 10)) != ip.chksum:
                    print("BAD", name, frames, "IP")
                judged += 1
                segment = data[length:ip.len]
                if ip.frag or ip.flags.MF or ip.proto not in (6, 17):
                    continue
                at = 16 if ip.proto == 6 else 6
                written = struct.unpack("!H", segment[at:at + 2])[0]
                if ip.proto == 17 and written == 0:
                    # Only a tunnel may do without (RFC 8200, section 8.1; RFC 8926, section 3.3).
                    if struct.unpack("!H", segment[2:4])[0] != 6081:
                        print("BAD", name, frames, "UDP without a checksum")
                    continue
                expected = in4_chksum(ip.proto, ip, again(segment, at))
                if ip.proto == 17:
                    expected = expected or 0xffff
                if expected != written:
                    print("BAD", name, frames, "TCP" if ip.proto == 6 else "UDP",
                          hex(written), "instead of", hex(expected))
                judged += 1
        print("JUDGED", name, frames, judged)
    """#
}
