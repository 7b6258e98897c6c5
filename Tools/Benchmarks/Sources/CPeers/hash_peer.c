#include "lmdb_tables.h"

#include <nettle/sha2.h>
#include <stdlib.h>

// Bytes are gathered outside the clock, so that it counts hashing alone.
static const size_t piece_size = (size_t)64 << 20;

struct piece {
  uint8_t *bytes;
  size_t length;
  struct sha256_ctx state;
};

static void hash(struct piece *piece, struct peer_outcome *outcome) {
  double begun = peer_seconds(), cpu = peer_cpu_seconds();
  sha256_update(&piece->state, piece->length, piece->bytes);
  outcome->seconds += peer_seconds() - begun;
  outcome->cpu_seconds += peer_cpu_seconds() - cpu;
  outcome->bytes += piece->length;
  piece->length = 0;
}

static void gather(struct piece *piece, MDB_val value, struct peer_outcome *outcome) {
  if (piece->length + value.mv_size > piece_size) hash(piece, outcome);
  memcpy(piece->bytes + piece->length, value.mv_data, value.mv_size);
  piece->length += value.mv_size;
}

int peer_hash_records(const char *directory, struct peer_outcome *outcome) {
  MDB_env *environment = NULL;
  MDB_txn *transaction = NULL;
  MDB_cursor *headers = NULL, *payloads = NULL;
  MDB_dbi header_table, payload_table;
  MDB_val key, value;
  struct piece piece = {malloc(piece_size), 0, {{0}}};
  int status = 0, code;
  if (!piece.bytes) abort();
  sha256_init(&piece.state);
  TRY(open_environment(directory, MDB_RDONLY, &environment));
  TRY(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
  TRY(mdb_dbi_open(transaction, "headers", MDB_INTEGERKEY, &header_table));
  TRY(mdb_dbi_open(transaction, "payloads", MDB_INTEGERKEY, &payload_table));
  TRY(mdb_cursor_open(transaction, header_table, &headers));
  TRY(mdb_cursor_open(transaction, payload_table, &payloads));
  while ((code = mdb_cursor_get(headers, &key, &value, MDB_NEXT)) == MDB_SUCCESS) {
    gather(&piece, value, outcome);
    TRY(mdb_cursor_get(payloads, &key, &value, MDB_NEXT));
    gather(&piece, value, outcome);
    outcome->events += 1;
  }
  if (code != MDB_NOTFOUND) TRY(code);
  hash(&piece, outcome);
end:
  free(piece.bytes);
  if (headers) mdb_cursor_close(headers);
  if (payloads) mdb_cursor_close(payloads);
  if (transaction) mdb_txn_abort(transaction);
  if (environment) mdb_env_close(environment);
  return status;
}
