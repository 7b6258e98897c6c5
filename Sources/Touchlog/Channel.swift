/// The touch-point through which a contact takes place.
///
/// Raw values are written to disk and never change; `names` is in their order.
public enum Channel: UInt8, CaseIterable, Sendable, CustomStringConvertible {
  case phone = 1
  case chat, video, kiosk, field, inperson, web, app, email, social, sms, mail, other

  /// The words on the wire, in the order of the raw values.
  public static let names = [
    "phone", "chat", "video", "kiosk", "field", "inperson", "web", "app", "email", "social", "sms", "mail", "other",
  ]

  /// The word on the wire: `phone`, `chat` …
  public var name: String { Channel.names[Int(rawValue) - 1] }

  /// The word on the wire, see `name`.
  public var description: String { name }

  /// The channel of that name, nil for any other text.
  public init?(name: String) {
    guard let index = Channel.names.firstIndex(of: name) else { return nil }
    self.init(rawValue: UInt8(index + 1))
  }

  /// The channel of that name in UTF-8, nil for any other text.
  package init?(name: UnsafeBufferPointer<UInt8>) {
    guard let index = Channel.lentNames.firstIndex(where: { $0.hasSameBytes(as: name) }) else { return nil }
    self.init(rawValue: UInt8(index + 1))
  }

  // Proof: written once, before anybody has it, only read from then on, and never given back.
  nonisolated(unsafe) private static let lentNames = UnsafeBufferPointer(
    keeping: names.map { UnsafeBufferPointer(keeping: $0.utf8) })
}
