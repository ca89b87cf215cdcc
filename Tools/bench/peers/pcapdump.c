// libpcap's writer: RECORDS records of 100 bytes through pcap_dump(), nanosecond times.
// usage: pcapdump FILE RECORDS
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  long records = atol(arguments[2]);
  uint8_t packet[100];
  for (int i = 0; i < 100; i++) packet[i] = i * 7;
  double start = now();
  pcap_t *capture =
      pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
  pcap_dumper_t *dumper = pcap_dump_open(capture, arguments[1]);
  if (!dumper) return 1;
  struct pcap_pkthdr header = {.caplen = sizeof packet, .len = sizeof packet};
  for (long i = 0; i < records; i++) {
    header.ts.tv_sec = 1700000000 + i / 1000000;
    header.ts.tv_usec = (i % 1000000) * 1000;
    packet[26] = i;
    pcap_dump((u_char *)dumper, &header, packet);
  }
  pcap_dump_close(dumper);
  printf("%.0f records/s\n", records / (now() - start));
}
