/// A program for Python that makes a VPC of network namespaces, and lets packets through it.
///
/// Each network interface has a *guard*, a namespace of its own with its security groups as rules of
/// nft and connections of its own. Behind all guards is the *fabric*, a namespace with the route tables and
/// network ACLs, out of which gateways lead too. What stands in both is told in the first command.
enum FabricProgram {
  static let text =
    NamespaceProgram.head + #"""
      import json

      def mac(kind, number):
          return f"02:00:00:{kind:02x}:00:{number:02x}"
      # The two ends of the cables between a host and its guard, a guard and the fabric, the fabric
      # and a gateway.
      HOST, GUARD_IN, GUARD_OUT, FABRIC, FABRIC_OUT, GATEWAY = range(1, 7)

      def quieten(*interfaces):
          for name, value in [("ipv4/ip_forward", "1")] + [
                  (f"ipv4/conf/{interface}/{key}", value) for interface in ("all", "default") + interfaces
                  for key, value in (("rp_filter", "0"), ("send_redirects", "0"), ("forwarding", "1"),
                                     ("accept_local", "1"))]:
              set_sysctl(name, value)

      def silence_ipv6():
          try:
              set_sysctl("ipv6/conf/all/disable_ipv6", "1")
              set_sysctl("ipv6/conf/default/disable_ipv6", "1")
          except OSError:
              pass  # There is none at all.

      class World:
          def __init__(self, plan):
              # The last guard lets everything through: behind it, markers come out.
              guards = plan["guards"] + ["table ip open {\n}"]
              self.marker_end = f"h{len(guards) - 1}"
              self.ends, self.markers = {}, 0
              outside = new_namespace()
              silence_ipv6()
              fabric = new_namespace()
              silence_ipv6()
              pid = os.getpid()
              def path(namespace):
                  return f"/proc/{pid}/fd/{namespace}"
              names, lines = [], ["address add 198.18.0.1/32 dev lo"]
              for number, rules in enumerate(guards):
                  guard = new_namespace()
                  silence_ipv6()
                  run("ip", "-batch", "-", text="\n".join([
                      # Without an address of its own, a namespace takes any next hop for a broadcast.
                      "address add 198.18.0.1/32 dev lo",
                      f"link add host address {mac(GUARD_IN, number)} type veth "
                      f"peer name h{number} address {mac(HOST, number)} netns {path(outside)}",
                      f"link add net address {mac(GUARD_OUT, number)} type veth "
                      f"peer name n{number} address {mac(FABRIC, number)} netns {path(fabric)}",
                      "link set host up", "link set net up",
                      f"neighbour add 169.254.1.1 lladdr {mac(FABRIC, number)} dev net nud permanent",
                      f"neighbour add 169.254.1.2 lladdr {mac(HOST, number)} dev host nud permanent",
                      # Whatever comes from the host goes to the fabric, and the other way round.
                      "route add default via 169.254.1.1 dev net onlink table 10",
                      "route add default via 169.254.1.2 dev host onlink table 20",
                      "rule add iif host lookup 10 pref 1", "rule add iif net lookup 20 pref 2"]))
                  run("nft", "-f", "-", text=rules)
                  quieten("host", "net")
                  # A segment in the middle begins no connection, and nobody counts its bytes.
                  set_sysctl("netfilter/nf_conntrack_tcp_loose", "0")
                  set_sysctl("netfilter/nf_conntrack_tcp_be_liberal", "1")
                  lines += [f"link set n{number} up",
                      f"neighbour add 169.254.2.{number + 1} lladdr {mac(GUARD_OUT, number)} "
                      f"dev n{number} nud permanent"]
                  names.append(f"n{number}")
                  self.ends[f"h{number}"] = (mac(HOST, number), mac(GUARD_IN, number))
              for number in range(plan["gateways"]):
                  lines += [f"link add g{number} address {mac(FABRIC_OUT, number)} type veth "
                      f"peer name e{number} address {mac(GATEWAY, number)} netns {path(outside)}",
                      f"link set g{number} up",
                      f"neighbour add 169.254.3.{number + 1} lladdr {mac(GATEWAY, number)} "
                      f"dev g{number} nud permanent"]
                  names.append(f"g{number}")
                  self.ends[f"e{number}"] = (mac(GATEWAY, number), mac(FABRIC_OUT, number))
              last = len(guards) - 1
              lines += [f"route add default via 169.254.2.{last + 1} dev n{last} onlink table 9",
                  "rule add ipproto 253 lookup 9 pref 1"] + plan["fabric"]["routes"]
              enter(fabric)
              run("ip", "-batch", "-", text="\n".join(lines))
              run("nft", "-f", "-", text=plan["fabric"]["rules"])
              quieten(*names)
              enter(outside)
              self.sockets = {}
              for name in self.ends:
                  run("ip", "link", "set", name, "up")
                  end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
                  end.bind((name, 0x0800))
                  end.setblocking(False)
                  self.sockets[name] = end
              for name in self.ends:
                  if name == self.marker_end:
                      continue
                  for _ in range(500):
                      if self.exchange(name, None, patience=0.02) is not None:
                          break
                  else:
                      raise Absent(f"no marker from {name} has come through")

          def put(self, name, packet):
              own, next = (bytes.fromhex(text.replace(":", "")) for text in self.ends[name])
              self.sockets[name].send(next + own + b"\x08\x00" + packet)

          def marker(self):
              self.markers += 1
              header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 24, 0, 0, 64, 253, 0,
                  bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
              total = sum(struct.unpack("!10H", header))
              while total >> 16:
                  total = (total & 0xffff) + (total >> 16)
              return header[:10] + struct.pack("!H", ~total & 0xffff) + header[12:] + struct.pack(
                  "!I", self.markers)

          def exchange(self, name, packet, patience=5):
              """Sends a packet, and a marker that goes no shorter way; returns where packets came out
              before it did, or nothing if it did not."""
              if packet is not None:
                  self.put(name, packet)
              self.put(name, self.marker())
              seen = []
              while True:
                  ready, _, _ = select.select(list(self.sockets.values()), [], [], patience)
                  if not ready:
                      return None
                  passed = False
                  for end, sock in self.sockets.items():
                      while True:
                          try:
                              data = sock.recv(65536)[14:]
                          except BlockingIOError:
                              break
                          data = data[:struct.unpack("!H", data[2:4])[0]]
                          if data[9] != 253:
                              seen.append((end, data))
                          elif end == self.marker_end:
                              passed |= struct.unpack("!I", data[20:24])[0] == self.markers
                  if passed:
                      return seen

      def answer(*lines):
          sys.stdout.write("".join(line + "\n" for line in lines))
          sys.stdout.flush()

      def serve():
          answer("ready")
          world = None
          for line in sys.stdin:
              word, rest = line.split(maxsplit=1)
              try:
                  if word == "build":
                      world = World(json.loads(rest))
                  else:
                      seen = world.exchange(word, bytes.fromhex(rest.strip()))
                      if seen is None:
                          raise TimeoutError("the marker behind the packet did not come out within 5 s")
                      answer(*(f"{end} {packet.hex()}" for end, packet in seen))
                  answer("done")
              except (OSError, TimeoutError, Absent) as error:
                  answer("failed " + str(error).replace("\n", " "))

      try:
          # One processor has one queue, so that packets stay in order through all namespaces.
          os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
          middle = new_namespace()
          make_sysctls_writable()
          run("ip", "link", "set", "lo", "up")
          run("nft", "list", "ruleset")
          # Sockets that see whole packets must be permitted.
          socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)).close()
      except Absent as absence:
          answer(f"absent {absence}")
      except OSError as error:
          answer(f"absent its network cannot be set up: {error}")
      else:
          serve()
      """#
}
