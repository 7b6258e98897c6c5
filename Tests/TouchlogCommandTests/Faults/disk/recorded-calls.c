// The calls that the faulty disk carries out, records, and lets go wrong.
#include "faulty-disk.h"

// MARK: Files and folders

static int open_at(int folder, const char *name, int flags, mode_t mode) {
  char path[PATH_MAX];
  if (disk_lies) flags &= ~(O_SYNC | O_DSYNC);
  if ((flags & O_TMPFILE) == O_TMPFILE && resolve(folder, name, path)) stop("O_TMPFILE is not recorded");
  int changes = (flags & (O_CREAT | O_TRUNC)) && resolve(folder, name, path);
  if (!changes) return (int)syscall(SYS_openat, folder, name, flags, mode);
  pthread_mutex_lock(&disk_lock);
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
  pthread_mutex_unlock(&disk_lock);
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
  pthread_mutex_lock(&disk_lock);                                                                                           \
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
  pthread_mutex_unlock(&disk_lock);                                                                                         \
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
  int says = file == 1 && is_recording();
  if (!says && !ours(file, path)) {
    return offset < 0 ? syscall(SYS_writev, file, parts, count) : syscall(SYS_pwritev, file, parts, count, offset, 0L);
  }
  pthread_mutex_lock(&disk_lock);
  enum fault kind = says ? NONE : next_fault("write");
  int flags = says ? 0 : fcntl(file, F_GETFL);
  if (flags & O_APPEND) stop("O_APPEND is not recorded");
  off_t place = offset < 0 && !says ? lseek(file, 0, SEEK_CUR) : offset;
  ssize_t result;
  if (kind == NONE || kind == LANDED || kind == KILL) {
    result = offset < 0 ? syscall(SYS_writev, file, parts, count) : syscall(SYS_pwritev, file, parts, count, offset, 0L);
  } else if (kind == SHORT) {
    size_t half = parts[0].iov_len < size / 2 ? parts[0].iov_len : size / 2;
    // The file's own position moves on by as much as was taken.
    result = offset < 0 ? syscall(SYS_write, file, parts[0].iov_base, half)
                        : syscall(SYS_pwrite64, file, parts[0].iov_base, half, offset);
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
  pthread_mutex_unlock(&disk_lock);
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
  pthread_mutex_lock(&disk_lock);
  enum fault kind = next_fault(what);
  int result = kind == NONE || kind == KILL ? (int)call(file, size) : fail(kind);
  int code = errno;
  if (result == 0) record(RESIZE, 0, node_of(file), size, NULL, NULL, 0, 0);
  if (kind == KILL) die();
  pthread_mutex_unlock(&disk_lock);
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
    pthread_mutex_lock(&disk_lock);
    enum fault kind = next_fault("fallocate");
    pthread_mutex_unlock(&disk_lock);
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
  pthread_mutex_lock(&disk_lock);
  enum fault kind = next_fault("sync");
  if (kind == KILL) die();
  int result = kind != NONE ? fail(kind) : disk_lies ? 0 : (int)syscall(number, file);
  int code = errno;
  if (result == 0 && !disk_lies) record(SYNC, 0, node_of(file), 0, NULL, NULL, 0, 0);
  // After a failed sync the system takes its memory for clean, and the next sync says that all is well.
  if (kind != NONE) record(LOSE, 0, node_of(file), 0, NULL, NULL, 0, 0);
  pthread_mutex_unlock(&disk_lock);
  errno = code;
  return result;
}

int fsync(int file) { return sync_file(file, SYS_fsync); }
int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }
