public import Touchlog

/// Who was in touch when: which interactions a customer has, and which references name one person.
///
/// Small on purpose. What happened, in words, is opened from the log, which has it in order already; this says where to
/// look: a person's references, the interactions they share with others, and who is there at all.
public struct CustomerTimeline: Projection, ~Copyable {
  /// Names the view on disk.
  public static let name = "customer-timeline"
  /// Raised when the fold or a row changes.
  public static let version: UInt32 = 1
  /// How much there is of each interaction: one row per customer and interaction, under `InteractionKey.thing`; and one
  /// under 0 of the customer's events that belong to no interaction, `customer.erased` left out.
  public static let interactions = TableName<Contacts>("interactions")
  /// What was said of the identity of references, see `Persons`.
  public static let links = TableName<Mark>("links")

  var interactions = RowTable<Contacts>(thing: .interaction)
  var links = MarkTable(thing: .otherReference, columns: Mark.eventColumns)

  /// Has folded nothing.
  public init() {}

  /// Adds what an event says to its customer's rows.
  public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    // A view stays as it is when somebody is erased: nothing happened between them and the company.
    if event.typeCode == CustomerTimeline.erasureCode { return }
    _ = links.addLink(event)
    interactions.add(Contacts(event), of: event.customer, thing: event.interaction?.thing ?? 0)
  }

  /// `Catalogue.customerErased`, as a number: this is asked for each event.
  static var erasureCode: UInt16 { 112 }

  /// Visits all tables.
  public mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(CustomerTimeline.interactions.name, &interactions.table)
    try visit(CustomerTimeline.links.name, &links.table)
  }

  /// How much there is of something, and when it was.
  public struct Contacts: Row, Hashable {
    /// The earliest event's time.
    public private(set) var first = Timestamp(microseconds: .max)
    /// The latest event's time.
    public private(set) var last = Timestamp(microseconds: .min)
    /// How many events there are.
    public private(set) var events: UInt32 = 0
    private var channelBits: UInt32 = 0

    /// Nothing.
    public init() {}

    init(_ event: borrowing RecordedEvent) {
      first = event.occurredAt
      last = event.occurredAt
      events = 1
      if let channel = event.channel { channelBits = 1 << UInt32(channel.rawValue) }
    }

    /// Takes in what other events say of the same.
    public mutating func merge(_ other: Contacts) {
      first = min(first, other.first)
      last = max(last, other.last)
      events &+= other.events
      channelBits |= other.channelBits
    }

    /// What a row shows of itself; the channels' names have a space between them.
    public static var columns: [RowColumn<Contacts>] {
      [
        RowColumn("first", .time) { .time($0.first) },
        RowColumn("last", .time) { .time($0.last) },
        RowColumn("events", .integer) { .integer(Int64($0.events)) },
        RowColumn("channels", .word) { row in
          row.channelBits == 0 ? .none : .word(row.channels.map(\.name).joined(separator: " "))
        },
      ]
    }

    /// The channels that the events name, in the catalogue's order.
    public var channels: [Channel] {
      Channel.allCases.filter { channelBits & 1 << UInt32($0.rawValue) != 0 }
    }
  }
}
