#include "lmdb_tables.h"

int peer_lmdb_append(const char *directory, const void *records, size_t length, unsigned batch,
                     enum peer_indexes indexes, struct peer_stretches *stretches, struct peer_outcome *outcome) {
  MDB_env *environment = NULL;
  MDB_txn *transaction = NULL;
  struct tables tables;
  MDB_stat stat;
  struct record record;
  struct record_reader reader = records_begin(records, length);
  int status = 0;
  TRY(open_environment(directory, 0, &environment));
  TRY(mdb_txn_begin(environment, NULL, 0, &transaction));
  TRY(open_tables(transaction, MDB_CREATE, indexes, &tables));
  TRY(mdb_stat(transaction, tables.events, &stat));
  TRY(mdb_txn_commit(transaction));
  transaction = NULL;

  size_t position = stat.ms_entries;
  double begun = peer_seconds(), cpu = peer_cpu_seconds();
  while (reader.next != reader.end) {
    TRY(mdb_txn_begin(environment, NULL, 0, &transaction));
    for (unsigned count = 0; count < batch && records_next(&reader, &record); count++)
      TRY(put(transaction, &tables, indexes, &record, position++));
    MDB_txn *full = transaction;
    transaction = NULL;  // A commit frees it, even one that fails.
    TRY(mdb_txn_commit(full));
    stretches_note(stretches, position - stat.ms_entries, peer_seconds() - begun);
  }
  outcome->seconds = peer_seconds() - begun;
  outcome->cpu_seconds = peer_cpu_seconds() - cpu;
  outcome->events = position - stat.ms_entries;
end:
  if (transaction) mdb_txn_abort(transaction);
  if (environment) mdb_env_close(environment);
  return status;
}

static int expect(uint64_t found, uint64_t expected, const char *what, struct peer_outcome *outcome) {
  if (found == expected) return 0;
  snprintf(outcome->error, sizeof outcome->error, "%s: expected %llu, found %llu", what, (unsigned long long)expected,
           (unsigned long long)found);
  return -1;
}

int peer_lmdb_check(const char *directory, uint64_t expected, const char *customer, enum peer_indexes indexes,
                    struct peer_outcome *outcome) {
  MDB_env *environment = NULL;
  MDB_txn *transaction = NULL;
  MDB_cursor *cursor = NULL;
  struct tables tables;
  MDB_stat stat;
  int status = 0;
  TRY(open_environment(directory, MDB_RDONLY, &environment));
  TRY(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
  TRY(open_tables(transaction, 0, indexes, &tables));
  TRY(mdb_stat(transaction, tables.events, &stat));
  status = expect(stat.ms_entries, expected, "events", outcome);
  if (status == 0 && indexes >= PEER_INDEX_CUSTOMER) {
    MDB_val key = {strlen(customer), (void *)customer}, value;
    size_t last;
    TRY(mdb_stat(transaction, tables.customers, &stat));
    if ((status = expect(stat.ms_entries, expected, "customers", outcome))) goto end;
    TRY(mdb_cursor_open(transaction, tables.customers, &cursor));
    TRY(mdb_cursor_get(cursor, &key, &value, MDB_SET));
    TRY(mdb_cursor_get(cursor, &key, &value, MDB_LAST_DUP));
    memcpy(&last, value.mv_data, sizeof last);
    status = expect(last + 1, expected, "the last event by its customer", outcome);
  }
  if (status == 0 && indexes >= PEER_INDEX_BOTH) {
    TRY(mdb_stat(transaction, tables.identities, &stat));
    status = expect(stat.ms_entries, expected, "identities", outcome);
  }
end:
  if (cursor) mdb_cursor_close(cursor);
  if (transaction) mdb_txn_abort(transaction);
  if (environment) mdb_env_close(environment);
  return status;
}

// Copies each body out, as whoever reads one would.
static int read_customer(MDB_txn *transaction, const struct tables *tables, MDB_cursor *cursor, MDB_val customer,
                         unsigned limit, char *buffer, size_t capacity, uint64_t *events) {
  MDB_val position, body;
  int code = mdb_cursor_get(cursor, &customer, &position, MDB_SET);
  if (code == MDB_SUCCESS) code = mdb_cursor_get(cursor, &customer, &position, MDB_LAST_DUP);
  while (code == MDB_SUCCESS && limit-- > 0) {
    if ((code = mdb_get(transaction, tables->events, &position, &body)) != MDB_SUCCESS) return code;
    memcpy(buffer, body.mv_data, body.mv_size < capacity ? body.mv_size : capacity);
    *events += 1;
    code = mdb_cursor_get(cursor, &customer, &position, MDB_PREV_DUP);
  }
  return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

int peer_lmdb_read(const char *directory, const char *customers, unsigned limit, uint64_t *nanoseconds,
                   struct peer_outcome *outcome) {
  MDB_env *environment = NULL;
  MDB_txn *transaction = NULL;
  MDB_cursor *cursor = NULL;
  struct tables tables;
  char buffer[4096];
  const char *line;
  size_t length;
  int status = 0;
  TRY(open_environment(directory, MDB_RDONLY, &environment));
  TRY(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
  TRY(open_tables(transaction, 0, PEER_INDEX_CUSTOMER, &tables));
  TRY(mdb_txn_commit(transaction));
  transaction = NULL;
  while (lines_next(&customers, &line, &length)) {
    double begun = peer_seconds();
    TRY(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
    TRY(mdb_cursor_open(transaction, tables.customers, &cursor));
    MDB_val customer = {length, (void *)line};
    TRY(read_customer(transaction, &tables, cursor, customer, limit, buffer, sizeof buffer, &outcome->events));
    mdb_cursor_close(cursor);
    mdb_txn_abort(transaction);
    cursor = NULL;
    transaction = NULL;
    *nanoseconds++ = (uint64_t)((peer_seconds() - begun) * 1e9);
  }
end:
  if (cursor) mdb_cursor_close(cursor);
  if (transaction) mdb_txn_abort(transaction);
  if (environment) mdb_env_close(environment);
  return status;
}

int peer_lmdb_scan(const char *directory, const char *table, struct peer_outcome *outcome) {
  MDB_env *environment = NULL;
  MDB_txn *transaction = NULL;
  MDB_cursor *cursor = NULL;
  MDB_dbi handle;
  MDB_val key, value;
  int status = 0, code;
  volatile uint64_t sum = 0;
  TRY(open_environment(directory, MDB_RDONLY, &environment));
  TRY(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction));
  TRY(mdb_dbi_open(transaction, table, 0, &handle));
  TRY(mdb_cursor_open(transaction, handle, &cursor));
  double begun = peer_seconds(), cpu = peer_cpu_seconds();
  uint64_t touched = 0;
  while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == MDB_SUCCESS) {
    uint64_t words[2];
    memcpy(words, key.mv_data, 8);
    memcpy(words + 1, value.mv_data, 8);
    touched += words[0] ^ words[1];
    outcome->events += 1;
  }
  sum = touched;
  (void)sum;
  outcome->seconds = peer_seconds() - begun;
  outcome->cpu_seconds = peer_cpu_seconds() - cpu;
  if (code != MDB_NOTFOUND) TRY(code);
end:
  if (cursor) mdb_cursor_close(cursor);
  if (transaction) mdb_txn_abort(transaction);
  if (environment) mdb_env_close(environment);
  return status;
}

const char *peer_lmdb_version(void) {
  return mdb_version(NULL, NULL, NULL);
}
