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

// MARK: As the tree needs it

static const size_t digest_size = SHA256_DIGEST_SIZE, record_limit = (size_t)1 << 20;

struct lengths {
  uint32_t header, payload;
};

// Records that are hashed at a time, and the roots of the perfect subtrees so far, the largest first.
struct tree {
  uint8_t *bytes, *leaf;
  size_t length, leaf_room;
  struct lengths *records;
  size_t count;
  uint64_t size;
  uint8_t roots[64][SHA256_DIGEST_SIZE];
  unsigned roots_count;
};

static void digest(size_t length, const uint8_t *bytes, uint8_t *result) {
  struct sha256_ctx state;
  sha256_init(&state);
  sha256_update(&state, length, bytes);
  sha256_digest(&state, digest_size, result);
}

static void append_leaf(struct tree *tree, const uint8_t *leaf) {
  uint8_t node[1 + 2 * SHA256_DIGEST_SIZE] = {1};
  memcpy(tree->roots[tree->roots_count++], leaf, digest_size);
  for (uint64_t size = tree->size++; size & 1; size >>= 1) {
    tree->roots_count -= 1;
    memcpy(node + 1, tree->roots[tree->roots_count - 1], 2 * digest_size);
    digest(sizeof node, node, tree->roots[tree->roots_count - 1]);
  }
}

static void hash_tree(struct tree *tree, struct peer_outcome *outcome) {
  double begun = peer_seconds(), cpu = peer_cpu_seconds();
  const uint8_t *at = tree->bytes;
  uint8_t result[SHA256_DIGEST_SIZE];
  for (size_t index = 0; index < tree->count; index += 1) {
    struct lengths record = tree->records[index];
    const uint8_t *payload = at + record.header;
    // The payload begins with the leaf hash, the header goes into the leaf as it is.
    tree->leaf[0] = 0;
    memcpy(tree->leaf + 1, at, record.header);
    digest(record.payload - digest_size, payload + digest_size, tree->leaf + 1 + record.header);
    digest(1 + record.header + digest_size, tree->leaf, result);
    append_leaf(tree, result);
    at = payload + record.payload;
  }
  outcome->seconds += peer_seconds() - begun;
  outcome->cpu_seconds += peer_cpu_seconds() - cpu;
  outcome->bytes += tree->length;
  outcome->events += tree->count;
  tree->length = 0;
  tree->count = 0;
}

static int gather_record(struct tree *tree, MDB_val header, MDB_val payload, struct peer_outcome *outcome) {
  size_t length = header.mv_size + payload.mv_size;
  if (length > piece_size || 1 + header.mv_size + digest_size > tree->leaf_room || payload.mv_size < digest_size)
    return MDB_BAD_VALSIZE;
  if (tree->length + length > piece_size || tree->count == record_limit) hash_tree(tree, outcome);
  memcpy(tree->bytes + tree->length, header.mv_data, header.mv_size);
  memcpy(tree->bytes + tree->length + header.mv_size, payload.mv_data, payload.mv_size);
  tree->length += length;
  tree->records[tree->count++] = (struct lengths){(uint32_t)header.mv_size, (uint32_t)payload.mv_size};
  return MDB_SUCCESS;
}

// Whether the log keeps the same frontier: the size, little-endian, then the roots.
static int is_frontier(const struct tree *tree, MDB_val kept) {
  const uint8_t *bytes = kept.mv_data;
  if (kept.mv_size != 8 + tree->roots_count * digest_size) return 0;
  for (unsigned index = 0; index < 8; index += 1)
    if (bytes[index] != (uint8_t)(tree->size >> 8 * index)) return 0;
  return memcmp(bytes + 8, tree->roots, tree->roots_count * digest_size) == 0;
}

int peer_hash_tree(const char *directory, struct peer_outcome *outcome) {
  MDB_env *environment = NULL;
  MDB_txn *transaction = NULL;
  MDB_cursor *headers = NULL, *payloads = NULL;
  MDB_dbi header_table, payload_table, meta;
  MDB_val key, header, payload, frontier;
  struct tree *tree = calloc(1, sizeof *tree);
  int status = 0, code;
  if (!tree) abort();
  tree->leaf_room = (size_t)1 << 16;
  tree->bytes = malloc(piece_size);
  tree->leaf = malloc(tree->leaf_room);
  tree->records = malloc(record_limit * sizeof *tree->records);
  if (!tree->bytes || !tree->leaf || !tree->records) abort();
  TRY(open_environment(directory, MDB_RDONLY, &environment));
  TRY(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
  TRY(mdb_dbi_open(transaction, "headers", MDB_INTEGERKEY, &header_table));
  TRY(mdb_dbi_open(transaction, "payloads", MDB_INTEGERKEY, &payload_table));
  TRY(mdb_dbi_open(transaction, "meta", 0, &meta));
  TRY(mdb_cursor_open(transaction, header_table, &headers));
  TRY(mdb_cursor_open(transaction, payload_table, &payloads));
  while ((code = mdb_cursor_get(headers, &key, &header, MDB_NEXT)) == MDB_SUCCESS) {
    TRY(mdb_cursor_get(payloads, &key, &payload, MDB_NEXT));
    TRY(gather_record(tree, header, payload, outcome));
  }
  if (code != MDB_NOTFOUND) TRY(code);
  hash_tree(tree, outcome);
  key = (MDB_val){8, "frontier"};
  TRY(mdb_get(transaction, meta, &key, &frontier));
  if (!is_frontier(tree, frontier)) {
    snprintf(outcome->error, sizeof outcome->error, "the tree of %s is not the one that it keeps", directory);
    status = -1;
  }
end:
  free(tree->bytes);
  free(tree->leaf);
  free(tree->records);
  free(tree);
  if (headers) mdb_cursor_close(headers);
  if (payloads) mdb_cursor_close(payloads);
  if (transaction) mdb_txn_abort(transaction);
  if (environment) mdb_env_close(environment);
  return status;
}
