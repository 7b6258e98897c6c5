#include "duplicates.hpp"
#include "explain.hpp"
#include "growing.hpp"
#include "include/CSimdJSON.h"
#include "tokens.hpp"

#include <simdjson.h>

#include <cstring>

static_assert(CSJ_PADDING >= simdjson::SIMDJSON_PADDING, "a text parsed in place would be overrun");

/// simdjson's DOM parser validates the text and unescapes its strings onto a tape; stage 1's list of
/// token positions is still there afterwards. Both are in document order, so one pass over the two
/// gives every value its place in the text, which the tape alone has lost.
struct csj_parser {
  explicit csj_parser(size_t maximum_bytes) noexcept : dom(maximum_bytes), maximum_bytes(maximum_bytes) {}

  const csj_document *parse(const uint8_t *text, size_t length, bool in_place) noexcept;

  csj_failure failure = {};

private:
  simdjson::error_code run(const uint8_t *text, size_t length) noexcept;
  simdjson::error_code run_without_numbers(const uint8_t *text, size_t length) noexcept;
  bool flatten(const uint8_t *text, size_t length) noexcept;
  bool read_string(uint64_t tape_word, const uint8_t *text, size_t start, size_t end, csj_node &node) noexcept;
  bool close_object(uint32_t mark) noexcept;

  bool fail(csj_failure_code code, int64_t offset) noexcept {
    failure = {code, offset, nullptr, 0};
    return false;
  }

  simdjson::dom::parser dom;
  size_t maximum_bytes;
  csj::Growing<uint8_t> copy;
  csj::Growing<uint8_t> substitute;
  csj::Growing<csj_node> nodes;
  csj::OpenKeys keys;
  csj_document document = {};
};

const csj_document *csj_parser::parse(const uint8_t *text, size_t length, bool in_place) noexcept {
  if (length > maximum_bytes) { return fail(CSJ_TOO_LARGE, -1), nullptr; }
  if (length >= 3 && std::memcmp(text, "\xEF\xBB\xBF", 3) == 0) { return fail(CSJ_BYTE_ORDER_MARK, 0), nullptr; }
  if (length == 0) { return fail(CSJ_EMPTY, 0), nullptr; }
  if (!in_place) {
    if (!copy.reserve(length + CSJ_PADDING)) { return fail(CSJ_OUT_OF_MEMORY, -1), nullptr; }
    std::memcpy(copy.data(), text, length);
    std::memset(copy.data() + length, ' ', CSJ_PADDING);
    text = copy.data();
  }
  simdjson::error_code error = run(text, length);
  if (error == simdjson::SUCCESS) { return flatten(text, length) ? &document : nullptr; }
  if (error == simdjson::CAPACITY || error == simdjson::MEMALLOC) {
    return fail(error == simdjson::CAPACITY ? CSJ_TOO_LARGE : CSJ_OUT_OF_MEMORY, -1), nullptr;
  }
  failure = csj::explain(error, text, length, *dom.implementation);
  return nullptr;
}

simdjson::error_code csj_parser::run(const uint8_t *text, size_t length) noexcept {
  if (dom.capacity() < length || dom.doc.capacity() < length) {
    // By doubling, so that a row of growing texts is not a row of allocations. One level more than
    // we allow: the last level is checked by flatten, where empty containers count like any other.
    size_t capacity = 4096;
    while (capacity < length) { capacity *= 2; }
    simdjson::error_code error = dom.allocate(capacity, CSJ_MAXIMUM_DEPTH + 1);
    if (error == simdjson::SUCCESS) { error = dom.doc.allocate(capacity); }
    if (error != simdjson::SUCCESS) { return error; }
  }
  simdjson::error_code error = dom.implementation->parse(text, length, dom.doc);
  switch (error) {
  case simdjson::SUCCESS:
  case simdjson::MEMALLOC:
  case simdjson::CAPACITY:
  case simdjson::TAPE_ERROR:
  case simdjson::DEPTH_ERROR:
  case simdjson::STRING_ERROR:
  case simdjson::T_ATOM_ERROR:
  case simdjson::F_ATOM_ERROR:
  case simdjson::N_ATOM_ERROR:
  case simdjson::UTF8_ERROR:
  case simdjson::EMPTY:
  case simdjson::UNESCAPED_CHARS:
  case simdjson::UNCLOSED_STRING: return error;
  default: break;
  }
  // A number: malformed, or well formed and too large for simdjson, by whichever code its version says so.
  simdjson::error_code second = run_without_numbers(text, length);
  return second == simdjson::UNEXPECTED_ERROR ? error : second;
}

/// Parses again with every number replaced by a zero, in the same place, after their grammar was
/// checked here. UNEXPECTED_ERROR says that one of them is malformed.
simdjson::error_code csj_parser::run_without_numbers(const uint8_t *text, size_t length) noexcept {
  if (!substitute.reserve(length + CSJ_PADDING)) { return simdjson::MEMALLOC; }
  uint8_t *other = substitute.data();
  std::memcpy(other, text, length);
  std::memset(other + length, ' ', CSJ_PADDING);
  const uint32_t *positions = dom.implementation->structural_indexes.get();
  uint32_t count = dom.implementation->n_structural_indexes;
  for (uint32_t i = 0; i < count; i++) {
    size_t start = positions[i];
    if (text[start] != '-' && !csj::is_digit(text[start])) { continue; }
    size_t end = csj::token_end(text, i + 1 < count ? positions[i + 1] : length);
    if (!csj::is_number(text + start, end - start)) { return simdjson::UNEXPECTED_ERROR; }
    other[start] = '0';
    std::memset(other + start + 1, ' ', end - start - 1);
  }
  return dom.implementation->parse(other, length, dom.doc);
}

