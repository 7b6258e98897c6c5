import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// Backups and restores through the command, beside a writer, killed, interrupted, and on a full disk.
///
/// One after the other: other tests beside them weigh what a process does in milliseconds.
@Suite(.serialized) struct `Backing up` {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 12
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7

  private static func lines(_ numbers: Range<Int>) -> String {
    numbers.map { number in
      Sample.event("e\(number)", ["interaction": "\"i\(number / 3)\"", "subject": "\"crm:\(number / 4)\""]) + "\n"
    }.joined()
  }

  private static func names(in sandbox: Sandbox, _ folder: String = ".") throws -> Set<String> {
    let hidden: Set = [".config"]
    return Set(try FileManager.default.contentsOfDirectory(atPath: sandbox.path(folder)))
      .filter { !hidden.contains($0) && !$0.contains("-") && !$0.hasPrefix("last.") && !$0.hasSuffix(".ndjson") }
  }

  private static func store(_ name: String, in sandbox: Sandbox) throws -> Store {
    let path = sandbox.path(name)
    let id = try Store.id(at: path)
    return try Store(opening: path, keyPath: sandbox.path(".config/touchlog/keys/\(id).key"), access: .reading)
  }

  /// How many events the last whole receipt of a running append acknowledges.
  private static func acknowledged(in sandbox: Sandbox) throws -> Int {
    let lines = try sandbox.read("last.out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard let last = lines.last(where: { $0.hasPrefix("{") }),
      case .number(let text)? = try JSONValue(parsing: String(last))["contained"]
    else { return 0 }
    return try #require(Int(text))
  }

  /// Waits until a process has begun to make a folder; it may be done before it is seen.
  private static func wait(forMaking path: String) {
    let files = FileManager.default
    let isMade = comesAbout(lookingEvery: 500) {
      files.fileExists(atPath: path + ".unfinished") || files.fileExists(atPath: path)
    }
    #expect(isMade, "\(path) is not begun after a minute")
  }

  /// How long a process takes from making its folder to its end.
  private static func microseconds(of child: consuming ChildProcess, making path: String) -> UInt32 {
    wait(forMaking: path)
    let start = ContinuousClock.now
    #expect(child.wait() == 0)
    return UInt32((ContinuousClock.now - start) / .microseconds(1))
  }

  @Test func `a backup beside a writer holds all that was acknowledged before, and is a beginning of the log`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Self.lines(0..<20_000), to: "events.ndjson")
    let writer = try sandbox.start("append", "events.ndjson", "--batch", "50", "--receipts", "--quiet")
    var heads: [Int] = []
    for number in 0..<4 {
      try #require(comesAbout { try Self.acknowledged(in: sandbox) >= 300 * (number + 1) })
      let before = try Self.acknowledged(in: sandbox)
      let backup = try sandbox.touchlog("backup", "copy\(number)", "--json")
      // While the copy is looked at, the writer waits, so as not to be done before the last one.
      writer.signal(SIGSTOP)
      try #require(backup.status == 0, "\(backup.errors)")
      let manifest = try JSONValue(parsing: backup.output)
      guard case .number(let head)? = manifest["head"], let head = Int(head) else {
        Issue.record("no head: \(backup.output)")
        return
      }
      #expect(head >= before)
      heads.append(head)
      let restored = try sandbox.touchlog("restore", "copy\(number)", "--store", "new\(number)", "--json")
      try #require(restored.status == 0, "\(restored.errors)")
      #expect(try JSONValue(parsing: restored.output)["root"] == manifest["root"])
      let store = try Self.store("new\(number)", in: sandbox)
      #expect(try store.verify().damages == [])
      #expect(try store.events().map(\.event.id) == (0..<head).map { "e\($0)" })
      writer.signal(SIGCONT)
    }
    writer.signal(SIGTERM)
    #expect(writer.wait() == 143)
    // The writer was at it all along.
    #expect(heads == Array(Set(heads)).sorted() && heads.last ?? 20_000 < 20_000, "\(heads)")
    // The copy goes on where it ends: what it has is recognised.
    let again = try sandbox.touchlog("append", "events.ndjson", "--store", "new3", "--json")
    let receipt = try JSONValue(parsing: again.output)
    #expect(receipt["duplicates"] == .number("\(heads[3])"))
    #expect(receipt["appended"] == .number("\(20_000 - heads[3])"))
    #expect(try sandbox.touchlog("verify", "--store", "new3").status == 0)
  }

