import Foundation
import Testing
import TouchlogTesting

/// What a disk holds while records are played to it: what is on it for sure, and what a power cut may lose.
///
/// The rules are those that systems keep, and no more. A file's bytes are on disk when it was synced after they were
/// written; until then each sector of 512 bytes may have any of the contents that it had since (the latest is written
/// last, so an older one never comes over a newer one), and the file any of the sizes. A name is on disk when its folder
/// was synced after the name was given or taken; until then it may be there or not, each for itself. What a sync failed to
/// bring to disk stays at risk when a later sync succeeds, unless it is written anew.
struct SimulatedDisk {
  private var files: [UInt64: SimulatedFile] = [:]
  private var folders: [UInt64: SimulatedFolder] = [:]
  private var root: UInt64 = 0
  private var clock = 0

  /// What a disk does with what it was not yet made to keep.
  enum Loss: CaseIterable {
    case everything
    case nothing
    /// What came first is kept, up to a write that is torn at a sector's border.
    case later
    /// Each page of 4096 bytes has any of its contents.
    case pages
    /// Each sector of 512 bytes has any of its contents.
    case sectors
  }

  /// Whether anything can be lost.
  var isAtRisk: Bool {
    files.values.contains { $0.isAtRisk } || folders.values.contains { !$0.pending.isEmpty }
  }

  /// Plays a record. A write that is on disk at once is played twice, for the power may be cut before it returns:
  /// `settle` then brings it to disk.
  mutating func play(_ record: DiskRecord) throws {
    clock += 1
    switch record {
    case .begin(let node):
      if root == 0 { folders[node] = SimulatedFolder() }
      root = node
    case .create(let path, let node):
      files[node] = SimulatedFile()
      try name(path, node)
    case .make(let path, let node):
      folders[node] = SimulatedFolder()
      try name(path, node)
    case .remove(let path): try name(path, nil)
    case .rename(let path, let target):
      let node = try #require(try self.node(at: path))
      try name(path, nil)
      try name(target, node)
    case .write(let node, let offset, let bytes, _):
      files[node, default: SimulatedFile()].write(bytes, offset, at: clock)
    case .resize(let node, let size): files[node, default: SimulatedFile()].resize(size, at: clock)
    case .sync(let node):
      files[node]?.sync()
      folders[node]?.sync()
    case .lose(let node): files[node]?.lose()
    case .say, .fault: break
    }
  }

  /// What a record brings to disk by its return.
  mutating func settle(_ record: DiskRecord) {
    if case .write(let node, let offset, let bytes, true) = record {
      files[node]?.settle(offset..<offset + bytes.count)
    }
  }

  // MARK: Names

  private func node(at path: String) throws -> UInt64? {
    try path.split(separator: "/").reduce(root) { node, name -> UInt64? in
      let folder = try #require(node.flatMap { folders[$0] }, "a folder on the way to \(path) was not recorded")
      return folder.live[String(name)]
    }
  }

  private mutating func name(_ path: String, _ node: UInt64?) throws {
    let parts = path.split(separator: "/")
    let name = String(try #require(parts.last))
    let folder = try #require(try self.node(at: parts.dropLast().joined(separator: "/")))
    folders[folder]?.name(name, node)
  }

  // MARK: Images

  /// Files by their path from the root; nil for a folder.
  typealias Image = [String: [UInt8]?]

  /// What the disk holds after a power cut, or, where nothing is lost, what the processes see.
  func image(losing loss: Loss, using random: inout SplitMix64) -> Image {
    var image: Image = [:]
    let last = loss == .later ? Int.random(in: 0...clock, using: &random) : clock
    add(root, path: "", to: &image, loss, last, &random)
    return image
  }

  private func add(
    _ node: UInt64, path: String, to image: inout Image, _ loss: Loss, _ last: Int, _ random: inout SplitMix64,
  ) {
    guard let folder = folders[node] else {
      image[path] = files[node]?.content(losing: loss, last: last, using: &random) ?? []
      return
    }
    image[path] = .some(nil)
    let names =
      switch loss {
      case .everything: folder.durable
      case .nothing: folder.live
      case .later, .pages, .sectors: folder.names(using: &random)
      }
    // In a fixed order, so that a seed gives the same image again.
    for (name, child) in names.sorted(by: { $0.key < $1.key }) {
      add(child, path: path + "/" + name, to: &image, loss, last, &random)
    }
  }
}

/// A folder's names: those on disk, and what was done to them since.
private struct SimulatedFolder {
  var durable: [String: UInt64] = [:]
  private(set) var live: [String: UInt64] = [:]
  private(set) var pending: [(name: String, node: UInt64?)] = []

  mutating func name(_ name: String, _ node: UInt64?) {
    live[name] = node
    pending.append((name, node))
  }

  mutating func sync() {
    durable = live
    pending = []
  }

  /// Each name with any of the states it had since the last sync.
  func names(using random: inout SplitMix64) -> [String: UInt64] {
    var names = durable
    for name in Set(pending.map(\.name)).sorted() {
      let states = pending.filter { $0.name == name }
      let kept = Int.random(in: 0...states.count, using: &random)
      if kept > 0 { names[name] = states[kept - 1].node }
    }
    return names
  }
}
