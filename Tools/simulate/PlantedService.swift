extension SimulatedChannel {
  /// The table behind ``Truth/service(_:day:)``, before the shift.
  var plantedService: Truth.Service {
    let minute = 60.0
    let hour = 3600.0
    return switch self {
    case .phone: .served(0.24, 75, 0.9, patience: 420, 1.0, resolution: 0.74, satisfaction: 4.1)
    case .chat: .served(0.17, 40, 0.8, patience: 240, 0.9, resolution: 0.66, satisfaction: 3.8)
    case .video: .served(0.02, 110, 0.7, patience: 10 * minute, 0.9, resolution: 0.78, satisfaction: 4.3)
    case .kiosk: .automated(0.06, solved: 0.62, handedOver: 0.20, to: .inperson, satisfaction: 3.6)
    case .field: .served(0.05, 50 * minute, 0.6, patience: .infinity, 0, resolution: 0.84, satisfaction: 4.2)
    case .inperson: .served(0.06, 4 * minute, 0.7, patience: 25 * minute, 0.8, resolution: 0.82, satisfaction: 4.4)
    case .web: .automated(0.12, solved: 0.55, handedOver: 0.20, to: .chat, satisfaction: 3.5)
    case .app: .automated(0.10, solved: 0.66, handedOver: 0.14, to: .chat, satisfaction: 3.9)
    case .email: .served(0.11, 5 * hour, 0.9, patience: 288 * hour, 1.0, resolution: 0.61, satisfaction: 3.6)
    case .social: .served(0.025, 50 * minute, 1.0, patience: 48 * hour, 1.0, resolution: 0.52, satisfaction: 3.3)
    case .sms: .served(0.03, 15 * minute, 1.0, patience: 24 * hour, 1.0, resolution: 0.60, satisfaction: 3.7)
    case .mail: .served(0.01, 60 * hour, 0.4, patience: 1440 * hour, 0.5, resolution: 0.55, satisfaction: 3.4)
    case .other: .served(0.005, 3 * hour, 1.0, patience: 240 * hour, 1.0, resolution: 0.60, satisfaction: 3.5)
    }
  }
}

extension Truth.Service {
  fileprivate static func served(
    _ share: Double, _ wait: Double, _ waitSpread: Double, patience: Double, _ patienceSpread: Double,
    resolution: Double, satisfaction: Double,
  ) -> Self {
    Self(
      share: share,
      queue: Truth.Queue(
        waitMedianSeconds: wait, waitSpread: waitSpread,
        patienceMedianSeconds: patience, patienceSpread: patienceSpread),
      machine: nil, resolution: resolution, satisfaction: satisfaction)
  }

  fileprivate static func automated(
    _ share: Double, solved: Double, handedOver: Double, to channel: SimulatedChannel, satisfaction: Double,
  ) -> Self {
    Self(
      share: share, queue: nil,
      machine: Truth.Machine(solved: solved, handedOver: handedOver, handsTo: channel),
      // A session that ends on the channel itself is solved or abandoned: that it is "answered" is one with solved.
      resolution: 1, satisfaction: satisfaction)
  }
}
