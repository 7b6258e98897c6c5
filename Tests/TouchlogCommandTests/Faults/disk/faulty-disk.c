// A disk that keeps a record and fails on demand: preloaded (LD_PRELOAD) between a process and the files below a folder.
//
// Every operation that changes or syncs a file or folder below TOUCHLOG_DISK_ROOT is carried out, and recorded with its
// bytes in the file TOUCHLOG_DISK_TRACE; so are writes to standard output, whose place among the others tells what was
// acknowledged when. Operations are numbered from 1 in each process. TOUCHLOG_DISK_FAULT=N:KIND makes number N go wrong,
// and with N:KIND:on all after it too:
//
//   eio          it fails, and changes nothing
//   enospc       the same; but a full disk lets through what needs no room: syncs, and taking names away
//   short        a write takes half of its bytes; anything else fails with EIO
//   landed       a write is carried out, and then fails with EIO, as when the disk fails after it took the bytes
//   kill         the process is killed, after the operation has reached the system's memory and before it is on disk
//
// With TOUCHLOG_DISK_LIES set, syncs do nothing and say that they did, and O_DSYNC is no promise.
//
// The system is called directly and not through the C library, so nothing here is preloaded itself. Whoever changes files
// in a way that is not recorded is stopped: a record with gaps would prove nothing.

#include "faulty-disk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

struct record {
  uint32_t kind, flags;
  uint64_t node;
  int64_t offset;
  uint32_t path_length, length;
};

pthread_mutex_t disk_lock = PTHREAD_MUTEX_INITIALIZER;
int disk_lies;

static char root[PATH_MAX];
static size_t root_length;
static int trace = -1;
static enum fault fault;
static long fault_at;
static int fault_stays;
static long operation;

void stop(const char *what) {
  dprintf(2, "faulty-disk: %s\n", what);
  abort();
}

// MARK: Recording

void record(uint32_t kind, uint32_t flags, uint64_t node, int64_t offset, const char *path,
                   const struct iovec *parts, int count, size_t length) {
  size_t path_length = path ? strlen(path) : 0;
  struct record head = {kind, flags, node, offset, (uint32_t)path_length, (uint32_t)length};
  size_t size = sizeof head + path_length + length, filled = sizeof head + path_length;
  char *whole = malloc(size);
  if (!whole) stop("no memory for a record");
  memcpy(whole, &head, sizeof head);
  if (path_length) memcpy(whole + sizeof head, path, path_length);
  for (int i = 0; i < count && filled < size; i++) {
    size_t part = parts[i].iov_len < size - filled ? parts[i].iov_len : size - filled;
    memcpy(whole + filled, parts[i].iov_base, part);
    filled += part;
  }
  // In one call, and before the operation's caller goes on: a killed process leaves whole records.
  if (syscall(SYS_write, trace, whole, size) != (long)size) stop("the trace cannot be written");
  free(whole);
}

void record_text(uint32_t kind, uint64_t node, const char *path, const char *text) {
  struct iovec part = {(void *)text, text ? strlen(text) : 0};
  record(kind, 0, node, 0, path, &part, 1, part.iov_len);
}

// MARK: Whether a file is ours

static int is_below(const char *path) {
  return trace >= 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

int is_recording(void) { return trace >= 0; }

int ours(int file, char *path) {
  if (trace < 0 || file < 0) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_below(path);
}

int resolve(int folder, const char *name, char *path) {
  if (trace < 0) return 0;
  char joined[PATH_MAX], parent[PATH_MAX], from[PATH_MAX];
  if (name[0] == '/') {
    snprintf(joined, sizeof joined, "%s", name);
  } else {
    char link[64];
    if (folder == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, from, sizeof from - 1);
    if (length <= 0) return 0;
    from[length] = 0;
    snprintf(joined, sizeof joined, "%.2000s/%.2000s", from, name);
  }
  char *slash = strrchr(joined, '/');
  while (slash > joined && slash[1] == 0) {
    *slash = 0;
    slash = strrchr(joined, '/');
  }
  *slash = 0;
  if (!realpath(joined[0] ? joined : "/", parent)) return 0;
  snprintf(path, PATH_MAX, "%.2000s/%.2000s", strcmp(parent, "/") == 0 ? "" : parent, slash + 1);
  return is_below(path);
}

uint64_t node_of(int file) {
  struct stat status;
  if (fstat(file, &status) != 0) stop("a file has no status");
  return status.st_ino;
}

uint64_t node_at(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 ? status.st_ino : 0;
}

const char *inner(const char *path) { return path + root_length; }

// MARK: Faults

enum fault next_fault(const char *what) {
  operation++;
  if (fault == NONE || operation < fault_at || (operation > fault_at && !fault_stays)) return NONE;
  if (fault == ENOSPC_FAULT && (strcmp(what, "sync") == 0 || strcmp(what, "unlink") == 0)) return NONE;
  record_text(FAULT, (uint64_t)operation, NULL, what);
  return fault;
}

int fail(enum fault kind) {
  errno = kind == ENOSPC_FAULT ? ENOSPC : EIO;
  return -1;
}

void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("TOUCHLOG_DISK_ROOT"), *file = getenv("TOUCHLOG_DISK_TRACE");
  if (!folder || !file) return;
  if (!realpath(folder, root)) stop("TOUCHLOG_DISK_ROOT is no folder");
  root_length = strlen(root);
  disk_lies = getenv("TOUCHLOG_DISK_LIES") != NULL;
  const char *text = getenv("TOUCHLOG_DISK_FAULT");
  if (text) {
    char kind[16] = "", stays[8] = "";
    if (sscanf(text, "%ld:%15[a-z]:%7s", &fault_at, kind, stays) < 2) stop("TOUCHLOG_DISK_FAULT is not N:KIND");
    const char *kinds[] = {"", "eio", "enospc", "short", "landed", "kill"};
    for (int i = 1; i < 6; i++)
      if (strcmp(kind, kinds[i]) == 0) fault = (enum fault)i;
    if (fault == NONE) stop("TOUCHLOG_DISK_FAULT has no such kind");
    fault_stays = strcmp(stays, "on") == 0;
  }
  long opened = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) stop("TOUCHLOG_DISK_TRACE cannot be opened");
  // Out of the way: programs may count on getting the lowest numbers.
  trace = fcntl((int)opened, F_DUPFD_CLOEXEC, 900);
  syscall(SYS_close, opened);
  if (trace < 0) stop("the trace has no descriptor");
  record_text(BEGIN, node_at(root), NULL, NULL);
}