  @Test func `root and events are the same in the restored store, and the closing lines tell of the keys`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<500)).status == 0)
    let backup = try sandbox.touchlog("backup", "copy")
    #expect(backup.status == 0 && backup.errors.isEmpty)
    #expect(backup.lines.count == 3 && backup.lines[0].hasPrefix("500 events backed up to copy, "))
    #expect(backup.lines.last?.hasPrefix("The key is not in it: ") == true)
    #expect(try Self.names(in: sandbox, "copy") == ["backup.json", "log.mdb", "vault.mdb"])
    let restored = try sandbox.touchlog("restore", "copy", "--store", "deep/new", "--key", "safe/new.key")
    #expect(restored.status == 0, "\(restored)")
    #expect(restored.lines.count == 5 && restored.errors.hasPrefix("touchlog: no list of erasures is at "))
    #expect(restored.lines[2] == "its key is safe/new.key: keep a copy of it in a safe place")
    #expect(restored.lines[3] == "its signing key is safe/new.signing: keep a copy of that, too")
    let former = try sandbox.touchlog("verify", "--json").output
    #expect(try sandbox.touchlog("verify", "--json", "--store", "deep/new", "--key", "safe/new.key").output == former)
    let events = try sandbox.touchlog("read", "--json").output
    #expect(try sandbox.touchlog("read", "--json", "--store", "deep/new", "--key", "safe/new.key").output == events)
  }

  @Test func `a restored store signs under a key of its own, and never in the place of another`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<50)).status == 0)
    try sandbox.write(try sandbox.touchlog("checkpoint").output, to: "former.checkpoint")
    let former = String(try sandbox.touchlog("checkpoint", "--verifier-key").lines[0])
    #expect(try sandbox.touchlog("backup", "copy").status == 0)
    let arguments = ["restore", "copy", "--store", "new", "--key", "new.key"]
    try sandbox.write("", to: "new.signing")
    let refused = try sandbox.run(Sandbox.binary, arguments)
    #expect(refused.status == 2 && refused.errors.hasPrefix("touchlog: new.signing is there already"), "\(refused)")
    #expect(try Self.names(in: sandbox) == ["store", "copy", "former.checkpoint", "new.signing"])
    try FileManager.default.removeItem(atPath: sandbox.path("new.signing"))
    let named = try sandbox.run(Sandbox.binary, arguments + ["--origin", "bank.example/2", "--json"])
    let json = try JSONValue(parsing: named.output)
    #expect(json["signingKey"] == "new.signing")
    let key = String(
      try sandbox.touchlog("checkpoint", "--verifier-key", "--store", "new", "--key", "new.key").lines[0])
    #expect(key.hasPrefix("bank.example/2+") && json["verifierKey"] == .string(key) && key != former)
    let against = ["verify", "--store", "new", "--key", "new.key", "--against", "former.checkpoint"]
    #expect(try sandbox.run(Sandbox.binary, against).status == 1)
    #expect(try sandbox.run(Sandbox.binary, against + ["--verifier-key", former]).status == 0)
  }

  @Test func `the former key is found by its option, its variable or its place, and errors name the option`() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.touchlog("init", "store", "--key", "the.key").status == 0)
    #expect(try sandbox.touchlog("backup", "copy").status == 0, "it needs no key")
    let missing = try sandbox.touchlog("restore", "copy", "--store", "new")
    #expect(missing.status == 2 && missing.errors.contains("--from-key"))
    #expect(try sandbox.touchlog("init", "other", "--key", "other.key").status == 0)
    let wrong = try sandbox.touchlog("restore", "copy", "--store", "new", "--from-key", "other.key")
    #expect(wrong.status == 2 && wrong.errors.contains("Name the right one with --from-key"))
    let names: Set = ["store", "other", "copy", "the.key", "the.signing", "other.key", "other.signing"]
    #expect(try Self.names(in: sandbox) == names)
    #expect(try sandbox.touchlog("restore", "copy", "--store", "a", "--from-key", "the.key").status == 0)
    #expect(try sandbox.touchlog("restore", "copy", "--store", "b", variables: ["TOUCHLOG_KEY": "the.key"]).status == 0)
    let occupied = try sandbox.touchlog("restore", "copy", "--store", "a", "--from-key", "the.key")
    #expect(occupied.status == 2)
    #expect(occupied.errors == "touchlog: a exists already. Choose a path where nothing is\n")
  }

  @Test func `a damaged backup is refused with 1, and nothing is made of it`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<500)).status == 0)
    #expect(try sandbox.touchlog("backup", "copy").status == 0)
    let file = sandbox.folder.appending(path: "copy/log.mdb")
    var data = try Data(contentsOf: file)
    data[data.count / 2] ^= 1
    try data.write(to: file)
    let outcome = try sandbox.touchlog("restore", "copy", "--store", "new")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("touchlog: the backup copy is damaged: log.mdb does not have the digest"))
    #expect(try Self.names(in: sandbox) == ["store", "copy"])
    let keys = try FileManager.default.contentsOfDirectory(atPath: sandbox.path(".config/touchlog/keys"))
    #expect(keys.count == 2, "the first store's")
  }

  @Test func `a backup that is killed leaves nothing that looks like one`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<20_000)).status == 0)
    let root = try sandbox.touchlog("verify", "--json").output
    var random = SplitMix64(seed: Self.seed)
    var killed = 0
    let whole = try Self.microseconds(of: sandbox.start("backup", "whole"), making: sandbox.path("whole"))
    for round in 0..<Self.rounds {
      let child = try sandbox.start("backup", "copy\(round)", "--quiet")
      Self.wait(forMaking: sandbox.path("copy\(round)"))
      usleep(UInt32.random(in: 0...whole, using: &random))
      child.signal(SIGKILL)
      let status = child.wait()
      let note: Comment = "seed \(Self.seed), round \(round)"
      if FileManager.default.fileExists(atPath: sandbox.path("copy\(round)")) {
        // Killed after all was done, or not at all.
        #expect(try sandbox.touchlog("restore", "copy\(round)", "--store", "new\(round)").status == 0, note)
      } else {
        #expect(status == 128 + SIGKILL, note)
        let manifest = sandbox.path("copy\(round).unfinished/backup.json")
        // Where it has a manifest that can be read, it is whole, and lacks nothing but its name.
        let isWhole = (try? BackupManifest(of: sandbox.path("copy\(round).unfinished"))) != nil
        let refused = try sandbox.touchlog("restore", "copy\(round).unfinished", "--store", "new\(round)")
        #expect(refused.status == (isWhole ? 0 : FileManager.default.fileExists(atPath: manifest) ? 1 : 2), note)
        #expect(FileManager.default.fileExists(atPath: sandbox.path("new\(round)")) == isWhole, note)
        killed += FileManager.default.fileExists(atPath: sandbox.path("copy\(round).unfinished")) ? 1 : 0
        // The next one clears away what is left.
        #expect(try sandbox.touchlog("backup", "copy\(round)").status == 0, note)
      }
      #expect(!FileManager.default.fileExists(atPath: sandbox.path("copy\(round).unfinished")), note)
      try FileManager.default.removeItem(atPath: sandbox.path("copy\(round)"))
    }
    #expect(killed > 0, "some were killed at work")
    print("\(killed) of \(Self.rounds) backups killed at work")
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("new") + "\n").status == 0)
    #expect(try sandbox.touchlog("verify").status == 0)
    #expect(root.contains("\"events\":20000"))
  }

  @Test func `a restoring that is killed leaves no half store`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<4000)).status == 0)
    #expect(try sandbox.touchlog("backup", "copy").status == 0)
    var random = SplitMix64(seed: Self.seed)
    var killed = 0
    let whole = try Self.microseconds(
      of: sandbox.start("restore", "copy", "--store", "whole"), making: sandbox.path("whole"))
    for round in 0..<Self.rounds {
      // The first round begins with nothing; what a killed one left behind is cleared by the next.
      let child = try sandbox.start("restore", "copy", "--store", "new", "--quiet")
      Self.wait(forMaking: sandbox.path("new"))
      usleep(UInt32.random(in: 0...whole, using: &random))
      child.signal(SIGKILL)
      _ = child.wait()
      let note: Comment = "seed \(Self.seed), round \(round)"
      if FileManager.default.fileExists(atPath: sandbox.path("new")) {
        #expect(try sandbox.touchlog("verify", "--store", "new").status == 0, note)
        try FileManager.default.removeItem(atPath: sandbox.path("new"))
      } else if FileManager.default.fileExists(atPath: sandbox.path("new.unfinished")) {
        killed += 1
        for key in try FileManager.default.contentsOfDirectory(atPath: sandbox.path(".config/touchlog/keys")) {
          let outcome = try sandbox.touchlog(
            "verify", "--store", "new.unfinished", "--key", ".config/touchlog/keys/\(key)")
          // Between the last two steps, it is whole and lacks nothing but its name.
          #expect(outcome.status == 2 || outcome.status == 0, note)
        }
      }
    }
    #expect(killed > 0, "some were killed at work")
    print("\(killed) of \(Self.rounds) restorings killed at work")
    #expect(try sandbox.touchlog("restore", "copy", "--store", "new").status == 0)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("new.unfinished")))
    #expect(try sandbox.touchlog("verify", "--store", "new").status == 0)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a backup that is interrupted removes what it has made`(signal: Int32) throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<20_000)).status == 0)
    var interrupted = 0
    // On a busy machine most backups are done before the signal comes: as many as it takes.
    for round in 0..<100 where interrupted < 5 {
      let child = try sandbox.start("backup", "copy", "--quiet")
      Self.wait(forMaking: sandbox.path("copy"))
      usleep(UInt32(round % 4 * 2000))
      child.signal(signal)
      let status = child.wait()
      let isMade = FileManager.default.fileExists(atPath: sandbox.path("copy"))
      if isMade { try FileManager.default.removeItem(atPath: sandbox.path("copy")) }
      #expect(try Self.names(in: sandbox) == ["store"])
      if isMade { continue }
      #expect(status == 128 + signal)
      #expect(try sandbox.read("last.err") == "touchlog: interrupted. There is no backup at copy\n")
      interrupted += 1
    }
    #expect(interrupted > 0)
  }

  @Test(.enabled(if: `Backing up`.canMount, "a small disk is made by mounting one, as root on Linux"))
  func `a full disk is told, and the partial copy removed`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Self.lines(0..<5000)).status == 0)
    func attempt(_ options: String) throws -> Sandbox.Outcome {
      let lines = """
        touchlog() { "$TOUCHLOG" "$@"; }
        mkdir -p disk && mount -t tmpfs -o \(options) none disk || exit 99
        touchlog backup disk/copy
        status=$?
        ls -A disk >&2
        exit $status
        """
      try sandbox.write(lines, to: "attempt.sh")
      return try sandbox.shell("unshare -m sh attempt.sh")
    }
    let small = try attempt("size=256k")
    #expect(small.status == 2)
    #expect(small.errors.hasPrefix("touchlog: there is no room for disk/copy: "), "\(small.errors)")
    #expect(small.errors.split(separator: "\n").count == 1, "nothing is left on the disk: \(small.errors)")
    // Room by the count of bytes, and none for another file: told when it is met.
    let full = try attempt("size=64m,nr_inodes=3")
    #expect(full.status == 2)
    #expect(full.errors.contains("the disk is full"), "\(full.errors)")
    #expect(full.errors.split(separator: "\n").count == 1, "nothing is left on the disk: \(full.errors)")
    #expect(try sandbox.touchlog("verify").status == 0)
  }

  private static let canMount: Bool = {
    #if os(Linux)
      // Whatever keeps it from being tried keeps the test from being run.
      guard geteuid() == 0, let sandbox = try? Sandbox() else { return false }
      // It may not be allowed, as in most containers.
      return (try? sandbox.shell("unshare -m sh -c 'mkdir d && mount -t tmpfs none d'").status) == 0
    #else
      return false
    #endif
  }()
}
