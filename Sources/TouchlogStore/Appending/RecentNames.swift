import Touchlog

/// The numbers of names that were met lately, found without a lock: most events of a group have the same few names.
///
/// A small table that forgets: whoever falls on another's place takes it.
struct RecentNames {
  private var kept = [(text: String, number: NameNumber)?](repeating: nil, count: 256)

  subscript(text: String) -> NameNumber? {
    get {
      guard let known = kept[place(of: text)], known.text.hasSameBytes(as: text) else { return nil }
      return known.number
    }
    set { kept[place(of: text)] = newValue.map { (text, $0) } }
  }

  private func place(of text: String) -> Int {
    Int(truncatingIfNeeded: Hashing.text(text) % UInt64(kept.count))
  }
}
