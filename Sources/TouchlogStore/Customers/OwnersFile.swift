/// A small file for its owner alone: other keys than the store's, and what else is kept beside it.
package enum OwnersFile {
  /// Whether something has that name.
  package static func exists(_ path: String) -> Bool { SystemFile.exists(path) }

  /// Whether nobody but its owner may read it, or change it.
  package static func isPrivate(_ path: String) -> Bool {
    SystemFile.permissions(path).map { $0 & 0o077 == 0 } ?? false
  }

  /// Whether nobody but its owner may change it, or what is in it.
  package static func isUnchangedByOthers(_ path: String) -> Bool {
    SystemFile.permissions(path).map { $0 & 0o022 == 0 } ?? false
  }

  /// Reads its first 4 KiB.
  package static func contents(_ path: String) throws(StoreError) -> [UInt8] { try SystemFile.contents(path) }

  /// Writes a new one, and makes the folders on the way; refuses to replace one.
  package static func create(_ path: String, contents: [UInt8]) throws(StoreError) {
    try SystemFile.makeDirectories(SystemFile.parent(of: path))
    try SystemFile.create(path, contents: contents)
  }

  /// Puts one in the place of another at once: whoever reads, and whatever fails, there is the one or the other. It is
  /// on disk when this returns. Whoever calls it holds an `OwnersLock`, as the new one is made as `PATH.new`.
  package static func replace(_ path: String, contents: [UInt8]) throws(StoreError) {
    let new = path + ".new"
    // One that was left behind by a kill is nobody's.
    SystemFile.remove(new)
    try SystemFile.create(new, contents: contents)
    do throws(StoreError) {
      try SystemFile.move(new, to: path)
    } catch {
      SystemFile.remove(new)
      throw error
    }
    try SystemFile.sync(directory: SystemFile.parent(of: path))
  }

  /// Makes a folder for its owner only, where it is not there.
  package static func makeFolder(_ path: String) throws(StoreError) { _ = try SystemFile.makeDirectory(path) }

  /// What is in a folder.
  package static func names(in folder: String) throws(StoreError) -> [String] { try SystemFile.names(in: folder) }

  /// Removes one that was made for what was not made after all.
  package static func remove(_ path: String) { SystemFile.remove(path) }

  /// Whether it lies in a folder, or would.
  package static func isInside(_ path: String, folder: String) -> Bool {
    SystemFile.isInside(SystemFile.parent(of: path), folder: folder)
  }
}
