// Finds where and why a text was refused. simdjson has decided already, and names no place; this
// second look only explains, never accepts, and runs for refused texts alone.
#pragma once

#include "include/CSimdJSON.h"

#include <simdjson.h>

namespace csj {

/// `error` is one of a text that was looked at, not of memory or size.
csj_failure explain(
  simdjson::error_code error, const uint8_t *text, size_t length,
  const simdjson::internal::dom_parser_implementation &implementation) noexcept;

} // namespace csj
