/// What the files tell, and the disk under them.
extension Examiner {
  static func fileSystem(_ network: String?) -> Finding {
    guard let network else { return Finding(.fileSystem, .ok, "a local disk") }
    return Finding(
      .fileSystem, .problem, "it lies on \(network), where locks and memory maps are not reliable",
      advice: "move the store to a local disk; it was not looked at any further")
  }

  /// The modes are looked at, and not what this process may do: that is everything, for root.
  static func permissions(of path: String) -> Finding {
    let vaults = vaultFolders(in: path)
    let files = (["log"] + vaults).flatMap { ["\($0)/data.mdb", "\($0)/lock.mdb"] } + accessFiles(in: path)
    for file in files where SystemFile.exists("\(path)/\(file)") {
      let isLock = file.hasSuffix("lock.mdb")
      if isLock, !SystemFile.isWritable("\(path)/\(file)") {
        return Finding(
          .permissions, .problem, "this user may not write \(file), so not even reading is possible",
          advice: "run as the store's owner, or give the files to this user: chown -R USER \(path)")
      }
    }
    let folder = SystemFile.permissions(path) ?? 0
    for (bits, who) in [(0o007, "everybody"), (0o070, "its group")] as [(UInt32, String)]
    where folder & bits & 0o111 != 0 {
      let open = files.first { file in
        let parent = SystemFile.permissions("\(path)/\(SystemFile.parent(of: file))") ?? 0
        return parent & bits & 0o111 != 0 && (SystemFile.permissions("\(path)/\(file)") ?? 0) & bits & 0o666 != 0
      }
      if let open {
        return Finding(
          .permissions, .problem, "\(who) may read or write \(open)", advice: "chmod -R go-rwx \(path)")
      }
    }
    if folder & 0o077 != 0 {
      return Finding(
        .permissions, .notice, "others than its owner may enter the folder, though not read the files in it",
        advice: "chmod 700 \(path)")
    }
    guard (["log"] + vaults).allSatisfy({ SystemFile.isWritable("\(path)/\($0)/data.mdb") }) else {
      return Finding(
        .permissions, .notice, "this user may read it, and not append",
        advice: "run as the store's owner where events are to be appended")
    }
    return Finding(.permissions, .ok, "its owner's alone")
  }

  /// The hashes of tokens, and who looked at whom.
  private static func accessFiles(in path: String) -> [String] {
    do {
      return try SystemFile.names(in: path + "/access").sorted().map { "access/\($0)" }
    } catch {
      // There is none until there is a token, and one that cannot be entered shows nobody its files.
      return []
    }
  }

  private static func vaultFolders(in path: String) -> [String] {
    do {
      // One that is on its way out may have lost its file already.
      return try VaultGeneration.all(in: path).map(\.folder).filter { SystemFile.exists("\(path)/\($0)/data.mdb") }
    } catch {
      // A folder that cannot be looked into was refused before.
      return [VaultGeneration.first.folder]
    }
  }

  static func writer(_ writer: WriterLine, of path: String) -> Finding {
    let figures = [Figure("isHeld", writer.isHeld ? 1 : 0)]
    switch (writer.isHeld, writer.holder) {
    case (true, let holder):
      return Finding(.writer, .ok, "it is being written by \(holder ?? "another process")", figures: figures)
    case (false, let holder?):
      return Finding(
        .writer, .ok, "nobody writes; the last one, \(holder), was killed, and the next one takes over",
        figures: figures)
    case (false, nil):
      return Finding(.writer, .ok, "nobody writes", figures: figures)
    }
  }

  private static let leastFreeBytes = 256 << 20
  private static let scarceFreeBytes = 1 << 30

  static func disk(freeBytes: Int, logBytes: Int) -> Finding {
    let figures = [Figure("freeBytes", freeBytes), Figure("logFileBytes", logBytes)]
    let found = "\(freeBytes.mebibytes) free; the log's file has \(logBytes.mebibytes)"
    if freeBytes < leastFreeBytes {
      return Finding(
        .disk, .problem, found, advice: "make room now: a full disk ends appending, and loses nothing", figures: figures
      )
    }
    if freeBytes < max(scarceFreeBytes, logBytes / 20) {
      return Finding(.disk, .notice, found, advice: "make room, or plan a larger disk", figures: figures)
    }
    return Finding(.disk, .ok, found, figures: figures)
  }
}

extension Int {
  /// Bytes in the unit that fits, for a line of text.
  var mebibytes: String {
    self < 10 << 20 ? "\(self >> 10) KiB" : self < 10 << 30 ? "\(self >> 20) MiB" : "\(self >> 30) GiB"
  }
}
