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

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// Kinds of records; `Trace.swift` has the same.
enum { BEGIN = 1, CREATE, MAKE, REMOVE, RENAME, WRITE, RESIZE, SYNC, SAY, FAULT, LOSE };

// Flags of a WRITE: whether it was on disk when it returned.
enum { SYNCED = 1 };

struct record {
  uint32_t kind, flags;
  uint64_t node;
  int64_t offset;
  uint32_t path_length, length;
};

enum fault { NONE, EIO_FAULT, ENOSPC_FAULT, SHORT, LANDED, KILL };

static char root[PATH_MAX];
static size_t root_length;
static int trace = -1;
static int lies;
static enum fault fault;
static long fault_at;
static int fault_stays;
static long operation;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void stop(const char *what) {
  dprintf(2, "faulty-disk: %s\n", what);
  abort();
}

// MARK: Recording

static void record(uint32_t kind, uint32_t flags, uint64_t node, int64_t offset, const char *path,
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

static void record_text(uint32_t kind, uint64_t node, const char *path, const char *text) {
  struct iovec part = {(void *)text, text ? strlen(text) : 0};
  record(kind, 0, node, 0, path, &part, 1, part.iov_len);
}

// MARK: Whether a file is ours

static int is_below(const char *path) {
  return trace >= 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

// The path of an open file, and whether it lies below the root.
static int ours(int file, char *path) {
  if (trace < 0 || file < 0) return 0;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_below(path);
}

// The whole path that a call names, with its folder's links followed, and whether it lies below the root.
static int resolve(int folder, const char *name, char *path) {
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

static uint64_t node_of(int file) {
  struct stat status;
  if (fstat(file, &status) != 0) stop("a file has no status");
  return status.st_ino;
}

static uint64_t node_at(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 ? status.st_ino : 0;
}

static const char *inner(const char *path) { return path + root_length; }

// MARK: Faults

// What befalls this operation.
static enum fault next_fault(const char *what) {
  operation++;
  if (fault == NONE || operation < fault_at || (operation > fault_at && !fault_stays)) return NONE;
  if (fault == ENOSPC_FAULT && (strcmp(what, "sync") == 0 || strcmp(what, "unlink") == 0)) return NONE;
  record_text(FAULT, (uint64_t)operation, NULL, what);
  return fault;
}

static int fail(enum fault kind) {
  errno = kind == ENOSPC_FAULT ? ENOSPC : EIO;
  return -1;
}

static void die(void) {
  syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  for (;;) pause();
}

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("TOUCHLOG_DISK_ROOT"), *file = getenv("TOUCHLOG_DISK_TRACE");
  if (!folder || !file) return;
  if (!realpath(folder, root)) stop("TOUCHLOG_DISK_ROOT is no folder");
  root_length = strlen(root);
  lies = getenv("TOUCHLOG_DISK_LIES") != NULL;
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

// MARK: Files and folders

static int open_at(int folder, const char *name, int flags, mode_t mode) {
  char path[PATH_MAX];
  if (lies) flags &= ~(O_SYNC | O_DSYNC);
  if ((flags & O_TMPFILE) == O_TMPFILE && resolve(folder, name, path)) stop("O_TMPFILE is not recorded");
  int changes = (flags & (O_CREAT | O_TRUNC)) && resolve(folder, name, path);
  if (!changes) return (int)syscall(SYS_openat, folder, name, flags, mode);
  pthread_mutex_lock(&lock);
  uint64_t before = node_at(path);
  int is_new = !before && (flags & O_CREAT), is_cut = before && (flags & O_TRUNC);
  enum fault kind = is_new || is_cut ? next_fault(is_new ? "create" : "truncate") : NONE;
  int file = -1;
  if (kind == NONE || kind == KILL) {
    file = (int)syscall(SYS_openat, folder, name, flags, mode);
    int code = errno;
    if (file >= 0 && is_new) record_text(CREATE, node_of(file), inner(path), NULL);
    if (file >= 0 && is_cut) record(RESIZE, 0, node_of(file), 0, NULL, NULL, 0, 0);
    if (kind == KILL) die();
    errno = code;
  } else {
    fail(kind);
  }
  pthread_mutex_unlock(&lock);
  return file;
}

#define OPENING(name, folder, last)                                                                                    \
  mode_t mode = 0;                                                                                                     \
  if (flags & (O_CREAT | O_TMPFILE)) {                                                                                 \
    va_list rest;                                                                                                      \
    va_start(rest, last);                                                                                              \
    mode = va_arg(rest, mode_t);                                                                                       \
    va_end(rest);                                                                                                      \
  }                                                                                                                    \
  return open_at(folder, name, flags, mode);

int open(const char *name, int flags, ...) { OPENING(name, AT_FDCWD, flags) }
int open64(const char *name, int flags, ...) { OPENING(name, AT_FDCWD, flags) }
int openat(int folder, const char *name, int flags, ...) { OPENING(name, folder, flags) }
int openat64(int folder, const char *name, int flags, ...) { OPENING(name, folder, flags) }
int __open_2(const char *name, int flags) { return open_at(AT_FDCWD, name, flags, 0); }
int __open64_2(const char *name, int flags) { return open_at(AT_FDCWD, name, flags, 0); }
int __openat_2(int folder, const char *name, int flags) { return open_at(folder, name, flags, 0); }
int __openat64_2(int folder, const char *name, int flags) { return open_at(folder, name, flags, 0); }
int creat(const char *name, mode_t mode) { return open_at(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return open_at(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }

// A call on names: carried out by `call`, and recorded as `kind` with the node and the text that come with it.
#define NAMING(folder, name, what, kind, node, text, call)                                                             \
  char path[PATH_MAX];                                                                                                 \
  if (!resolve(folder, name, path)) return (int)(call);                                                                \
  pthread_mutex_lock(&lock);                                                                                           \
  enum fault befalls = next_fault(what);                                                                               \
  int code, result;                                                                                                    \
  if (befalls == NONE || befalls == KILL) {                                                                            \
    result = (int)(call);                                                                                              \
    code = errno;                                                                                                      \
    if (result == 0) record_text(kind, node, inner(path), text);                                                       \
    if (befalls == KILL) die();                                                                                        \
  } else {                                                                                                             \
    result = fail(befalls);                                                                                            \
    code = errno;                                                                                                      \
  }                                                                                                                    \
  pthread_mutex_unlock(&lock);                                                                                         \
  errno = code;                                                                                                        \
  return result;

int mkdirat(int folder, const char *name, mode_t mode) {
  NAMING(folder, name, "mkdir", MAKE, node_at(path), NULL, syscall(SYS_mkdirat, folder, name, mode))
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

int unlinkat(int folder, const char *name, int flags) {
  NAMING(folder, name, "unlink", REMOVE, 0, NULL, syscall(SYS_unlinkat, folder, name, flags))
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int renameat2(int from, const char *old, int to, const char *name, unsigned flags) {
  char target[PATH_MAX];
  if (!resolve(to, name, target)) {
    char source[PATH_MAX];
    if (resolve(from, old, source)) stop("a rename that leaves the folder is not recorded");
    return (int)syscall(SYS_renameat2, from, old, to, name, flags);
  }
  if (flags) stop("renameat2 with flags is not recorded");
  NAMING(from, old, "rename", RENAME, 0, inner(target), syscall(SYS_renameat2, from, old, to, name, 0))
}
int renameat(int from, const char *old, int to, const char *name) { return renameat2(from, old, to, name, 0); }
int rename(const char *old, const char *name) { return renameat2(AT_FDCWD, old, AT_FDCWD, name, 0); }

// MARK: Writing

// `offset` is negative for the file's own position.
static ssize_t write_parts(int file, const struct iovec *parts, int count, off_t offset) {
  char path[PATH_MAX];
  size_t size = 0;
  for (int i = 0; i < count; i++) size += parts[i].iov_len;
  int says = file == 1 && trace >= 0;
  if (!says && !ours(file, path)) {
    return offset < 0 ? syscall(SYS_writev, file, parts, count) : syscall(SYS_pwritev, file, parts, count, offset, 0L);
  }
  pthread_mutex_lock(&lock);
  enum fault kind = says ? NONE : next_fault("write");
  int flags = says ? 0 : fcntl(file, F_GETFL);
  if (flags & O_APPEND) stop("O_APPEND is not recorded");
  off_t place = offset < 0 && !says ? lseek(file, 0, SEEK_CUR) : offset;
  ssize_t result;
  if (kind == NONE || kind == LANDED || kind == KILL) {
    result = offset < 0 ? syscall(SYS_writev, file, parts, count) : syscall(SYS_pwritev, file, parts, count, offset, 0L);
  } else if (kind == SHORT) {
    size_t half = parts[0].iov_len < size / 2 ? parts[0].iov_len : size / 2;
    result = syscall(SYS_pwrite64, file, parts[0].iov_base, half, place);
  } else {
    result = fail(kind);
  }
  int code = errno;
  if (result >= 0) {
    int synced = (flags & (O_SYNC | O_DSYNC)) && kind == NONE;
    record(says ? SAY : WRITE, synced ? SYNCED : 0, says ? 0 : node_of(file), place, NULL, parts, count, (size_t)result);
  }
  if (kind == KILL) die();
  if (kind == LANDED) {
    result = -1;
    code = EIO;
  }
  pthread_mutex_unlock(&lock);
  errno = code;
  return result;
}

static ssize_t write_one(int file, const void *bytes, size_t size, off_t offset) {
  struct iovec part = {(void *)bytes, size};
  return write_parts(file, &part, 1, offset);
}

ssize_t write(int file, const void *bytes, size_t size) { return write_one(file, bytes, size, -1); }
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) { return write_one(file, bytes, size, offset); }
ssize_t pwrite64(int file, const void *bytes, size_t size, off_t offset) { return write_one(file, bytes, size, offset); }
ssize_t writev(int file, const struct iovec *parts, int count) { return write_parts(file, parts, count, -1); }
ssize_t pwritev(int file, const struct iovec *parts, int count, off_t at) { return write_parts(file, parts, count, at); }
ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t at) {
  return write_parts(file, parts, count, at);
}

static int resize(int file, off_t size, const char *what, long (*call)(int, off_t)) {
  char path[PATH_MAX];
  if (!ours(file, path)) return (int)call(file, size);
  pthread_mutex_lock(&lock);
  enum fault kind = next_fault(what);
  int result = kind == NONE || kind == KILL ? (int)call(file, size) : fail(kind);
  int code = errno;
  if (result == 0) record(RESIZE, 0, node_of(file), size, NULL, NULL, 0, 0);
  if (kind == KILL) die();
  pthread_mutex_unlock(&lock);
  errno = code;
  return result;
}

static long truncate_file(int file, off_t size) { return syscall(SYS_ftruncate, file, size); }
int ftruncate(int file, off_t size) { return resize(file, size, "truncate", truncate_file); }
int ftruncate64(int file, off_t size) { return resize(file, size, "truncate", truncate_file); }

// Room that does not change a file's size changes nothing that can be read.
int fallocate(int file, int mode, off_t offset, off_t size) {
  char path[PATH_MAX];
  if (ours(file, path)) {
    if (mode != FALLOC_FL_KEEP_SIZE) stop("fallocate is not recorded");
    pthread_mutex_lock(&lock);
    enum fault kind = next_fault("fallocate");
    pthread_mutex_unlock(&lock);
    if (kind == KILL) die();
    if (kind != NONE) return fail(kind);
  }
  return (int)syscall(SYS_fallocate, file, mode, offset, size);
}
int fallocate64(int file, int mode, off_t offset, off_t size) { return fallocate(file, mode, offset, size); }

// MARK: Syncing

static int sync_file(int file, long number) {
  char path[PATH_MAX];
  if (!ours(file, path)) return (int)syscall(number, file);
  pthread_mutex_lock(&lock);
  enum fault kind = next_fault("sync");
  if (kind == KILL) die();
  int result = kind != NONE ? fail(kind) : lies ? 0 : (int)syscall(number, file);
  int code = errno;
  if (result == 0 && !lies) record(SYNC, 0, node_of(file), 0, NULL, NULL, 0, 0);
  // After a failed sync the system takes its memory for clean, and the next sync says that all is well.
  if (kind != NONE) record(LOSE, 0, node_of(file), 0, NULL, NULL, 0, 0);
  pthread_mutex_unlock(&lock);
  errno = code;
  return result;
}

int fsync(int file) { return sync_file(file, SYS_fsync); }
int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }

// MARK: What must not be used unrecorded

// Only the lock files, which no power cut needs, are written to through memory.
static void check_mapping(int protection, int flags, int file) {
  char path[PATH_MAX];
  if (file < 0 || !(protection & PROT_WRITE) || (flags & MAP_TYPE) == MAP_PRIVATE || !ours(file, path)) return;
  const char *name = strrchr(path, '/');
  if (strcmp(name, "/lock.mdb") != 0) stop("writing through a memory map is not recorded");
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  check_mapping(protection, flags, file);
  return (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
}
void *mmap64(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  return mmap(address, size, protection, flags, file, offset);
}

#define UNRECORDED(result, name, arguments, file, call)                                                                \
  result name arguments {                                                                                              \
    char path[PATH_MAX];                                                                                               \
    if (ours(file, path)) stop(#name " is not recorded");                                                              \
    return (result)(call);                                                                                             \
  }

UNRECORDED(int, sync_file_range, (int file, off_t at, off_t size, unsigned flags), file,
           syscall(SYS_sync_file_range, file, at, size, flags))
UNRECORDED(ssize_t, copy_file_range, (int in, off_t *from, int file, off_t *to, size_t size, unsigned flags), file,
           syscall(SYS_copy_file_range, in, from, file, to, size, flags))
UNRECORDED(ssize_t, sendfile, (int file, int in, off_t *offset, size_t size), file,
           syscall(SYS_sendfile, file, in, offset, size))
UNRECORDED(ssize_t, splice, (int in, off_t *from, int file, off_t *to, size_t size, unsigned flags), file,
           syscall(SYS_splice, in, from, file, to, size, flags))
UNRECORDED(int, posix_fallocate, (int file, off_t offset, off_t size), file,
           syscall(SYS_fallocate, file, 0, offset, size) == 0 ? 0 : errno)
UNRECORDED(ssize_t, pwritev2, (int file, const struct iovec *parts, int count, off_t at, int flags), file,
           syscall(SYS_pwritev2, file, parts, count, at, 0L, flags))

#define UNNAMED(name, arguments, named, call)                                                                          \
  int name arguments {                                                                                                 \
    char path[PATH_MAX];                                                                                               \
    if (resolve(AT_FDCWD, named, path)) stop(#name " is not recorded");                                                \
    return (int)(call);                                                                                                \
  }

UNNAMED(truncate, (const char *name, off_t size), name, syscall(SYS_truncate, name, size))
UNNAMED(link, (const char *old, const char *name), name, syscall(SYS_linkat, AT_FDCWD, old, AT_FDCWD, name, 0))
UNNAMED(symlink, (const char *target, const char *name), name, syscall(SYS_symlinkat, target, AT_FDCWD, name))
