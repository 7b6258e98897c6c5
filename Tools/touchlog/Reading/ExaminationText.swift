import JSON
import TouchlogStore

/// What an examination found, a paragraph for each finding: its grade, its name, what was found, and what to do.
struct ExaminationText {
  let text: String

  private static let gradeWidth = Examination.Grade.allCases.map(\.rawValue.count).max() ?? 0
  private static let nameWidth = Examination.Check.allCases.map { name(of: $0).count }.max() ?? 0

  /// - Parameter width: columns; lines are broken between words to fit in.
  init(_ examination: Examination, width: Int, hasColour: Bool) {
    let indent = ExaminationText.gradeWidth + ExaminationText.nameWidth + 4
    text = examination.findings.map { finding in
      let grade = finding.grade.rawValue.padded(to: ExaminationText.gradeWidth)
      let name = ExaminationText.name(of: finding.check).padded(to: ExaminationText.nameWidth)
      let start = finding.grade.ink.paint(grade, if: hasColour) + "  " + name + "  "
      let room = max(width - indent, 20)
      var lines = finding.found.inert.broken(into: room)
      for (index, line) in (finding.advice?.inert.broken(into: room - 2) ?? []).enumerated() {
        lines.append((index == 0 ? "→ " : "  ") + line)
      }
      return start + lines.joined(separator: "\n" + String(repeating: " ", count: indent)) + "\n"
    }.joined()
  }

  /// A check's name for people.
  static func name(of check: Examination.Check) -> String {
    switch check {
    case .fileSystem: "file system"
    case .freePages: "free pages"
    case .signingKey: "signing key"
    case .store, .versions, .permissions, .key, .vault, .writer, .readers, .size, .disk, .indexes, .clock:
      check.rawValue
    }
  }
}

extension Examination.Grade {
  fileprivate var ink: Ink {
    switch self {
    case .ok: .green
    case .notice: .yellow
    case .problem: .red
    }
  }
}

extension String {
  /// Lines of no more than so many characters, broken between words; a word that is longer has a line of its own.
  func broken(into width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

extension Examination {
  /// One JSON object.
  func json(of path: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("store", path)
      object.member("grade", grade.rawValue)
      object.key("findings")
      object.array { array in
        for finding in findings {
          array.object { object in
            object.member("check", finding.check.rawValue)
            object.member("grade", finding.grade.rawValue)
            object.member("found", finding.found)
            object.member("advice", finding.advice)
            object.key("figures")
            object.object { figures in
              for figure in finding.figures { figures.member(figure.name, figure.value) }
            }
          }
        }
      }
    }
    return writer.bytes
  }
}
