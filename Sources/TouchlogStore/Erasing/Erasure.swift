public import Touchlog

/// What `Store.erase` has done: customers are forgotten, and the log says so.
///
/// It holds numbers alone, so a receipt made of it tells nobody who was erased.
public struct Erasure: Sendable {
  /// One customer who was erased.
  public struct Customer: Hashable, Sendable {
    /// The number under which the customer goes on being known.
    public let number: CustomerNumber
    /// Where the customer's own `customer.erased` is: the last event of the stream, if nothing comes after it.
    public let position: Position
    /// How many events the stream has, that one included.
    public let streamVersion: UInt32
  }

  /// In the order in which they were given.
  public let customers: [Customer]
  /// When the log took it.
  public let recordedAt: Timestamp
  /// How many events the log had afterwards.
  public let head: Position
  /// The vault that is in force since: `vault-1` for 1.
  public let generation: UInt32
  /// The file that names the erased customers by number: see `ErasureList`.
  public let listPath: String
  /// Why the list does not name them yet; nil where it does. Opening the store for appending tries again.
  public let listFailure: StoreError?
  /// What has become of the vault that still knew them.
  public internal(set) var formerVaults: FormerVaults
}

/// What is left of vaults that were replaced, because somebody was erased.
public struct FormerVaults: Sendable {
  /// The processes that still read one of them, in ascending order: it is overwritten once they have let go, see
  /// `Store.overwriteFormerVaults(patience:)`.
  public let readers: [Int32]
  /// Why one of them could not be overwritten; nil where nothing was in the way.
  public let failure: (any Error)?

  /// Whether all of them are overwritten and gone.
  public var areGone: Bool { readers.isEmpty && failure == nil }
}

/// Why nobody was erased. The store is as before then.
public enum ErasureError: Error, Hashable, Sendable {
  /// The call names nobody.
  case nobody
  /// More customers than `Store.customersPerErasure` in one call.
  case tooMany(Int)
  /// A customer is named twice in one call.
  case repeated(CustomerNumber)
  /// The log has given the number to nobody.
  case unknown(CustomerNumber)
  /// It was done before, by the `customer.erased` at that position.
  case alreadyErased(CustomerNumber, Position)
  /// `company:self` is nobody who could be forgotten: what the company declares is the log's own.
  case company
  /// The reason would name, for ever, whom the call forgets.
  case tellingReason(CustomerNumber)
  /// The reason has so many bytes, more than `Store.erasureReasonBytes`.
  case longReason(Int)
}

extension ErasureError: CustomStringConvertible {
  /// What was expected, what came, and the way out.
  public var description: String {
    switch self {
    case .nobody: "expected at least one customer to erase"
    case .tooMany(let count):
      "\(count) customers in one erasure, and \(Store.customersPerErasure) is the most. Erase them in parts"
    case .repeated(let number): "\(number) is named twice. Name each customer once"
    case .unknown(let number): "there is no customer \(number)"
    case .alreadyErased(let number, let position): "\(number) was erased already, at position \(position)"
    case .company: "company:self cannot be erased: it is no customer, but the company that keeps the log"
    case .tellingReason(let number):
      """
      the reason names \(number) by the reference that is to be forgotten, or by a part of it, and stays readable. \
      Give a reason without it, e.g. the number of the request
      """
    case .longReason(let count):
      "the reason has \(count) bytes, and \(Store.erasureReasonBytes) is the most. Shorten it"
    }
  }
}
