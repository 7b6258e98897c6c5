import Foundation
import StubbornAppender
import Testing

/// Real file systems that are small, and filled to the last block.
@Suite struct `Full disks` {
  /// A file system that can be mounted for a test alone: root may, in a mount namespace that ends with the script.
  enum FileSystem: String {
    case tmpfs
    case ext4

    /// Whether this machine lets us; asked once each.
    var isAvailable: Bool { FileSystem.available.contains(self) }

    private static let available: [FileSystem] = [.tmpfs, .ext4].filter { system in
      guard FaultyDisk.isAvailable, geteuid() == 0 else { return false }
      do {
        return try FullDisk(on: system, script: "exit 0").outcome.status == 0
      } catch {
        return false
      }
    }
  }

  @Test(.enabled(if: FileSystem.tmpfs.isAvailable, "needs root and mount namespaces"))
  func `a full tmpfs loses nothing, and goes on once there is room`() throws { try fillUp(.tmpfs) }

  @Test(.enabled(if: FileSystem.ext4.isAvailable, "needs root, mount namespaces, mkfs.ext4 and loop devices"))
  func `a full ext4 loses nothing, and goes on once there is room`() throws { try fillUp(.ext4) }

  private static let calls = 3000

  /// What is done on the small file system `small`; each step leaves its output, errors and status in files.
  private static let script = """
    step() { name=$1; shift; "$@" >"$name.out" 2>"$name.err"; echo $? >"$name.status"; }
    # So many blocks of 4 KiB, or all that are left, to the last byte.
    fill() { dd if=/dev/zero of="small/filler-$1" bs=4k ${2:+count="$2"}; dd if=/dev/zero of="small/rest-$1" bs=512; } 2>dd
    step init "$TOUCHLOG" init
    left=$(df -k small | awk 'END { print int($4 / 4) }')
    dd if=/dev/zero of=small/filler bs=4k count=$((left - 150)) 2>dd
    step fills "$TOUCHLOG" append calls.ndjson --batch 50 --receipts --quiet
    step verifies "$TOUCHLOG" verify
    step again "$TOUCHLOG" append calls.ndjson --batch 50 --receipts --quiet
    fill all
    step full "$TOUCHLOG" append calls.ndjson --quiet
    step exports "$TOUCHLOG" export-person crm:1 --out small/person --quiet
    ls small >names
    rm small/store/log/lock.mdb small/store/vault/lock.mdb
    fill locks
    step unlocked "$TOUCHLOG" verify
    step other "$TOUCHLOG" init small/other --key other.key
    rm -f small/filler* small/rest*
    step anew "$TOUCHLOG" init small/other --key other.key
    step completes "$TOUCHLOG" append calls.ndjson --quiet
    step whole "$TOUCHLOG" verify
    """

  private func fillUp(_ system: FileSystem) throws {
    let disk = try FullDisk(on: system, calls: Self.calls, script: Self.script)
    #expect(disk.outcome.status == 0, "\(disk.outcome.errors)")
    #expect(try disk.step("init").status == 0)
    let fills = try disk.step("fills")
    let acknowledged = try fills.lines.compactMap { try Calls.contained(in: $0) }.max() ?? 0
    #expect(fills.status == 2)
    #expect(acknowledged > 0 && acknowledged < Self.calls)
    for (step, says) in [
      ("fills", "full"), ("again", "full"), ("full", "Make room"), ("exports", "ake room"),
      ("unlocked", "Make room"), ("other", "ake room"),
    ] {
      let outcome = try disk.step(step)
      #expect(outcome.status == 2, "\(step): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("touchlog: "), "\(step): \(outcome.errors)")
      #expect(outcome.errors.contains(says), "\(step): \(outcome.errors)")
      #expect(outcome.errors.count { $0 == "\n" } == 1, "\(step): \(outcome.errors)")
    }
    let verified = try disk.step("verifies")
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(verified.output.hasPrefix("\(acknowledged.formatted(.number.locale(Locale(identifier: "en_US")))) events"))
    #expect(try !disk.sandbox.read("names").contains("person"), "what was begun is removed")
    // A store that could not be made is not in the way of making it.
    for step in ["anew", "completes", "whole"] {
      let outcome = try disk.step(step)
      #expect(outcome.status == 0, "\(step): \(outcome.errors)")
    }
    #expect(try disk.step("whole").output.hasPrefix("3,000 events verified, all as written"))
  }

  @Test func `a store that has reached its reserved size says so, and goes on with more`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Calls.text(0..<1000), to: "calls.ndjson")
    let fills = try sandbox.touchlog(
      "append", "calls.ndjson", "--batch", "20", "--receipts", "--quiet", "--address-space", "400K")
    let acknowledged = try fills.lines.compactMap { try Calls.contained(in: $0) }.max() ?? 0
    #expect(fills.status == 2)
    #expect(acknowledged > 0 && acknowledged < 1000)
    #expect(fills.errors.contains("Give it more, e.g. with --address-space 2T"))
    #expect(fills.errors.contains("\(acknowledged) events of it are in"))
    #expect(try sandbox.touchlog("verify").output.hasPrefix("\(acknowledged) events verified, all as written"))
    #expect(try sandbox.touchlog("append", "calls.ndjson", "--quiet").status == 0)
    #expect(try sandbox.touchlog("verify").output.hasPrefix("1,000 events verified, all as written"))
  }
}

/// A small file system, mounted at `small` in a sandbox for as long as a script runs.
struct FullDisk {
  let sandbox: Sandbox
  let outcome: Sandbox.Outcome

  init(on system: `Full disks`.FileSystem, calls: Int = 0, script: String) throws {
    sandbox = try Sandbox()
    try sandbox.write(Calls.text(0..<calls), to: "calls.ndjson")
    try FileManager.default.createDirectory(atPath: sandbox.path("small"), withIntermediateDirectories: false)
    let mounting =
      switch system {
      case .tmpfs: "mount -t tmpfs -o size=4m none small"
      case .ext4: "truncate -s 16M image && mkfs.ext4 -q -F -m 0 image && mount -o loop image small"
      }
    try sandbox.write("PATH=$PATH:/usr/sbin:/sbin\n{ \(mounting); } || exit 3\n\(script)\n", to: "script")
    outcome = try sandbox.run(
      "/bin/sh", ["-c", "exec unshare -m /bin/sh script"], variables: ["TOUCHLOG_STORE": "small/store"])
  }

  /// What a step of the script left.
  func step(_ name: String) throws -> Sandbox.Outcome {
    let status = try sandbox.read("\(name).status").trimmingCharacters(in: .whitespacesAndNewlines)
    return Sandbox.Outcome(
      status: try #require(Int32(status)), output: try sandbox.read("\(name).out"),
      errors: try sandbox.read("\(name).err"))
  }
}
