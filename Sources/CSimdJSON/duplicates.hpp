// Finds a key that comes twice in one object, while the array of nodes is filled.
#pragma once

#include "growing.hpp"
#include "include/CSimdJSON.h"

#include <cstring>

namespace csj {

/// The keys of all objects that are open, innermost on top. A small object compares 64-bit signatures
/// pairwise; a large one sorts its members, so nobody can make it quadratic by choosing keys.
class OpenKeys {
public:
  /// Makes room for the keys of a text with at most `count` values.
  bool reserve(size_t count) noexcept { return signatures.reserve(count) && members.reserve(count); }
  void clear() noexcept { top = 0; }
  uint32_t mark() const noexcept { return top; }

  /// `key` must have eight readable bytes, however short it is.
  void push(const uint8_t *key, uint32_t length, uint32_t node) noexcept {
    signatures[top] = signature(key, length);
    members[top++] = node;
  }

  enum class Verdict { distinct, duplicate, out_of_memory };

  /// Closes the object whose keys lie above `mark`. `repeated` is the first member whose key was there before.
  Verdict close(uint32_t mark, const csj_node *nodes, const uint8_t *strings, uint32_t &repeated) noexcept {
    uint32_t count = top - mark;
    top = mark;
    if (count < 2) { return Verdict::distinct; }
    if (count > largest_small_object) { return compare_sorted(mark, count, nodes, strings, repeated); }
    for (uint32_t later = mark + 1; later < mark + count; later++) {
      bool suspicious = false;
      for (uint32_t earlier = mark; earlier < later; earlier++) {
        suspicious |= signatures[earlier] == signatures[later];
      }
      if (suspicious && repeats(mark, later, nodes, strings)) {
        repeated = members[later];
        return Verdict::duplicate;
      }
    }
    return Verdict::distinct;
  }

private:
  static constexpr uint32_t largest_small_object = 24;

  struct Member {
    uint64_t signature;
    uint32_t node;
  };

  /// Equal keys have equal signatures; different ones rarely do.
  static uint64_t signature(const uint8_t *key, uint32_t length) noexcept {
    uint64_t first, last = 0;
    std::memcpy(&first, key, 8);
    if (length < 8) {
      first &= (uint64_t(1) << 8 * length) - 1;
    } else {
      std::memcpy(&last, key + length - 8, 8);
    }
    return (first ^ last * 0x9E3779B97F4A7C15) + length * uint64_t(0xD6E8FEB86659FD93);
  }

  bool repeats(uint32_t mark, uint32_t later, const csj_node *nodes, const uint8_t *strings) const noexcept;
  Verdict compare_sorted(
    uint32_t mark, uint32_t count, const csj_node *nodes, const uint8_t *strings, uint32_t &repeated) noexcept;

  Growing<uint64_t> signatures;
  Growing<uint32_t> members;
  Growing<Member> sorted;
  uint32_t top = 0;
};

} // namespace csj
