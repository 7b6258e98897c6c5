// The tables of the raw LMDB peers, and how a record is put into them.
#pragma once

#include "records.h"

#include <lmdb.h>
#include <stdio.h>

// Leaves the function's `end` with the error's words.
#define TRY(call)                                                                            \
  do {                                                                                       \
    int code_ = (call);                                                                      \
    if (code_ != MDB_SUCCESS) {                                                              \
      snprintf(outcome->error, sizeof outcome->error, "%s: %s", #call, mdb_strerror(code_)); \
      status = -1;                                                                           \
      goto end;                                                                              \
    }                                                                                        \
  } while (0)

static const size_t address_space = (size_t)1 << 40;

struct tables {
  MDB_dbi events, customers, identities;
};

static inline int open_environment(const char *directory, unsigned flags, MDB_env **environment) {
  int code = mdb_env_create(environment);
  if (code == MDB_SUCCESS) code = mdb_env_set_mapsize(*environment, address_space);
  if (code == MDB_SUCCESS) code = mdb_env_set_maxdbs(*environment, 8);
  if (code == MDB_SUCCESS) code = mdb_env_open(*environment, directory, flags, 0600);
  return code;
}

static inline int open_tables(MDB_txn *transaction, unsigned flags, enum peer_indexes indexes,
                              struct tables *tables) {
  int code = mdb_dbi_open(transaction, "events", flags | MDB_INTEGERKEY, &tables->events);
  if (code == MDB_SUCCESS && indexes >= PEER_INDEX_CUSTOMER)
    code = mdb_dbi_open(transaction, "customers", flags | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP,
                        &tables->customers);
  if (code == MDB_SUCCESS && indexes >= PEER_INDEX_BOTH)
    code = mdb_dbi_open(transaction, "identities", flags, &tables->identities);
  return code;
}

static inline int put(MDB_txn *transaction, const struct tables *tables, enum peer_indexes indexes,
                      const struct record *record, size_t position) {
  MDB_val key = {sizeof position, &position}, value = {record->body_length, (void *)record->body};
  int code = mdb_put(transaction, tables->events, &key, &value, MDB_APPEND);
  if (code == MDB_SUCCESS && indexes >= PEER_INDEX_CUSTOMER) {
    MDB_val customer = {record->customer_length, (void *)record->customer};
    code = mdb_put(transaction, tables->customers, &customer, &key, MDB_APPENDDUP);
  }
  if (code == MDB_SUCCESS && indexes >= PEER_INDEX_BOTH) {
    // Source and id lie side by side. No source of the simulation is the beginning of another.
    MDB_val identity = {(size_t)record->source_length + record->id_length, (void *)record->source};
    code = mdb_put(transaction, tables->identities, &identity, &key, MDB_NOOVERWRITE);
  }
  return code;
}
