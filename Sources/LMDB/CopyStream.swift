internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension Environment {
  /// Gives out one state of the environment as the bytes of a data file, in order, while others read and write.
  ///
  /// LMDB copies to a descriptor and asks nobody whether to go on; a pipe in between lets the caller tell how far it
  /// has come, take a digest on the way, and stop. The copy is made by a read transaction, so pages freed meanwhile are
  /// not used again until it ends.
  ///
  /// - Parameters:
  ///   - compacting: whether to leave out free pages, and of each page what is free in it, but for up to seven bytes
  ///     beside what is in use: what was deleted does not come along. It takes more time.
  ///   - body: given one piece after another, on the caller's thread; what it throws ends the copy and passes through.
  /// - Throws: ``LMDBError`` when the copy could not be made: what `body` was given until then is no whole file.
  @available(*, noasync, message: "it reads the whole environment")
  public func copy(compacting: Bool = false, to body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try enter(.copy)
    defer { leave() }
    guard let pipe = CopyPipe() else { throw failure(.system(errno), .copy) }
    var job = CopyJob(handle: handle, output: pipe.output, flags: compacting ? UInt32(MDB_CP_COMPACT) : 0)
    let broken = try withUnsafeMutablePointer(to: &job) { job throws -> Int32? in
      guard let thread = startCopying(job) else {
        let number = errno
        pipe.closeInput()
        pipe.closeOutput()
        return number
      }
      defer { pthread_join(thread, nil) }
      // Closed before the thread is waited for: its next write then fails, and it ends.
      defer { pipe.closeInput() }
      do {
        return try pipe.empty(into: body)
      } catch {
        // A compacting copy has a writing thread of LMDB's own, which on some systems would wait for a signal of the
        // closed pipe for ever: that copy comes to its end unseen.
        if compacting { _ = try pipe.empty { _ in } }
        throw error
      }
    }
    if let broken { throw failure(.system(broken), .copy) }
    if job.code != MDB_SUCCESS { throw failure(LMDBError.Code(job.code), .copy) }
  }
}

/// What the copying thread writes comes out at the caller's.
private struct CopyPipe {
  let input: Int32
  let output: Int32

  /// Nil when the system refuses, and `errno` tells why.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    input = ends[0]
    output = ends[1]
  }

  func closeInput() { close(input) }

  func closeOutput() { close(output) }

  /// Hands on all that comes, until the other end is closed. Answers the `errno` of a read that failed.
  func empty(into body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int32? {
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while true {
        let count = read(input, buffer.baseAddress, buffer.count)
        if count == 0 { return nil }
        if count > 0 {
          try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if errno != EINTR {
          return errno
        }
      }
    }
  }
}

/// What the copying thread is told, and what it answers.
private struct CopyJob {
  let handle: OpaquePointer
  let output: Int32
  let flags: UInt32
  var code: Int32 = 0

  init(handle: OpaquePointer, output: Int32, flags: UInt32) {
    self.handle = handle
    self.output = output
    self.flags = flags
  }

  mutating func run() {
    // A pipe that the reader has closed is an error here, and no reason to end the process. The signal stays with
    // this thread, and goes with it.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    code = mdb_env_copyfd2(handle, output, flags)
    close(output)
  }
}

/// Starts a thread that runs the job; nil when the system refuses, and `errno` tells why.
private func startCopying(_ job: UnsafeMutablePointer<CopyJob>) -> pthread_t? {
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let code = pthread_create(&thread, nil, runCopy, UnsafeMutableRawPointer(job))
  errno = code
  return code == 0 ? thread : nil
}

// Proof for both: the context is the pointer to the job, which lives until the thread was joined.
#if canImport(Darwin)
  private func runCopy(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    context.assumingMemoryBound(to: CopyJob.self).pointee.run()
    return nil
  }
#else
  private func runCopy(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    context?.assumingMemoryBound(to: CopyJob.self).pointee.run()
    return nil
  }
#endif
