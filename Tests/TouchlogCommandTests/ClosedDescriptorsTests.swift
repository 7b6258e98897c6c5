import Testing

/// Commands whose standard input, output or errors were closed by whoever started them.
@Suite struct `Closed descriptors` {
  @Test func `output that nobody can take is told, and never goes to a file that got its number`() throws {
    let sandbox = try ErasureWorld.made()
    let printed = try sandbox.shell("touchlog checkpoint >&-")
    #expect(printed.status == 2, "\(printed)")
    #expect(printed.errors == "touchlog: writing to standard output: Bad file descriptor\n")
    // It waits for readers between two writes, and with that the system's library opens descriptors of its own.
    let erased = try sandbox.shell("touchlog erase crm:42 --reason r --yes --quiet >&-")
    #expect(erased.status == 1, "\(erased)")
    let words = "erased, but the receipt could not be written: writing to standard output: Bad file descriptor. "
    #expect(erased.errors.contains(words), "\(erased.errors)")
    let again = try sandbox.touchlog("erase", "number:0")
    #expect(again.status == 0 && again.output.contains("\ncustomer 0 erased at 6\n"), "\(again)")
  }

  @Test func `with all three closed the store is written as ever`() throws {
    let sandbox = try ErasureWorld.made()
    #expect(try sandbox.shell("touchlog erase crm:42 --reason r --yes <&- >&- 2>&-").status == 1)
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 1)
    #expect(try sandbox.touchlog("verify").status == 0)
    let read = try sandbox.shell("touchlog append - <&-")
    #expect(read.status == 2 && read.errors == "touchlog: reading standard input: Bad file descriptor\n", "\(read)")
  }
}