bool csj_parser::flatten(const uint8_t *text, size_t length) noexcept {
  const uint32_t *positions = dom.implementation->structural_indexes.get();
  uint32_t tokens = dom.implementation->n_structural_indexes;
  if (!nodes.reserve(tokens) || !keys.reserve(tokens)) { return fail(CSJ_OUT_OF_MEMORY, -1); }
  keys.clear();

  struct Open {
    csj_node *node;
    uint32_t keys_mark;
    bool is_object;
  } open[CSJ_MAXIMUM_DEPTH];
  const uint8_t *strings = dom.doc.string_buf.get();
  const uint64_t *tape = dom.doc.tape.get() + 1;
  csj_node *const first = nodes.data(), *node = first;
  document = {first, text, strings, 0, uint32_t(length)};
  uint32_t depth = 0, token = 0;

  for (;; node++) {
    *node = {};
    node->depth = uint8_t(depth);
    if (depth > 0) {
      Open &parent = open[depth - 1];
      parent.node->count++;
      if (parent.is_object) {
        csj_node key;
        if (!read_string(*tape++, text, positions[token], csj::token_end(text, positions[token + 1]), key)) {
          return false;
        }
        node->is_member = true;
        node->key_offset = key.string_offset;
        node->key_length = key.string_length;
        node->key_raw_offset = positions[token];
        keys.push(strings + key.string_offset, key.string_length, uint32_t(node - first));
        token += 2;
      }
    }

    uint32_t start = positions[token++];
    node->raw_offset = start;
    uint8_t byte = text[start];
    if (byte == '{' || byte == '[') {
      if (depth == CSJ_MAXIMUM_DEPTH) { return fail(CSJ_TOO_DEEP, start); }
      node->kind = byte == '{' ? CSJ_OBJECT : CSJ_ARRAY;
      open[depth++] = {node, keys.mark(), byte == '{'};
      tape++;
      uint8_t following = text[positions[token]];
      if (following != '}' && following != ']') { continue; }
    } else {
      uint32_t end = uint32_t(csj::token_end(text, token < tokens ? positions[token] : length));
      node->raw_length = end - start;
      node->next = uint32_t(node - first) + 1;
      switch (byte) {
      case '"':
        node->kind = CSJ_STRING;
        if (!read_string(*tape++, text, start, end, *node)) { return false; }
        break;
      case 't': node->kind = CSJ_TRUE, tape++; break;
      case 'f': node->kind = CSJ_FALSE, tape++; break;
      case 'n': node->kind = CSJ_NULL, tape++; break;
      default: node->kind = CSJ_NUMBER, tape += 2; break;
      }
    }

    while (depth > 0 && text[positions[token]] != ',') {
      Open &closed = open[--depth];
      closed.node->raw_length = positions[token++] + 1 - closed.node->raw_offset;
      closed.node->next = uint32_t(node - first) + 1;
      tape++;
      if (closed.is_object && !close_object(closed.keys_mark)) { return false; }
    }
    if (depth == 0) { break; }
    token++;
  }
  document.count = uint32_t(node - first) + 1;
  return true;
}

/// `start` and `end` enclose the string as it came, quotes included.
inline bool csj_parser::read_string(
  uint64_t tape_word, const uint8_t *text, size_t start, size_t end, csj_node &node) noexcept {
  // A tape word of a string holds, below its type byte, where the length (4 bytes) and the bytes lie.
  uint64_t place = tape_word & 0x00FFFFFFFFFFFFFF;
  uint32_t size;
  std::memcpy(&size, dom.doc.string_buf.get() + place, sizeof size);
  node.string_offset = uint32_t(place + sizeof size);
  node.string_length = size;
  node.is_escaped = size + 2 != end - start;
  if (node.is_escaped) {
    ptrdiff_t lone = csj::find_lone_surrogate(text + start + 1, end - start - 2);
    if (lone >= 0) { return fail(CSJ_LONE_SURROGATE, int64_t(start + 1) + lone); }
  }
  return true;
}

inline bool csj_parser::close_object(uint32_t mark) noexcept {
  uint32_t repeated = 0;
  switch (keys.close(mark, document.nodes, document.strings, repeated)) {
  case csj::OpenKeys::Verdict::distinct: return true;
  case csj::OpenKeys::Verdict::out_of_memory: return fail(CSJ_OUT_OF_MEMORY, -1);
  case csj::OpenKeys::Verdict::duplicate: break;
  }
  const csj_node &node = document.nodes[repeated];
  failure = {CSJ_DUPLICATE_KEY, node.key_raw_offset, document.strings + node.key_offset, node.key_length};
  return false;
}

csj_parser *csj_parser_create(size_t maximum_bytes) {
  // Offsets are 32 bits wide, also those into the strings, which take up to 5/3 of the text.
  const size_t limit = size_t(1) << 30;
  return new (std::nothrow) csj_parser(maximum_bytes < limit ? maximum_bytes : limit);
}

void csj_parser_destroy(csj_parser *parser) { delete parser; }

const csj_document *csj_parse(csj_parser *parser, const uint8_t *text, size_t length, bool in_place) {
  return parser->parse(text, length, in_place);
}

const csj_failure *csj_parser_failure(const csj_parser *parser) { return &parser->failure; }
