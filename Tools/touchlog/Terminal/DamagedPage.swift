#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A page of the store's memory map that cannot be had: the file was cut short, or a damaged page leads beyond its end.
///
/// The system tells it by SIGBUS, in the middle of a read, and LMDB by SIGABRT, once a page breaks its assertions; so
/// there is nothing left to be done but to say so.
enum DamagedPage {
  /// Has the command end with a line for people instead of a backtrace.
  static func watch() {
    for number in [SIGBUS, SIGABRT] {
      signal(number) { _ in
        // Nothing but what signal-safety(7) allows: `write` and `_exit`.
        let text: StaticString = """
          touchlog: a page of the store cannot be read: its data.mdb was cut short, is damaged, or the disk fails. \
          Where touchlog verify finds nothing, a view is damaged: remove the folder views, and run touchlog replay. \
          Else keep the store as it is for inspection, and restore a backup

          """
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(2)
      }
    }
  }
}
