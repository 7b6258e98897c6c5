import Foundation
import Testing

/// Views, as `touchlog replay`, `rebuild` and `projections` have them.
@Suite struct `The command's views` {
  private func sandbox(events: Int) throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    _ = try sandbox.shell("touchlog simulate --events \(events) --seed 5 | touchlog append - --quiet")
    return sandbox
  }

  @Test func `a name that no projection has is no argument`() throws {
    let sandbox = try Sandbox.withStore()
    for arguments in ["replay", "rebuild", "projections --release"] {
      let outcome = try sandbox.shell("touchlog \(arguments) churn-rsk")
      #expect(outcome.status == 64)
      #expect(outcome.errors.hasPrefix("touchlog: there is no projection “churn-rsk”. There are: "))
    }
  }

  @Test func `a damaged view is told beside the others, and rebuilt`() throws {
    let sandbox = try sandbox(events: 2000)
    #expect(try sandbox.touchlog("replay", "--quiet").status == 0)
    let expected = try sandbox.touchlog("projections", "--digest").output
    let file = try #require(FileHandle(forUpdatingAtPath: sandbox.path("store/views/churn-risk-v1/data.mdb")))
    file.write(Data(repeating: 0xA5, count: 8192))
    file.closeFile()
    let told = try sandbox.touchlog("projections")
    #expect(told.status == 1)
    #expect(told.output.contains("  damaged     data.mdb is not an LMDB file"))
    #expect(told.output.contains("customer-timeline, version "))
    #expect(told.errors == "touchlog: 1 view cannot be read. Make anew: touchlog rebuild churn-risk\n")
    let replay = try sandbox.touchlog("replay")
    #expect(replay.status == 1 && replay.errors.contains("A view can always be made anew: touchlog rebuild"))
    let rebuilt = try sandbox.touchlog("rebuild", "churn-risk", "--quiet")
    #expect(rebuilt.status == 0 && rebuilt.output.contains("the view before could not be read: data.mdb is not"))
    #expect(try sandbox.touchlog("projections", "--digest").output == expected)
  }

  @Test func `a limit of address space is kept for views as well`() throws {
    let sandbox = try sandbox(events: 500)
    let limited = "ulimit -v 4000000; touchlog"
    #expect(try sandbox.shell("\(limited) replay --quiet").errors.contains("--address-space"))
    #expect(try sandbox.shell("\(limited) replay --quiet --address-space 64M").status == 0)
    #expect(try sandbox.shell("\(limited) projections --address-space 64M").status == 0)
  }

  @Test func `whoever reads a view is not kept from it while new ones take its place`() throws {
    let sandbox = try sandbox(events: 500)
    #expect(try sandbox.touchlog("replay", "--quiet").status == 0)
    let expected = try sandbox.touchlog("projections", "--digest").output
    let both = try sandbox.shell(
      """
      (for i in 1 2 3 4 5 6 7 8 9 10; do touchlog rebuild churn-risk -q >/dev/null || echo failed; done) &
      for i in 1 2 3 4 5 6 7 8 9 10 11 12; do touchlog projections --digest || echo failed; done; wait
      """)
    #expect(both.errors.isEmpty, "\(both.errors)")
    #expect(Set(both.output.split(separator: "\n")) == Set(expected.split(separator: "\n")))
  }
}
