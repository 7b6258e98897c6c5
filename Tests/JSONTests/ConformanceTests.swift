import JSON
import Testing

/// JSONTestSuite (Nicolas Seriot): `y_` must be accepted, `n_` must not, `i_` is for us to decide.
@Suite(.enabled(if: TestSuite.isPresent, "JSONTestSuite is not in ../shared/data/json"))
struct `JSONTestSuite` {
  @Test func `what must be accepted is, but for keys that come twice`() throws {
    let names = try TestSuite.names("y_")
    #expect(names.count > 90)
    for name in names {
      let refused = refusal(of: try TestSuite.read(name))
      let isDuplicate = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"].contains(name)
      #expect(refused?.kind == (isDuplicate ? .duplicateKey : nil), "\(name): \(String(describing: refused))")
    }
  }

  @Test func `what must be refused is, with a place`() throws {
    let names = try TestSuite.names("n_")
    #expect(names.count > 180)
    for name in names {
      let text = try TestSuite.read(name)
      let refused = refusal(of: text)
      let offset = try #require(refused?.offset, "\(name)")
      #expect((0...text.count).contains(offset), "\(name)")
    }
  }

  @Test func `what is left to us is decided as listed`() throws {
    let names = try TestSuite.names("i_")
    #expect(Set(names) == Set(Self.decisions.keys))
    for name in names {
      let refused = refusal(of: try TestSuite.read(name))
      #expect(refused?.kind == Self.decisions[name] ?? nil, "\(name): \(String(describing: refused))")
    }
  }

  /// `nil`: accepted. Numbers are text of any size; strings are valid Unicode or refused.
  static let decisions: [String: JSONError.Kind?] = [
    "i_number_double_huge_neg_exp.json": nil,
    "i_number_huge_exp.json": nil,
    "i_number_neg_int_huge_exp.json": nil,
    "i_number_pos_double_huge_exp.json": nil,
    "i_number_real_neg_overflow.json": nil,
    "i_number_real_pos_overflow.json": nil,
    "i_number_real_underflow.json": nil,
    "i_number_too_big_neg_int.json": nil,
    "i_number_too_big_pos_int.json": nil,
    "i_number_very_big_negative_int.json": nil,
    "i_object_key_lone_2nd_surrogate.json": .loneSurrogate,
    "i_string_1st_surrogate_but_2nd_missing.json": .loneSurrogate,
    "i_string_1st_valid_surrogate_2nd_invalid.json": .loneSurrogate,
    "i_string_UTF-16LE_with_BOM.json": .notUTF8,
    "i_string_UTF-8_invalid_sequence.json": .notUTF8,
    "i_string_UTF8_surrogate_U+D800.json": .notUTF8,
    "i_string_incomplete_surrogate_and_escape_valid.json": .loneSurrogate,
    "i_string_incomplete_surrogate_pair.json": .loneSurrogate,
    "i_string_incomplete_surrogates_escape_valid.json": .loneSurrogate,
    "i_string_invalid_lonely_surrogate.json": .loneSurrogate,
    "i_string_invalid_surrogate.json": .loneSurrogate,
    "i_string_invalid_utf-8.json": .notUTF8,
    "i_string_inverted_surrogates_U+1D11E.json": .loneSurrogate,
    "i_string_iso_latin_1.json": .notUTF8,
    "i_string_lone_second_surrogate.json": .loneSurrogate,
    "i_string_lone_utf8_continuation_byte.json": .notUTF8,
    "i_string_not_in_unicode_range.json": .notUTF8,
    "i_string_overlong_sequence_2_bytes.json": .notUTF8,
    "i_string_overlong_sequence_6_bytes.json": .notUTF8,
    "i_string_overlong_sequence_6_bytes_null.json": .notUTF8,
    "i_string_truncated-utf-8.json": .notUTF8,
    "i_string_utf16BE_no_BOM.json": .notUTF8,
    "i_string_utf16LE_no_BOM.json": .notUTF8,
    "i_structure_500_nested_arrays.json": .tooDeep,
    "i_structure_UTF-8_BOM_empty_object.json": .byteOrderMark,
  ]
}
