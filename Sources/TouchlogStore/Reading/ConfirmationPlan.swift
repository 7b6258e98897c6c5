import LMDB
import Touchlog

/// What the threads share that look at a store together, and the pieces in which they take it.
struct ConfirmationPlan: Sendable {
  let headers: TreeOutline
  let payloads: TreeOutline
  let identities: TreeOutline
  let streams: TreeOutline
  /// The vault's tables.
  let customers: TreeOutline
  let references: TreeOutline
  /// The kept roots of subtrees, in which each thread searches through a file of its own.
  let tree: Handed<PageTree>
  let formats: RecordFormats
  let storeKey: StoreKey
  /// How many events there are.
  let end: UInt64
  /// Customers have lower numbers.
  let customerLimit: UInt64
  /// Of the hashes in balances.
  let seed = UInt64.random(in: .min ... .max)
  let pieces: [Piece]

  /// What a thread takes at a time.
  enum Piece: Sendable {
    /// The records at some positions, which make a perfect subtree but at the end.
    case records(Range<UInt64>)
    /// Some parts of the index of identities.
    case identities(Range<Int>)
    /// Some parts of the table of streams.
    case streams(Range<Int>)
    /// Some parts of the vault's table of customers.
    case customers(Range<Int>)
    /// Some parts of the vault's table of references.
    case references(Range<Int>)
  }

  /// How high the subtree is that a piece of records makes: 16,384 records take some milliseconds. In a small log it is
  /// lower, so that there is something to share, and no lower than those that are kept.
  static func pieceLevel(events: UInt64) -> Int {
    min(max(UInt64.bitWidth - (events / 64).leadingZeroBitCount, MerkleFrontier.tileHeight), 14)
  }
  private static let partsPerPiece = 4

  /// Nil where the trees are not sound as far as their branch pages show it.
  init?(_ verifier: borrowing Verifier) {
    let (log, vault) = (verifier.states.log, verifier.states.vault)
    end = verifier.headers.entries
    guard end == verifier.payloads.entries, end == verifier.identities.entries,
      let headers = TreeOutline(verifier.headers), let payloads = TreeOutline(verifier.payloads),
      let identities = TreeOutline(verifier.identities),
      let streams = TreeOutline(log.tree("streams", keys: .uint32)),
      let customers = TreeOutline(vault.tree("customers", keys: .uint32)),
      let references = TreeOutline(vault.tree("references", keys: .bytes)),
      [identities, streams, customers, references].allSatisfy({ $0.overflowPages == 0 })
    else { return nil }
    (self.headers, self.payloads, self.identities, self.streams) = (headers, payloads, identities, streams)
    (self.customers, self.references) = (customers, references)
    tree = Handed(verifier.tree)
    formats = verifier.formats
    storeKey = verifier.storeKey
    customerLimit = UInt64(verifier.tails.limit)
    let events = end
    let size: UInt64 = 1 << UInt64(ConfirmationPlan.pieceLevel(events: events))
    let records = stride(from: 0, to: events, by: Int(size)).map { Piece.records($0..<min($0 + size, events)) }
    pieces =
      records + ConfirmationPlan.parts(of: identities).map { .identities($0) }
      + ConfirmationPlan.parts(of: streams).map { .streams($0) }
      + ConfirmationPlan.parts(of: customers).map { .customers($0) }
      + ConfirmationPlan.parts(of: references).map { .references($0) }
  }

  private static func parts(of outline: TreeOutline) -> [Range<Int>] {
    stride(from: 0, to: outline.count, by: partsPerPiece).map { $0..<min($0 + partsPerPiece, outline.count) }
  }
}

/// What a thread has found in its pieces of a store that is sound as far as it has seen.
struct ConfirmedPart: Sendable {
  var records: [Records] = []
  /// Identities of records, less those in the index, with their positions.
  var identities = Balance()
  /// How many entries the index has.
  var identityCount: UInt64 = 0
  /// Where each event leaves its stream, less where events and the table take streams up.
  var streams = Balance()
  var streamCount: UInt64 = 0
  /// Customers with their references, less those to whom references lead.
  var customers = Balance()
  var customerCount: UInt64 = 0
  var referenceCount: UInt64 = 0
  /// The highest number that has a row in the vault.
  var highestRow: UInt32?
  /// How many customers' own events say that they were erased.
  var erasures = 0
  /// How many perfect subtrees the records have made, of those that are kept.
  var subtrees = 0
  var highestName: UInt32?
  var highestCustomer: UInt32?
  /// Pages of long values, and how many there are in each table; indexes have short ones.
  var overflow: PageSet
  var overflowPages = OverflowCounts()

  /// A piece of records.
  struct Records: Sendable {
    let positions: Range<UInt64>
    let frontier: MerkleFrontier
    let firstRecordedAt: Timestamp
    let lastRecordedAt: Timestamp
  }

  struct OverflowCounts: Sendable, Equatable {
    var headers: UInt64 = 0
    var payloads: UInt64 = 0
  }

  init(overflow: PageSet) {
    self.overflow = overflow
  }
}
