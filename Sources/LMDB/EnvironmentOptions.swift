extension Environment {
  /// How an environment is opened. The defaults are safe, and right for nearly all uses.
  public struct Options: Sendable, Hashable {
    /// How many named tables may be open at once. Each costs some hundred bytes per transaction.
    public var maximumTables = 32

    /// How many read transactions may be open at once, in all processes together. The first process that opens the
    /// environment decides, and a lock file that has room for more keeps it.
    public var maximumReaders = 510

    /// How many bytes of address space are reserved, which is also the size that the environment cannot outgrow; it is
    /// rounded up to whole pages. Reserved is not used: the file grows as entries are written. Lower it where the
    /// system refuses the reservation (`ulimit -v`, `vm.overcommit_memory=2`). One tebibyte by default.
    public var addressSpace = 1 << 40

    /// Whether this process may write.
    public var access = Access.readWrite

    /// What a commit promises when it returns.
    public var durability = Durability.synced

    /// The permissions of files that are created. A directory that is created can be entered by whoever may read.
    public var fileMode: UInt32 = 0o600

    /// Whether readers and writers register in a lock file. Without it nobody else may have the environment open, which
    /// is so for a copy in the making; nothing is then written beside the data file.
    public var usesLockFile = true

    /// Whether a missing directory is made. Its parent must exist.
    public var createDirectory = false

    /// Whether the system may read ahead. Turn it off for random reads of an environment larger than memory.
    public var readAhead = true

    /// Whether a network file system is accepted. LMDB's locks and memory map do not keep their promises on one, and
    /// the environment may be corrupted when two machines use it.
    public var allowsNetworkFileSystem = false

    /// The defaults.
    public init() {}
  }

  /// Whether a process may write to an environment.
  public enum Access: Sendable, Hashable {
    /// Transactions of both kinds; missing files are created.
    case readWrite
    /// Read transactions only; the environment must exist. The lock file is still written to, to register readers.
    case readOnly
  }

  /// What a commit promises when it returns.
  public enum Durability: Sendable, Hashable {
    /// A commit returns when its entries are on disk, and survive a crash of the system.
    case synced
    /// A commit returns before its entries are on disk, and a crash of the system may destroy the whole environment:
    /// for benchmarks and fault tests only.
    case unsynced
  }
}
