import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

@Suite struct `Faults of stores and keys` {
  @Test func `a store is made once, with its keys`() throws {
    let sandbox = try Sandbox.withStore()
    let keys = try FileManager.default.contentsOfDirectory(atPath: sandbox.path(".config/touchlog/keys"))
    #expect(keys.count == 2 && Set(keys.map { $0.split(separator: ".").last }) == ["key", "signing"])
    for key in keys {
      let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.path(".config/touchlog/keys/\(key)"))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
    let again = try sandbox.touchlog("init", "store")
    #expect(again.status == 2)
    #expect(again.errors == "touchlog: store exists already. Choose a path where nothing is\n")
  }

  @Test func `the key goes where XDG_CONFIG_HOME, the option or the variable says`() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.touchlog("init", "one", variables: ["XDG_CONFIG_HOME": sandbox.path("settings")]).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.path("settings/touchlog/keys")).count == 2)
    #expect(try sandbox.touchlog("init", "two", "--key", "safe/two.key").status == 0)
    #expect(try sandbox.touchlog("read", "--store", "two", "--key", "safe/two.key").status == 0)
    #expect(try sandbox.touchlog("read", "--store", "two", variables: ["TOUCHLOG_KEY": "safe/two.key"]).status == 0)
  }

  @Test func `a missing store is refused with the way to make one`() throws {
    let sandbox = try Sandbox()
    for command in [["read"], ["stats"], ["verify"], ["timeline", "crm:1"], ["append", "-"]] {
      let outcome = try sandbox.shell("touchlog \(command.joined(separator: " ")) </dev/null")
      #expect(outcome.status == 2)
      #expect(outcome.errors == "touchlog: there is no store at store. Make one with: touchlog init store\n")
    }
    let nameless = try sandbox.touchlog("read", variables: ["TOUCHLOG_STORE": ""])
    #expect(nameless.status == 64)
    #expect(nameless.errors == "touchlog: which store? Name it with --store, or set TOUCHLOG_STORE\n")
  }

  @Test func `what is no store is refused`() throws {
    let sandbox = try Sandbox()
    try sandbox.write("x", to: "file")
    let file = try sandbox.touchlog("read", "--store", "file")
    #expect(file.status == 2)
    #expect(file.errors == "touchlog: file is not a store: it is a file, and a store is a folder\n")
    let folder = try sandbox.touchlog("read", "--store", ".")
    #expect(folder.status == 2)
    #expect(folder.errors.hasPrefix("touchlog: . is not a store: "))
  }

  @Test(.enabled(if: geteuid() != 0, "root may open everything"))
  func `a store that may not be opened is named`() throws {
    let sandbox = try Sandbox.withStore()
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: sandbox.path("store"))
    let outcome = try sandbox.touchlog("read")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: sandbox.path("store"))
    #expect(outcome.status == 2)
    #expect(outcome.errors == "touchlog: opening store: Permission denied\n")
  }

  @Test func `a store of a newer format is refused`() throws {
    let sandbox = try Sandbox.withStore()
    let file = sandbox.folder.appending(path: "store/log/data.mdb")
    var data = try Data(contentsOf: file)
    let version = Data("format".utf8) + Data([1, 0, 0, 0])
    var count = 0
    while let range = data.firstRange(of: version) {
      data.replaceSubrange(range, with: Data("format".utf8) + Data([9, 0, 0, 0]))
      count += 1
    }
    try #require(count > 0)
    try data.write(to: file)
    let outcome = try sandbox.touchlog("read")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors == """
        touchlog: store has format 9, and this version of Touchlog reads up to 1. Use the version that wrote it, or a \
        later one

        """)
  }

  @Test func `a second writer is told who holds the store, and readers are let in`() throws {
    let sandbox = try Sandbox.withStore()
    let file = open(sandbox.path("store/writer.lock"), O_RDWR | O_CREAT, 0o600)
    try #require(file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
    defer { close(file) }
    let holder = "process 4711 (touchlog append)\n"
    try #require(holder.withCString { write(file, $0, strlen($0)) } == holder.utf8.count)
    let outcome = try sandbox.touchlog("append", "-", input: Sample.event("a"))
    #expect(outcome.status == 2)
    #expect(outcome.errors.hasPrefix("touchlog: store is being written by process 4711 (touchlog append). "))
    #expect(try sandbox.touchlog("read").status == 0)
  }

  @Test func `a missing, a foreign, an open and a broken key are told apart`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("init", "other", "--key", "other.key").status == 0)
    let missing = try sandbox.touchlog("read", "--key", "no.key")
    #expect(missing.status == 2)
    #expect(missing.errors.hasPrefix("touchlog: the store's key is not at no.key. "))
    let foreign = try sandbox.touchlog("read", "--key", "other.key")
    #expect(foreign.status == 2)
    #expect(foreign.errors.hasPrefix("touchlog: the key at other.key belongs to another store. "))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: sandbox.path("other.key"))
    let open = try sandbox.touchlog("read", "--store", "other", "--key", "other.key")
    #expect(open.status == 2)
    #expect(open.errors.hasSuffix("chmod 600 other.key\n"))
    try sandbox.write("nonsense", to: "broken.key")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: sandbox.path("broken.key"))
    let broken = try sandbox.touchlog("read", "--key", "broken.key")
    #expect(broken.status == 2)
    #expect(broken.errors.hasPrefix("touchlog: broken.key is no usable store key: "))
  }

  @Test func `too little address space is told with the option's name`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Sample.lines(5000), to: "events.ndjson")
    let outcome = try sandbox.touchlog("append", "events.ndjson", "--address-space", "256K")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--address-space"))
    #expect(try sandbox.touchlog("append", "events.ndjson", "--address-space", "64M").status == 0)
  }

  @Test func `a store that could not be made leaves nothing in the way of the next try`() throws {
    let sandbox = try Sandbox()
    let refused = try sandbox.touchlog("init", "store", "--address-space", "1K")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("--address-space"))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("store")))
    #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.path(".config/touchlog/keys")).isEmpty)
    #expect(try sandbox.touchlog("init", "store").status == 0)
  }

  @Test func `a failed try leaves a folder, and a key, that were there before`() throws {
    let sandbox = try Sandbox.withStore()
    try FileManager.default.createDirectory(atPath: sandbox.path("mine"), withIntermediateDirectories: false)
    #expect(try sandbox.touchlog("init", "one", "--key", "the.key").status == 0)
    #expect(try sandbox.touchlog("init", "mine", "--key", "the.key").status == 2)
    #expect(FileManager.default.fileExists(atPath: sandbox.path("mine")))
    #expect(try sandbox.touchlog("stats", "--store", "one", "--key", "the.key").status == 0)
  }

  @Test func `folders above the store are made`() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.touchlog("init", "a/ä b/store").status == 0)
    #expect(try sandbox.touchlog("stats", "--store", "a/ä b/store").status == 0)
  }

  @Test func `a file that was cut short is told in a line`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.lines(2000)).status == 0)
    let file = sandbox.folder.appending(path: "store/log/data.mdb")
    let data = try Data(contentsOf: file)
    try data.prefix(8192).write(to: file)
    let read = try sandbox.touchlog("read")
    #expect(read.status == 2)
    #expect(read.errors.hasPrefix("touchlog: a page of the store cannot be read: "), "\(read.errors)")
    #expect(read.errors.split(separator: "\n").count == 1)
    let outcome = try sandbox.touchlog("verify")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("table of tables: page "), "\(outcome.output)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test func `nothing is appended beside a vault that is older than the log`() throws {
    let sandbox = try Sandbox.withStore()
    let lines = (0..<4).map { Sample.event("e\($0)", ["subject": "\"crm:\($0)\""]) + "\n" }
    #expect(try sandbox.touchlog("append", "-", input: lines[0]).status == 0)
    #expect(try sandbox.shell("cp -r store/vault kept").status == 0)
    #expect(try sandbox.touchlog("append", "-", input: lines[1] + lines[2]).status == 0)
    #expect(try sandbox.shell("rm -r store/vault && mv kept store/vault").status == 0)
    let outcome = try sandbox.touchlog("append", "-", input: lines[3])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("the vault is older than the log"), "\(outcome.errors)")
    #expect(try sandbox.touchlog("verify").status == 1)
  }

  @Test func `damage is found, and its position named`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.lines(20)).status == 0)
    let clean = try sandbox.touchlog("verify")
    #expect(clean.status == 0)
    #expect(clean.output.hasPrefix("20 events verified, all as written, root "))
    let file = sandbox.folder.appending(path: "store/log/data.mdb")
    var data = try Data(contentsOf: file)
    // The id is followed by the interaction and what is sealed; the identity index has the id alone.
    let place = try #require(data.firstRange(of: Data("e13i13".utf8)))
    data[place.upperBound + 20] ^= 1
    try data.write(to: file)
    let outcome = try sandbox.touchlog("verify")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("payloads at position 12: "))
    #expect(outcome.errors.contains("at position 12. "))
  }
}
