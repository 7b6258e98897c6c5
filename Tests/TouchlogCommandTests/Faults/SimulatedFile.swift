import TouchlogTesting

/// A file on a `SimulatedDisk`: what is on disk, what processes see, and each sector's contents between the two.
struct SimulatedFile {
  static let sector = 512
  static let page = 4096

  private var durable: [UInt8] = []
  private var live: [UInt8] = []
  /// The contents that a sector had since it was last synced, with their times, the latest last.
  private var contents: [Int: [Version]] = [:]
  /// As `contents`, for what a failed sync has left in memory alone: the next sync does not bring it to disk.
  private var lost: [Int: [Version]] = [:]
  /// The sizes that the file had since it was last synced.
  private var sizes: [(time: Int, size: Int)] = []

  private typealias Version = (time: Int, bytes: [UInt8])

  var isAtRisk: Bool { !contents.isEmpty || !lost.isEmpty || !sizes.isEmpty }

  mutating func write(_ bytes: [UInt8], _ offset: Int, at time: Int) {
    let end = offset + bytes.count
    if end > live.count { resize(end, at: time) }
    live.replaceSubrange(offset..<end, with: bytes)
    for sector in SimulatedFile.sectors(offset..<end) {
      contents[sector, default: []].append((time, Array(live[range(of: sector)])))
    }
  }

  mutating func resize(_ size: Int, at time: Int) {
    if size < live.count {
      live.removeLast(live.count - size)
    } else {
      live.append(contentsOf: [UInt8](repeating: 0, count: size - live.count))
    }
    sizes.append((time, size))
  }

  mutating func sync() {
    let former = durable
    durable = live
    for sector in contents.keys { lost[sector] = nil }
    for sector in lost.keys where sector * SimulatedFile.sector < live.count {
      let range = range(of: sector)
      let old = former[range.clamped(to: 0..<former.count)]
      durable.replaceSubrange(range, with: Array(old) + Array(repeating: 0, count: range.count - old.count))
    }
    contents = [:]
    sizes = []
  }

  /// What a failed sync leaves: it can be seen, and no later sync brings it to disk, unless it is written anew.
  mutating func lose() {
    lost.merge(contents) { $0 + $1 }
    contents = [:]
  }

  /// Brings a range to disk, and no more of the file.
  mutating func settle(_ settled: Range<Int>) {
    if settled.upperBound > durable.count {
      durable.append(contentsOf: [UInt8](repeating: 0, count: settled.upperBound - durable.count))
      sizes.removeAll { $0.size <= settled.upperBound }
    }
    for sector in SimulatedFile.sectors(settled) {
      contents[sector] = nil
      lost[sector] = nil
      let range = range(of: sector).clamped(to: 0..<durable.count)
      durable.replaceSubrange(range, with: live[range])
    }
  }

  /// What is left of the file after a power cut.
  ///
  /// - Parameter last: until when all writes are kept, where the later ones are lost.
  func content(losing loss: SimulatedDisk.Loss, last: Int, using random: inout SplitMix64) -> [UInt8] {
    switch loss {
    case .everything: return durable
    case .nothing: return live
    case .later, .pages, .sectors: break
    }
    let choices = [durable.count] + sizes.map(\.size)
    let size: Int
    if loss == .later {
      size = sizes.last { $0.time <= last }?.size ?? durable.count
    } else {
      size = choices[Int.random(in: 0..<choices.count, using: &random)]
    }
    var content = durable
    if size < content.count { content.removeLast(content.count - size) }
    content.append(contentsOf: [UInt8](repeating: 0, count: size - content.count))
    // The write that comes next is torn here.
    let tear = Int.random(in: 0...max(1, live.count / SimulatedFile.sector), using: &random)
    let contents = lost.merging(contents) { $0 + $1 }
    let times = loss == .pages ? SimulatedFile.pageTimes(of: contents, using: &random) : [:]
    for (sector, versions) in contents.sorted(by: { $0.key < $1.key }) {
      let kept =
        switch loss {
        case .later: versions.count { $0.time <= last || ($0.time == last + 1 && sector < tear) }
        case .pages: versions.count { $0.time <= times[SimulatedFile.page(of: sector), default: 0] }
        case .sectors, .everything, .nothing: Int.random(in: 0...versions.count, using: &random)
        }
      guard kept > 0 else { continue }
      let bytes = versions[kept - 1].bytes
      let start = sector * SimulatedFile.sector
      let end = min(start + bytes.count, content.count)
      if start < end { content.replaceSubrange(start..<end, with: bytes[..<(end - start)]) }
    }
    return content
  }

  /// For each page whose sectors changed, until when it is kept.
  private static func pageTimes(of contents: [Int: [Version]], using random: inout SplitMix64) -> [Int: Int] {
    var times: [Int: [Int]] = [:]
    for (sector, versions) in contents { times[SimulatedFile.page(of: sector), default: [0]] += versions.map(\.time) }
    return times.sorted { $0.key < $1.key }.reduce(into: [:]) { kept, page in
      kept[page.key] = page.value.sorted()[Int.random(in: 0..<page.value.count, using: &random)]
    }
  }

  private static func page(of sector: Int) -> Int { sector * SimulatedFile.sector / SimulatedFile.page }

  private func range(of sector: Int) -> Range<Int> {
    sector * SimulatedFile.sector..<min((sector + 1) * SimulatedFile.sector, live.count)
  }

  private static func sectors(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound / sector..<(range.upperBound + sector - 1) / sector
  }
}
