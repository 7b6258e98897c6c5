import Yams

extension MappingError {
  /// A text that is no YAML, told in one line; Yams' own words show the text as well, on several.
  init(unreadable error: any Error, in document: String) {
    let line: Int?
    let problem: String
    switch error as? YamlError {
    case .scanner(let context, let words, let mark, _), .parser(let context, let words, let mark, _),
      .composer(let context, let words, let mark, _):
      line = mark.line
      problem = [context?.description, words].compactMap { $0 }.joined(separator: " ")
    case .duplicatedKeysInMapping(let keys, let context):
      self.init(
        document: document, path: "", line: context.mark.line,
        problem: "expected each key once, found twice: " + keys.sorted().joined(separator: ", "))
      return
    case .reader(let words, _, _, _):
      line = nil
      problem = words
    default:
      line = nil
      problem = "\(error)"
    }
    // A key may stand in the words, with whatever is in it.
    let words = problem.unicodeScalars.split { $0.value < 0x20 || $0 == " " }.map { String($0) }.joined(separator: " ")
    self.init(document: document, path: "", line: line, problem: "expected YAML: " + words)
  }
}
