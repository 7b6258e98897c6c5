#include <lmdb.h>

// statfs(2), which tells a network file system from a local disk; Swift's C library module leaves it out. So it does
// with fallocate(2), which the C library declares only where _GNU_SOURCE is defined.
#ifdef __linux__
#include <linux/falloc.h>
#include <sys/types.h>
#include <sys/vfs.h>
int fallocate(int file, int mode, off_t offset, off_t size);
#else
#include <sys/mount.h>
#endif

/// Has the processor fetch the cache lines of some memory, and does not wait for them. Memory that is not there, or not
/// mapped, is left alone.
static inline void touchlog_prefetch(const void *start, size_t length) {
  for (size_t offset = 0; offset < length; offset += 64) __builtin_prefetch((const char *)start + offset);
}
