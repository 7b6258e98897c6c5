/// Why a text is not the JSON that was asked for: what was expected, what came, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, for code that decides by it.
  public enum Kind: Equatable, Sendable {
    /// No value at all: nothing, or white space only.
    case empty
    /// The text begins with a byte order mark, which RFC 8259 lets nobody add.
    case byteOrderMark
    /// More bytes than the parser was made for.
    case tooLarge
    /// Memory was short.
    case outOfMemory
    /// Bytes that are not UTF-8.
    case notUTF8
    /// A control character below U+0020 in a string, not escaped.
    case controlCharacter
    /// A string without its closing quote.
    case unclosedString
    /// A backslash that begins no escape of JSON.
    case escape
    /// A `\u` escape that is half of a surrogate pair.
    case loneSurrogate
    /// Digits that are not a number of JSON, such as `01`, `1.` or `+1`.
    case number
    /// A word other than `true`, `false` and `null`.
    case literal
    /// Arrays and objects nested beyond ``JSONParser/maximumDepth``.
    case tooDeep
    /// One key twice in one object, compared after unescaping.
    case duplicateKey
    /// A value, key, colon, comma, bracket or the end was expected, and something else came.
    case structure
  }

  /// What is wrong.
  public let kind: Kind
  /// The byte of the text at which it is wrong, counted from 0, where it is known.
  public let offset: Int?
  /// What was expected and what came, in words, without the offset.
  public let message: String

  /// - Parameters:
  ///   - kind: What is wrong.
  ///   - offset: The byte at which it is wrong, counted from 0, where it is known.
  ///   - message: What was expected and what came.
  public init(_ kind: Kind, at offset: Int? = nil, _ message: String) {
    self.kind = kind
    self.offset = offset
    self.message = message
  }

  /// The message and the place, as in "expected a value, found ']' at byte 7".
  public var description: String {
    offset.map { "\(message) at byte \($0)" } ?? message
  }
}
