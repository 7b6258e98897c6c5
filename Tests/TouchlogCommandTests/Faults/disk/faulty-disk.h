// What the parts of the faulty disk share; `faulty-disk.c` tells what it is.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Kinds of records; `DiskRecord.swift` has the same.
enum { BEGIN = 1, CREATE, MAKE, REMOVE, RENAME, WRITE, RESIZE, SYNC, SAY, FAULT, LOSE };

// Flags of a WRITE: whether it was on disk when it returned.
enum { SYNCED = 1 };

enum fault { NONE, EIO_FAULT, ENOSPC_FAULT, SHORT, LANDED, KILL };

// Held while an operation is carried out and recorded, so that the record has the order in which things happened.
extern pthread_mutex_t disk_lock;
// Whether syncs only say that they sync.
extern int disk_lies;

// Stops the process: the record would have a gap.
void stop(const char *what);
// Writes a record down.
void record(uint32_t kind, uint32_t flags, uint64_t node, int64_t offset, const char *path, const struct iovec *parts,
            int count, size_t length);
void record_text(uint32_t kind, uint64_t node, const char *path, const char *text);
// Whether anything is recorded in this process.
int is_recording(void);
// The path of an open file, and whether it lies below the root.
int ours(int file, char *path);
// The whole path that a call names, with its folder's links followed, and whether it lies below the root.
int resolve(int folder, const char *name, char *path);
// What tells a file from others, however it is named: of an open file, and of a path, where 0 is nothing.
uint64_t node_of(int file);
uint64_t node_at(const char *path);
// A path as seen from the root.
const char *inner(const char *path);
// What befalls the next operation.
enum fault next_fault(const char *what);
// Fails as that fault does.
int fail(enum fault kind);
// Ends the process as `kill -9` does.
void die(void);
