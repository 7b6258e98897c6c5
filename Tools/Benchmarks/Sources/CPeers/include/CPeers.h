// The peers: LMDB and SQLite, used from C as their manuals say, with nothing of Touchlog between.
//
// Records come as one run of bytes, so that nothing is parsed while the clock runs. Each record is a head of 12 bytes
// (`uint32_t` length of the body, `uint16_t` lengths of source, id and customer, `uint16_t` 0, in the machine's order),
// then source, id, customer and body, without separators.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Which indexes LMDB keeps in each commit.
enum peer_indexes {
  PEER_INDEX_NONE = 0,
  /// customer → positions
  PEER_INDEX_CUSTOMER = 1,
  /// customer → positions, and (source, id) → position
  PEER_INDEX_BOTH = 2,
};

/// What a call did. On failure the call answers -1, and `error` says why.
struct peer_outcome {
  /// Wall-clock seconds between opening and closing.
  double seconds;
  /// CPU seconds of the process in that time, user and system.
  double cpu_seconds;
  uint64_t events;
  /// Transactions that were committed, where they are counted.
  uint64_t commits;
  /// Bytes that were hashed.
  uint64_t bytes;
  char error[256];
};

/// Where it is noted how appending gets on: seconds since the beginning at which 1, 2, 3 … stretches were durable.
struct peer_stretches {
  /// How many events make a stretch.
  uint64_t events;
  /// Room for `capacity` times, of which `count` are noted.
  double *seconds;
  size_t capacity, count;
};

/// Appends all records, `batch` per synced commit, behind what the directory holds already. `stretches` may be null.
int peer_lmdb_append(const char *directory, const void *records, size_t length, unsigned batch,
                     enum peer_indexes indexes, struct peer_stretches *stretches, struct peer_outcome *outcome);

/// Appends the records from `appenders` threads at a time, each handing in one record after the other and waiting until
/// it is durable. One thread writes: it takes what is waiting, puts it into one transaction, commits, and wakes those
/// whose records are in. Notes nanoseconds from handing in to being woken for each record; counts the commits.
int peer_lmdb_append_concurrently(const char *directory, const void *records, size_t length, unsigned appenders,
                                  enum peer_indexes indexes, uint64_t *nanoseconds, struct peer_outcome *outcome);

/// Checks that all tables count `expected` and that the customer's last event is the last event of all.
int peer_lmdb_check(const char *directory, uint64_t expected, const char *customer, enum peer_indexes indexes,
                    struct peer_outcome *outcome);

/// Reads the last `limit` events of each customer (one per line of `customers`), and notes nanoseconds for each.
int peer_lmdb_read(const char *directory, const char *customers, unsigned limit, uint64_t *nanoseconds,
                   struct peer_outcome *outcome);

/// Passes a cursor over a table, touching each key and the first bytes of each value.
int peer_lmdb_scan(const char *directory, const char *table, struct peer_outcome *outcome);

/// Hashes the headers and payloads of a log of Touchlog's by Nettle's SHA-256, as one run of bytes, on one core. The
/// clock counts hashing alone.
int peer_hash_records(const char *directory, struct peer_outcome *outcome);

/// As `peer_hash_records`, hashed as the log's Merkle tree needs it, RFC 6962: of each record the sealed payload, its leaf,
/// and one node. Fails where that makes another tree than the log says it is.
int peer_hash_tree(const char *directory, struct peer_outcome *outcome);

/// As `peer_lmdb_append`: WAL, `synchronous=FULL`, both indexes, one prepared statement.
int peer_sqlite_append(const char *directory, const void *records, size_t length, unsigned batch,
                       struct peer_stretches *stretches, struct peer_outcome *outcome);

/// As `peer_lmdb_append_concurrently`.
int peer_sqlite_append_concurrently(const char *directory, const void *records, size_t length, unsigned appenders,
                                    uint64_t *nanoseconds, struct peer_outcome *outcome);

/// As `peer_lmdb_check`.
int peer_sqlite_check(const char *directory, uint64_t expected, const char *customer, struct peer_outcome *outcome);

/// As `peer_lmdb_read`.
int peer_sqlite_read(const char *directory, const char *customers, unsigned limit, uint64_t *nanoseconds,
                     struct peer_outcome *outcome);

/// Wall-clock seconds of a clock that only goes forward.
double peer_seconds(void);

/// CPU seconds of this process so far, user and system.
double peer_cpu_seconds(void);

/// The versions of the libraries.
const char *peer_lmdb_version(void);
const char *peer_sqlite_version(void);
