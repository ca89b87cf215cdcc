// Makes a capture to read: PACKETS TCP packets over Ethernet with valid checksums, in FLOWS
// connections of which 100 are interleaved at a time; 64 bytes one way, an acknowledgement back.
// usage: tcpflows FILE PACKETS FLOWS
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ethernet = 14, headers = 54, payload = 64, interleaved = 100 };

static uint32_t sum(const uint8_t *bytes, int count, uint32_t start) {
  for (int i = 0; i < count; i += 2) start += bytes[i] << 8 | bytes[i + 1];
  return start;
}

static uint16_t fold(uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum;
}

static void put16(uint8_t *at, uint16_t value) {
  at[0] = value >> 8;
  at[1] = value;
}

static void put32(uint8_t *at, uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value);
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  long packets = atol(arguments[2]), flows = atol(arguments[3]), each = packets / flows, n = 0;
  FILE *file = fopen(arguments[1], "wb");
  if (!file) return 1;
  uint32_t *fromClient = calloc(flows, 4), *fromServer = calloc(flows, 4);
  uint32_t fileHeader[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1};
  fwrite(fileHeader, sizeof fileHeader, 1, file);
  uint8_t b[headers + payload];
  for (long base = 0; base < flows; base += interleaved)
    for (long k = 0; k < each; k++)
      for (long flow = base; flow < base + interleaved && flow < flows; flow++, n++) {
        // SYN, SYN and ACK, ACK; then data and its acknowledgement in turn.
        int back = k == 1 || (k > 2 && !(k & 1)), length = k > 2 && !back ? payload : 0;
        int flags = k == 0 ? 0x02 : k == 1 ? 0x12 : length ? 0x18 : 0x10;
        if (k == 0) fromClient[flow] = 1000, fromServer[flow] = 5000;
        uint32_t client = 0xa9fe4c01 + flow % 200, server = 0x0a000105;
        uint16_t clientPort = 1024 + flow / 200 % 60000, serverPort = 5432;
        memset(b, 0, headers);
        b[0] = b[6] = 2;
        b[5] = back ? 1 : 2;
        b[11] = back ? 2 : 1;
        b[12] = 8;
        b[14] = 0x45;
        put16(b + 16, 40 + length);
        put16(b + 18, n);
        put16(b + 20, 0x4000);
        b[22] = 64;
        b[23] = 6;
        put32(b + 26, back ? server : client);
        put32(b + 30, back ? client : server);
        put16(b + 24, fold(sum(b + ethernet, 20, 0)));
        put16(b + 34, back ? serverPort : clientPort);
        put16(b + 36, back ? clientPort : serverPort);
        put32(b + 38, back ? fromServer[flow] : fromClient[flow]);
        put32(b + 42, k == 0 ? 0 : back ? fromClient[flow] : fromServer[flow]);
        b[46] = 0x50;
        b[47] = flags;
        put16(b + 48, 64240);
        memset(b + headers, 'x', length);
        put16(b + 50, fold(sum(b + 34, 20 + length, sum(b + 26, 8, 6 + 20 + length))));
        if (flags & 2) (back ? fromServer : fromClient)[flow]++;
        if (!back) fromClient[flow] += length;
        uint32_t size = headers + length;
        uint32_t record[4] = {1700000000 + n / 100000, n % 100000 * 10, size, size};
        fwrite(record, sizeof record, 1, file);
        fwrite(b, size, 1, file);
      }
  return fclose(file) ? 1 : 0;
}
