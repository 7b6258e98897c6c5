// The calls that would change files without a record: whoever uses them below the root is stopped.
#include "faulty-disk.h"

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
