// ns-3: a line of five nodes with static routes, pcap on each of the eight interfaces.
// usage: nsline --mode=udp|tcp --n=PACKETS --flows=FLOWS --bytes=BYTES --dir=DIR
//   udp  n packets of 100 bytes (IPv4 length), one each microsecond, from one end to the other
//   tcp  flows connections one millisecond apart, bytes over each
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include <cstdio>
using namespace ns3;

int main(int count, char **arguments) {
  std::string mode = "udp", folder = ".";
  uint32_t packets = 1000000, flows = 1000, bytes = 10000;
  CommandLine command;
  command.AddValue("mode", "udp or tcp", mode);
  command.AddValue("n", "UDP packets", packets);
  command.AddValue("flows", "TCP connections", flows);
  command.AddValue("bytes", "bytes over each connection", bytes);
  command.AddValue("dir", "where the captures go", folder);
  command.Parse(count, arguments);
  Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
  Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));

  NodeContainer nodes;
  nodes.Create(5);
  InternetStackHelper().Install(nodes);
  PointToPointHelper links;
  links.SetDeviceAttribute("DataRate", StringValue("10Gbps"));
  links.SetChannelAttribute("Delay", StringValue("100us"));
  Ipv4AddressHelper addresses;
  addresses.SetBase("10.0.0.0", "255.255.255.0");
  std::vector<Ipv4InterfaceContainer> interfaces;
  for (uint32_t i = 0; i < 4; i++) {
    interfaces.push_back(
        addresses.Assign(links.Install(NodeContainer(nodes.Get(i), nodes.Get(i + 1)))));
    addresses.NewNetwork();
  }
  Ipv4StaticRoutingHelper routing;
  for (uint32_t i = 0; i < 5; i++) {
    auto routes = routing.GetStaticRouting(nodes.Get(i)->GetObject<Ipv4>());
    for (uint32_t net = 0; net < 4; net++) {
      std::string prefix = "10.0." + std::to_string(net) + ".0";
      if (net > i)
        routes->AddNetworkRouteTo(prefix.c_str(), "255.255.255.0", interfaces[i].GetAddress(1),
                                  i == 0 ? 1 : 2);
      else if (i > 0 && net < i - 1)
        routes->AddNetworkRouteTo(prefix.c_str(), "255.255.255.0", interfaces[i - 1].GetAddress(0),
                                  1);
    }
  }

  Ipv4Address destination = interfaces[3].GetAddress(1);
  ApplicationContainer sinks;
  double stop;
  if (mode == "udp") {
    sinks = UdpServerHelper(9).Install(nodes.Get(4));
    UdpClientHelper client(destination, 9);
    client.SetAttribute("MaxPackets", UintegerValue(packets));
    client.SetAttribute("Interval", TimeValue(MicroSeconds(1)));
    client.SetAttribute("PacketSize", UintegerValue(72));
    client.Install(nodes.Get(0)).Start(Seconds(1));
    stop = 2 + packets * 1e-6;
  } else {
    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 9));
    sinks = sink.Install(nodes.Get(4));
    BulkSendHelper client("ns3::TcpSocketFactory", InetSocketAddress(destination, 9));
    client.SetAttribute("MaxBytes", UintegerValue(bytes));
    for (uint32_t i = 0; i < flows; i++)
      client.Install(nodes.Get(0)).Start(Seconds(1 + i * 1e-3));
    stop = 21 + flows * 1e-3;
  }
  sinks.Start(Seconds(0));
  links.EnablePcapAll(folder + "/ns3");
  Simulator::Stop(Seconds(stop));
  Simulator::Run();
  uint64_t received = mode == "udp" ? DynamicCast<UdpServer>(sinks.Get(0))->GetReceived()
                                    : DynamicCast<PacketSink>(sinks.Get(0))->GetTotalRx();
  Simulator::Destroy();
  uint64_t expected = mode == "udp" ? packets : uint64_t(flows) * bytes;
  printf("%lu received of %lu\n", (unsigned long)received, (unsigned long)expected);
  return received == expected ? 0 : 1;
}
