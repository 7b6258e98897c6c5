/// The channels of the catalogue, in its order.
public enum SimulatedChannel: UInt8, Sendable, CaseIterable {
  case phone, chat, video, kiosk, field, inperson, web, app, email, social, sms, mail, other

  /// As it stands in the events' `channel` attribute.
  public var name: String { "\(word)" }

  /// The channel of this `name`; `nil` if there is none.
  public init?(name: String) {
    guard let channel = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = channel
  }

  var word: StaticString {
    switch self {
    case .phone: "phone"
    case .chat: "chat"
    case .video: "video"
    case .kiosk: "kiosk"
    case .field: "field"
    case .inperson: "inperson"
    case .web: "web"
    case .app: "app"
    case .email: "email"
    case .social: "social"
    case .sms: "sms"
    case .mail: "mail"
    case .other: "other"
    }
  }

  /// Begins the ids and interaction names of the channel's own system, as an adapter prefixes its own.
  var prefix: StaticString {
    switch self {
    case .phone: "pbx"
    case .chat: "chat"
    case .video: "video"
    case .kiosk: "kiosk"
    case .field: "field"
    case .inperson: "desk"
    case .web: "web"
    case .app: "app"
    case .email: "mbox"
    case .social: "social"
    case .sms: "sms"
    case .mail: "post"
    case .other: "misc"
    }
  }

  /// Written back and forth over hours, not in one sitting.
  var isCorrespondence: Bool {
    switch self {
    case .email, .social, .sms, .mail, .other: true
    default: false
    }
  }
}
