// Many appenders and one writer thread: group commit as anybody would write it over a library that takes one writer.
#pragma once

#include "records.h"

/// Puts some records behind what is there, and commits; called by the writer's thread alone. Answers 0, or -1 with the
/// outcome's `error` filled in.
typedef int (*write_group)(void *destination, const struct record *const *records, unsigned count,
                           struct peer_outcome *outcome);

/// See `peer_lmdb_append_concurrently`. The clock runs from all threads being there to the last appender's end.
int append_concurrently(write_group write, void *destination, const void *records, size_t length, unsigned appenders,
                        uint64_t *nanoseconds, struct peer_outcome *outcome);
