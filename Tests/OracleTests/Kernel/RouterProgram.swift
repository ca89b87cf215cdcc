/// A program for Python that makes a router with Linux's own address translation, and lets packets
/// through it.
///
/// The router and the hosts on both sides of it live in network namespaces that have no names:
/// only this process has them open, so that they are gone when it ends, however it ends.
enum RouterProgram {
  static let text =
    NamespaceProgram.head + #"""
      ends = {"inside": "02:00:00:00:00:01", "outside": "02:00:00:00:00:03"}
      router = {"inside": "02:00:00:00:00:02", "outside": "02:00:00:00:00:04"}

      rules = """
      table ip translation {
        chain raw {
          type filter hook prerouting priority raw
          ip protocol 253 notrack
        }
        chain input {
          type filter hook input priority filter; policy drop
        }
        chain forward {
          type filter hook forward priority filter; policy drop
          ip protocol 253 accept
          ct state invalid drop
          ct state established,related accept
          iifname "inside" ct state new accept
        }
        chain postrouting {
          type nat hook postrouting priority srcnat
          oifname "outside" masquerade
        }
      }
      """

      def set_up():
          release = os.uname().release
          if int(release.split(".")[0]) < 6:
              raise Absent(f"what is known of the kernel's translation is of Linux 6, this is {release}")
          # One processor has one queue, so that packets stay in order through all interfaces.
          os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
          middle = new_namespace()
          make_sysctls_writable()
          namespaces = {}
          sockets = {}
          for side in ends:
              namespaces[side] = new_namespace()
              set_sysctl("ipv4/ip_forward", "0")
          enter(middle)
          try:
              set_sysctl("ipv6/conf/all/disable_ipv6", "1")
              set_sysctl("ipv6/conf/default/disable_ipv6", "1")
          except OSError:
              pass  # There is no IPv6 at all.
          commands = []
          for side in ends:
              path = f"/proc/{os.getpid()}/fd/{namespaces[side]}"
              commands += [
                  f"link add {side} address {router[side]} type veth "
                  f"peer name end address {ends[side]} netns {path}",
                  f"link set {side} up"]
          commands += ["address add 10.0.0.1/24 dev inside", "address add 203.0.113.7/24 dev outside"]
          commands += [f"neighbour add 10.0.0.{host} lladdr {ends['inside']} dev inside nud permanent"
              for host in range(2, 32)]
          commands += [f"neighbour add 203.0.113.1 lladdr {ends['outside']} dev outside nud permanent"]
          late = ["route add default via 203.0.113.1"]
          run("ip", "-batch", "-", text="\n".join(commands))
          for side in ends:
              enter(namespaces[side])
              try:
                  set_sysctl("ipv6/conf/all/disable_ipv6", "1")
              except OSError:
                  pass
              run("ip", "link", "set", "end", "up")
              try:
                  sockets[side] = socket.socket(
                      socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
              except PermissionError:
                  raise Absent("packet sockets are not permitted (CAP_NET_RAW)")
              sockets[side].bind(("end", 0x0800))
              sockets[side].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
              sockets[side].setblocking(False)
          enter(middle)
          run("ip", "-batch", "-", text="\n".join(late))
          run("nft", "-f", "-", text=rules)
          for name, value in {
              "ipv4/conf/all/accept_source_route": "0", "ipv4/conf/all/rp_filter": "0", "ipv4/conf/inside/rp_filter": "0",
              "ipv4/conf/outside/rp_filter": "0", "ipv4/icmp_ratelimit": "0", "ipv4/ip_forward": "1",
          }.items():
              set_sysctl(name, value)
          for name in ("ipv4/icmp_msgs_per_sec", "ipv4/icmp_msgs_burst"):
              try:
                  set_sysctl(name, "1000000")
              except OSError:
                  pass  # Another namespace's business before Linux 6.
          wait_for_links(sockets)
          return sockets

      def frame(side, packet):
          def address(text):
              return bytes.fromhex(text.replace(":", ""))
          return address(router[side]) + address(ends[side]) + b"\x08\x00" + packet

      def header_checksum(header):
          total = sum(struct.unpack("!10H", header))
          while total >> 16:
              total = (total & 0xffff) + (total >> 16)
          return ~total & 0xffff

      markers = 0

      marker_ends = {"inside": bytes([10, 0, 0, 2]), "outside": bytes([192, 0, 2, 1])}

      def marker(side):
          """A packet that always passes, behind all that was sent before it."""
          global markers
          markers += 1
          other = "outside" if side == "inside" else "inside"
          header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 24, 0, 0, 64, 253, 0,
              marker_ends[side], marker_ends[other])
          header = header[:10] + struct.pack("!H", header_checksum(header)) + header[12:]
          return header + struct.pack("!I", markers)

      def wait_for_links(sockets):
          """Waits until packets pass both ways: for a moment, links that are up still lose them."""
          for side, other in (("inside", "outside"), ("outside", "inside")):
              for _ in range(500):
                  sockets[side].send(frame(side, marker(side)))
                  if select.select([sockets[other]], [], [], 0.01)[0]:
                      break
              else:
                  raise Absent(f"no packet from {side} has come through within 5 s")
          # What is still under way is not mistaken for what is sent from now on.
          while select.select(list(sockets.values()), [], [], 0.01)[0]:
              for end in sockets.values():
                  try:
                      end.recv(65536)
                  except BlockingIOError:
                      pass

      def exchange(sockets, side, packet):
          """Sends a packet; returns what came out, on which side."""
          sockets[side].send(frame(side, packet))
          sockets["inside"].send(frame("inside", marker("inside")))
          seen = {"inside": [], "outside": []}
          passed = False
          while not passed:
              ready, _, _ = select.select(list(sockets.values()), [], [], 5)
              if not ready:
                  raise TimeoutError("the marker behind the packet did not come out within 5 s")
              for name, end in sockets.items():
                  while True:
                      try:
                          data = end.recv(65536)[14:]
                      except BlockingIOError:
                          break
                      data = data[:struct.unpack("!H", data[2:4])[0]]
                      if data[9] == 253:
                          passed |= struct.unpack("!I", data[20:24])[0] == markers
                      else:
                          seen[name].append(data)
          # What came inside before the marker came outside is there by now.
          while True:
              try:
                  data = sockets["inside"].recv(65536)[14:]
              except BlockingIOError:
                  break
              seen["inside"].append(data[:struct.unpack("!H", data[2:4])[0]])
          return seen

      def answer(*lines):
          sys.stdout.write("".join(line + "\n" for line in lines))
          sys.stdout.flush()

      def serve(sockets):
          answer("ready")
          for line in sys.stdin:
              words = line.split()
              try:
                  if words[0] == "set":
                      set_sysctl(words[1], words[2])
                  elif words[0] == "get":
                      answer("value " + open("/proc/sys/net/" + words[1]).read().strip())
                  elif words[0] == "table":
                      answer(*("row " + row.strip() for row in open("/proc/net/nf_conntrack")))
                  else:
                      for side, packets in exchange(sockets, words[0], bytes.fromhex(words[1])).items():
                          answer(*(f"{side} {packet.hex()}" for packet in packets))
                  answer("done")
              except (OSError, TimeoutError) as error:
                  answer(f"failed {error}")

      try:
          ready = set_up()
      except Absent as absence:
          answer(f"absent {absence}")
      except OSError as error:
          answer(f"absent its network cannot be set up: {error}")
      else:
          serve(ready)
      """#
}
