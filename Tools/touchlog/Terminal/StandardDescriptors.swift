#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard input, output and errors, some of which whoever started the process may have closed.
enum StandardDescriptors {
  /// Takes those that are closed, so that no file of ours, no key and no log, gets such a number, and output goes there.
  ///
  /// They are opened the wrong way round, as gnulib's `stdopen` does it: reading and writing go on failing, and are told.
  static func reserve() {
    for descriptor in 0...standardError where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest number that is free is this one, as those before it are taken.
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }
}
