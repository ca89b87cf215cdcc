// Bare look-ups of flows in random order, in a hash table and nothing else.
// usage: hashtable open|std FLOWS CALLS [in-turn]
//   open  linear probing, power of two, at most 7/8 full, 32-byte slots
//   std   std::unordered_map
//   in-turn  only the look-ups are timed, each beginning when the one before has its answer; without,
//            making the key counts as well. Made of small fields and hashed as two wide words, it
//            keeps the processor waiting for its stores, which ours does not do.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

struct Key {
  uint32_t source, destination;
  uint16_t sourcePort, destinationPort;
  uint32_t protocol;
  bool operator==(const Key &other) const { return !memcmp(this, &other, sizeof *this); }
};

struct Value {
  uint32_t address;
  uint16_t port, state;
  uint64_t expiry;
};

struct Hash {
  static uint64_t mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
  }
  size_t operator()(const Key &key) const {
    uint64_t halves[2];
    memcpy(halves, &key, sizeof halves);
    return mix(halves[0] ^ 0x9E3779B97F4A7C15ull, halves[1] ^ 0xD6E8FEB86659FD93ull);
  }
};

class Open {
  struct Slot {
    Key key;
    Value value;
  };
  std::vector<Slot> slots;
  std::vector<uint8_t> used;
  size_t count = 0, mask = 0;

  void grow() {
    size_t capacity = mask ? (mask + 1) * 2 : 1024;
    std::vector<Slot> oldSlots(capacity);
    std::vector<uint8_t> oldUsed(capacity, 0);
    oldSlots.swap(slots);
    oldUsed.swap(used);
    mask = capacity - 1;
    count = 0;
    for (size_t i = 0; i < oldSlots.size(); i++)
      if (oldUsed[i]) put(oldSlots[i].key, oldSlots[i].value);
  }

public:
  void put(const Key &key, const Value &value) {
    if (!mask || (count + 1) * 8 > slots.size() * 7) grow();
    size_t i = Hash()(key) & mask;
    while (used[i]) i = (i + 1) & mask;
    used[i] = 1;
    slots[i] = {key, value};
    count++;
  }
  const Value *get(const Key &key) const {
    for (size_t i = Hash()(key) & mask; used[i]; i = (i + 1) & mask)
      if (slots[i].key == key) return &slots[i].value;
    return nullptr;
  }
};

class Standard {
  std::unordered_map<Key, Value, Hash> map;

public:
  void put(const Key &key, const Value &value) { map[key] = value; }
  const Value *get(const Key &key) const {
    auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
  }
};

static Key flow(uint64_t i) {
  return {0xA9FE4C00u + (uint32_t)(i % 4096), 0x0A000105u + (uint32_t)(i / 4096 % 64),
          (uint16_t)(1024 + i / 262144 % 60000), 5432, 17};
}

template <class Table> static int run(uint64_t flows, uint64_t calls) {
  Table table;
  for (uint64_t i = 0; i < flows; i++)
    table.put(flow(i), Value{0x0A00024Du, (uint16_t)(1024 + i % 64000), 1, i});
  uint64_t state = 88172645463325252ull, found = 0;
  auto start = std::chrono::steady_clock::now();
  for (uint64_t i = 0; i < calls; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    const Value *value = table.get(flow(state % flows));
    found += value && value->port;
  }
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  printf("%.0f calls/s\n", calls / elapsed.count());
  return found == calls ? 0 : 1;
}

// As run, but with keys that were made before the clock starts, a group at a time.
template <class Table> static int runInTurn(uint64_t flows, uint64_t calls) {
  Table table;
  for (uint64_t i = 0; i < flows; i++)
    table.put(flow(i), Value{0x0A00024Du, (uint16_t)(1024 + i % 64000), 1, i});
  constexpr size_t group = 256;
  Key keys[group];
  uint64_t state = 88172645463325252ull, found = 0, done = 0;
  std::chrono::duration<double> elapsed{};
  for (; done < calls; done += group) {
    for (Key &key : keys) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      key = flow(state % flows);
    }
    auto start = std::chrono::steady_clock::now();
    // Every flow's state is 1, which only we know: where the next key is depends on the answer.
    for (size_t i = 0; i < group; found++) i += table.get(keys[i])->state;
    elapsed += std::chrono::steady_clock::now() - start;
  }
  printf("%.0f calls/s\n", done / elapsed.count());
  return found == done ? 0 : 1;
}

int main(int count, char **arguments) {
  if (count != 4 && count != 5) return 2;
  uint64_t flows = atoll(arguments[2]), calls = atoll(arguments[3]);
  bool isStandard = std::string(arguments[1]) == "std";
  if (count == 5)
    return isStandard ? runInTurn<Standard>(flows, calls) : runInTurn<Open>(flows, calls);
  return isStandard ? run<Standard>(flows, calls) : run<Open>(flows, calls);
}
