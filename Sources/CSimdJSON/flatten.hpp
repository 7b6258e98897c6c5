// From a text that simdjson has parsed to the flat array of nodes.
//
// The DOM's tape holds what the values are, with strings unescaped, but has lost where they stand; the
// list of token positions that stage 1 left behind has the places. Both are in document order, so one
// pass over the two has everything. The text is known to be valid: nothing is checked that simdjson checks.
#pragma once

#include "duplicates.hpp"
#include "include/CSimdJSON.h"
#include "tokens.hpp"

#include <simdjson.h>

#include <cstring>

namespace csj {

class Flattening {
public:
  /// `nodes` and `keys` have room for as many values as there are tokens.
  Flattening(
    const uint8_t *text, size_t length, const simdjson::internal::dom_parser_implementation &implementation,
    const simdjson::dom::document &tape, csj_node *nodes, OpenKeys &keys) noexcept
    : text(text), length(length), positions(implementation.structural_indexes.get()),
      tokens(implementation.n_structural_indexes), tape(tape.tape.get() + 1), strings(tape.string_buf.get()),
      nodes(nodes), node(nodes), keys(keys) {
    keys.clear();
  }

  /// The number of nodes, or 0 after a failure.
  uint32_t run() noexcept {
    for (;; node++) {
      *node = {};
      node->depth = uint8_t(depth);
      if (depth > 0 && !read_membership()) { return 0; }
      uint8_t byte = text[positions[token]];
      if (byte == '{' || byte == '[') {
        if (!open_container(byte == '{')) { return 0; }
        uint8_t following = text[positions[token]];
        if (following != '}' && following != ']') { continue; }
      } else if (!read_scalar(byte)) {
        return 0;
      }
      while (depth > 0 && text[positions[token]] != ',') {
        if (!close_container()) { return 0; }
      }
      if (depth == 0) { return following_index(); }
      token++;
    }
  }

  csj_failure failure = {};

private:
  struct Open {
    csj_node *node;
    uint32_t keys_mark;
    bool is_object;
  };

  /// Counts the node to its container and, in an object, reads its key and the colon.
  inline bool read_membership() noexcept {
    const Open &parent = open[depth - 1];
    parent.node->count++;
    if (!parent.is_object) { return true; }
    uint32_t start = positions[token];
    bool is_escaped;
    node->is_member = true;
    node->key_raw_offset = start;
    if (!read_string(start, end_of_token(), node->key_offset, node->key_length, is_escaped)) { return false; }
    keys.push(strings + node->key_offset, node->key_length, uint32_t(node - nodes));
    token += 2;
    return true;
  }

  inline bool read_scalar(uint8_t byte) noexcept {
    uint32_t start = positions[token], end = end_of_token();
    token++;
    node->raw_offset = start;
    node->raw_length = end - start;
    node->next = following_index();
    switch (byte) {
    case '"':
      node->kind = CSJ_STRING;
      return read_string(start, end, node->string_offset, node->string_length, node->is_escaped);
    case 't': node->kind = CSJ_TRUE; break;
    case 'f': node->kind = CSJ_FALSE; break;
    case 'n': node->kind = CSJ_NULL; break;
    default:
      // A number takes two words of the tape: its type, and its value.
      node->kind = CSJ_NUMBER;
      tape++;
    }
    tape++;
    return true;
  }

  inline bool open_container(bool is_object) noexcept {
    node->raw_offset = positions[token];
    node->kind = is_object ? CSJ_OBJECT : CSJ_ARRAY;
    if (depth == CSJ_MAXIMUM_DEPTH) { return fail(CSJ_TOO_DEEP, positions[token]); }
    open[depth++] = {node, keys.mark(), is_object};
    token++;
    tape++;
    return true;
  }

  inline bool close_container() noexcept {
    const Open &closed = open[--depth];
    closed.node->raw_length = positions[token++] + 1 - closed.node->raw_offset;
    closed.node->next = following_index();
    tape++;
    if (!closed.is_object) { return true; }
    uint32_t repeated = 0;
    switch (keys.close(closed.keys_mark, nodes, strings, repeated)) {
    case OpenKeys::Verdict::distinct: return true;
    case OpenKeys::Verdict::out_of_memory: return fail(CSJ_OUT_OF_MEMORY, -1);
    case OpenKeys::Verdict::duplicate: break;
    }
    const csj_node &again = nodes[repeated];
    failure = {CSJ_DUPLICATE_KEY, again.key_raw_offset, strings + again.key_offset, again.key_length};
    return false;
  }

  /// Reads a string's place from the tape; `start` and `end` enclose it as it came, quotes included.
  inline bool read_string(
    uint32_t start, uint32_t end, uint32_t &string_offset, uint32_t &string_length, bool &is_escaped) noexcept {
    // Below its type byte, the tape's word tells where the length (4 bytes) and then the bytes lie.
    uint64_t place = *tape++ & 0x00FFFFFFFFFFFFFF;
    std::memcpy(&string_length, strings + place, sizeof string_length);
    string_offset = uint32_t(place + sizeof string_length);
    is_escaped = string_length + 2 != end - start;
    if (!is_escaped) { return true; }
    // Versions of simdjson differ in which halves of a pair they let pass.
    ptrdiff_t lone = find_lone_surrogate(text + start + 1, end - start - 2);
    return lone < 0 || fail(CSJ_LONE_SURROGATE, int64_t(start + 1) + lone);
  }

  uint32_t end_of_token() const noexcept {
    return uint32_t(token_end(text, token + 1 < tokens ? positions[token + 1] : length));
  }

  uint32_t following_index() const noexcept { return uint32_t(node - nodes) + 1; }

  bool fail(csj_failure_code code, int64_t offset) noexcept {
    failure = {code, offset, nullptr, 0};
    return false;
  }

  const uint8_t *text;
  size_t length;
  const uint32_t *positions;
  uint32_t tokens;
  const uint64_t *tape;
  const uint8_t *strings;
  csj_node *const nodes;
  csj_node *node;
  OpenKeys &keys;
  uint32_t token = 0;
  uint32_t depth = 0;
  Open open[CSJ_MAXIMUM_DEPTH];
};

} // namespace csj
