import Touchlog

// What needs to know the person: repeats.
extension Walk {
  private var window: Int64 { Int64(plan.parameters.repeatWindowDays) * 86_400_000_000 }

  /// Counts a person's contacts, which lie in order in `contacts`.
  mutating func addPerson(_ places: Range<Int>) {
    nextPerson()
    for index in places {
      let contact = contacts[index]
      countPerson(contact)
      guard contact.isAnchor, contact.cell >= 0 else { continue }
      let last = contact.ended + window
      // The end of the log hides what comes after it.
      if last > plan.end.microseconds { continue }
      let next = further(contact, index + 1..<places.upperBound, through: last)
      add(contact, isRepeated: next != nil, isElsewhere: next.map { $0 != contact.channel } ?? false)
    }
  }

  /// The channel of the first further contact on the same topic, or of the reopening; nil where there is none.
  private func further(_ contact: Contact, _ later: Range<Int>, through last: Int64) -> UInt8? {
    var found: UInt8?
    var limit = last
    if contact.reopened <= last {
      found = contact.reopenedChannel
      limit = contact.reopened
    }
    for index in later {
      let other = contacts[index]
      if other.began > limit { break }
      if other.isInbound, other.topic == contact.topic { return other.channel }
    }
    return found
  }

  private mutating func add(_ contact: Contact, isRepeated: Bool, isElsewhere: Bool) {
    let cell = Int(contact.cell)
    table[cell].shares[ServiceFigure.firstContactResolved.place].add(!isRepeated)
    table[cell].shares[ServiceFigure.repeated.place].add(isRepeated)
    table[cell].shares[ServiceFigure.repeatedElsewhere.place].add(isElsewhere)
    guard plan.asked != nil else { return }
    note(.firstContactResolved, cell, contact.customer, contact.thing, contact.position, isCase: !isRepeated)
    note(.repeated, cell, contact.customer, contact.thing, contact.position, isCase: isRepeated)
    note(.repeatedElsewhere, cell, contact.customer, contact.thing, contact.position, isCase: isElsewhere)
  }

  /// Counts a contact of nobody by name: it would be asked whether it was repeated, and cannot answer.
  mutating func addUnknown(_ contact: Contact) {
    guard contact.isAnchor, contact.cell >= 0, contact.ended + window <= plan.end.microseconds else { return }
    let cell = Int(contact.cell)
    for figure in [ServiceFigure.firstContactResolved, .repeated, .repeatedElsewhere] {
      table[cell].shares[figure.place].considered += 1
    }
  }
}
