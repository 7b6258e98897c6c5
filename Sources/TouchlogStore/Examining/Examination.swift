/// What `Store.examine` found: what an operator wants to know of a store, and what to do about it.
public struct Examination: Sendable {
  /// One finding for each check that could be made, in the order of `Check`.
  public let findings: [Finding]

  /// The worst of all findings.
  public var grade: Grade { findings.map(\.grade).max() ?? .ok }

  /// How much a finding asks for.
  public enum Grade: String, Sendable, Comparable, CaseIterable {
    /// Nothing to do.
    case ok
    /// Worth knowing; it may become a problem.
    case notice
    /// Something to be done.
    case problem

    public static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .ok: 0
      case .notice: 1
      case .problem: 2
      }
    }
  }

  /// What was looked at. Programs rely on the names, so they never change.
  public enum Check: String, Sendable, CaseIterable {
    /// That the log opens.
    case store
    /// The versions of LMDB and of the formats.
    case versions
    /// What kind of file system it lies on.
    case fileSystem
    /// Who may read it besides its owner.
    case permissions
    /// The store's key.
    case key
    /// The key that signs checkpoints and receipts.
    case signingKey
    /// Whether the vault is of the same age as the log.
    case vault
    /// Who appends.
    case writer
    /// Who reads, and what is kept for them.
    case readers
    /// How much of the reserved address space is used.
    case size
    /// Pages that wait to be used again.
    case freePages
    /// Room on the disk.
    case disk
    /// How far the indexes are behind the log.
    case indexes
    /// The log's clock, and those of the sources.
    case clock
  }

  /// One thing that was looked at.
  public struct Finding: Sendable, Hashable {
    public let check: Check
    public let grade: Grade
    /// What was found, in a line without a full stop.
    public let found: String
    /// What to do, in a line; nil where there is nothing to do.
    public let advice: String?
    /// The numbers behind it; their names end in what they count.
    public let figures: [Figure]

    package init(_ check: Check, _ grade: Grade, _ found: String, advice: String? = nil, figures: [Figure] = []) {
      self.check = check
      self.grade = grade
      self.found = found
      self.advice = advice
      self.figures = figures
    }
  }

  /// A number with its name.
  public struct Figure: Sendable, Hashable {
    public let name: String
    public let value: Int

    init(_ name: String, _ value: Int) {
      self.name = name
      self.value = value
    }
  }
}
