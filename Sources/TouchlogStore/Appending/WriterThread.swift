#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one thread that writes: LMDB ties a write transaction to the thread that began it.
struct WriterThread: ~Copyable {
  private let thread: pthread_t

  /// Starts the thread; it ends when the writer's queue is closed and empty.
  init(running writer: Writer) throws(StoreError) {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let context = Unmanaged.passRetained(writer).toOpaque()
    let code = pthread_create(&thread, nil, runWriter, context)
    guard code == 0 else {
      Unmanaged<Writer>.fromOpaque(context).release()
      throw StoreError.system(operation: "starting a thread for", path: "the writer", code: code)
    }
    #if canImport(Darwin)
      guard let thread else { preconditionFailure("a thread that was started has a handle") }
    #endif
    self.thread = thread
  }

  /// Waits for the thread's end.
  consuming func join() {
    pthread_join(thread, nil)
  }
}

// A closure written inside a type would inherit its isolation, and trap on a thread that Swift does not know.
#if canImport(Darwin)
  private func runWriter(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Writer>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
#else
  private func runWriter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { preconditionFailure("the thread is started with its writer") }
    Unmanaged<Writer>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
#endif
