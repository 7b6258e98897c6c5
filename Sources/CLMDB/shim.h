#include <lmdb.h>

// statfs(2), which tells a network file system from a local disk; Swift's C library module leaves it out.
#ifdef __linux__
#include <sys/vfs.h>
#else
#include <sys/mount.h>
#endif
