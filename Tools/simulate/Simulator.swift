/// Writes a year of service of one company, on all channels, as CloudEvents 1.0, one JSON object a line.
///
/// The stream is in arrival order: `time` says when an event happened, its place when it came in. The same options
/// give the same bytes on every machine. What is planted in it, and should be found by anybody who analyses it,
/// stands in ``Truth``.
///
/// ```swift
/// let simulator = try Simulator(options: .init(events: 1_000_000, seed: 7))
/// try simulator.run { bytes in try output.write(bytes) }
/// ```
///
/// One run keeps the state of all customers (one per ``Truth/eventsPerCustomer`` events) and the events that are
/// planned but not yet due in memory: about 10 bytes per event asked for.
public struct Simulator: Sendable {
  /// What is simulated, checked.
  public let options: Options

  /// - Throws: ``OptionsError`` naming the first option that is out of range.
  public init(options: Options) throws(OptionsError) {
    try options.check()
    self.options = options
  }

  /// Simulates the year from its first day, handing over whole lines in chunks of about a megabyte.
  ///
  /// - Parameters:
  ///   - sink: takes the next bytes of the stream; the buffer is only valid during the call. What it throws stops
  ///     the run and is thrown on.
  ///   - progress: told the number of lines handed over so far, after each chunk.
  public func run(
    into sink: (UnsafeRawBufferPointer) throws -> Void,
    progress: ((Int) -> Void)? = nil,
  ) throws {
    var world = World(options: options)
    var arrivals = ArrivalOrder(options: options, year: world.year)
    var lines = LineBuffer()
    var left = options.events
    func handOver() throws {
      try lines.handOver(to: sink)
      progress?(options.events - left)
    }
    for day in 0..<Year.days where left > 0 {
      world.live(day: day)
      arrivals.receive(world.takeEvents(of: day), onDay: day, mayBeLate: true)
      while day == Year.days - 1, arrivals.count(onDay: day) < left {
        // The year must end with exactly the lines asked for: more contacts on its last evening, none of them late.
        world.addContacts(atLeast: left - arrivals.count(onDay: day), onDay: day)
        arrivals.receive(world.takeEvents(of: day), onDay: day, mayBeLate: false)
      }
      for event in arrivals.takeInOrder(day: day).prefix(left) {
        lines.write(event)
        left -= 1
        if lines.isFull { try handOver() }
      }
    }
    precondition(left == 0, "the last day is topped up until the stream is complete")
    try handOver()
  }
}
