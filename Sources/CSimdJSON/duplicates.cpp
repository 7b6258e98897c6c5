#include "duplicates.hpp"

#include <algorithm>

namespace csj {

static int compare_keys(const csj_node &a, const csj_node &b, const uint8_t *strings) noexcept {
  if (a.key_length != b.key_length) { return a.key_length < b.key_length ? -1 : 1; }
  return std::memcmp(strings + a.key_offset, strings + b.key_offset, a.key_length);
}

bool OpenKeys::repeats(
  uint32_t mark, uint32_t later, const csj_node *nodes, const uint8_t *strings) const noexcept {
  for (uint32_t earlier = mark; earlier < later; earlier++) {
    if (signatures[earlier] == signatures[later] &&
      compare_keys(nodes[members[earlier]], nodes[members[later]], strings) == 0) {
      return true;
    }
  }
  return false;
}

OpenKeys::Verdict OpenKeys::compare_sorted(
  uint32_t mark, uint32_t count, const csj_node *nodes, const uint8_t *strings, uint32_t &repeated) noexcept {
  if (!sorted.reserve(count)) { return Verdict::out_of_memory; }
  for (uint32_t i = 0; i < count; i++) { sorted[i] = {signatures[mark + i], members[mark + i]}; }
  std::sort(sorted.data(), sorted.data() + count, [=](const Member &a, const Member &b) {
    if (a.signature != b.signature) { return a.signature < b.signature; }
    int order = compare_keys(nodes[a.node], nodes[b.node], strings);
    return order != 0 ? order < 0 : a.node < b.node;
  });
  uint32_t first = UINT32_MAX;
  for (uint32_t i = 1; i < count; i++) {
    const Member &a = sorted[i - 1], &b = sorted[i];
    if (a.signature == b.signature && compare_keys(nodes[a.node], nodes[b.node], strings) == 0) {
      first = std::min(first, b.node);
    }
  }
  if (first == UINT32_MAX) { return Verdict::distinct; }
  repeated = first;
  return Verdict::duplicate;
}

} // namespace csj
