/// A small file for its owner alone: other keys than the store's, and what else is kept beside it.
package enum OwnersFile {
  /// Whether something has that name.
  package static func exists(_ path: String) -> Bool { SystemFile.exists(path) }

  /// Whether nobody but its owner may read it, or change it.
  package static func isPrivate(_ path: String) -> Bool {
    SystemFile.permissions(path).map { $0 & 0o077 == 0 } ?? false
  }

  /// Reads its first 4 KiB.
  package static func contents(_ path: String) throws(StoreError) -> [UInt8] { try SystemFile.contents(path) }

  /// Writes a new one, and makes the folders on the way; refuses to replace one.
  package static func create(_ path: String, contents: [UInt8]) throws(StoreError) {
    try SystemFile.makeDirectories(SystemFile.parent(of: path))
    try SystemFile.create(path, contents: contents)
  }

  /// Removes one that was made for what was not made after all.
  package static func remove(_ path: String) { SystemFile.remove(path) }

  /// Whether it lies in a folder, or would.
  package static func isInside(_ path: String, folder: String) -> Bool {
    SystemFile.isInside(SystemFile.parent(of: path), folder: folder)
  }
}
