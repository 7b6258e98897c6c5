import Testing
import Touchlog

@Suite struct ReferenceTests {
  private static let normalForms = [
    ("crm:42", "crm:42"), ("CRM:42", "crm:42"), ("crm:A B", "crm:A B"), ("crm:a:b", "crm:a:b"), ("x:Å", "x:Å"),
    ("a+b-c.1:v", "a+b-c.1:v"), ("tel:+46701234567", "tel:+46701234567"),
    ("TEL:+46-70.123 (45) 67", "tel:+46701234567"),
    ("tel:+1234567", "tel:+1234567"), ("tel:+123456789012345", "tel:+123456789012345"),
    ("mailto:Anna@Example.SE", "mailto:Anna@example.se"), ("MailTo:a.b+c@d", "mailto:a.b+c@d"),
    ("mailto:a@BÜCHER.de", "mailto:a@bücher.de"), ("company:self", "company:self"), ("COMPANY:self", "company:self"),
    ("anon:call-1", "anon:call-1"), ("telegram:@anna", "telegram:@anna"),
  ]

  @Test(arguments: normalForms)
  func `a reference is brought into the normal form of its scheme`(text: String, normal: String) throws {
    let reference = try Reference(text)
    #expect(reference.text == normal)
    #expect(reference.description == normal)
    #expect(reference == Reference(normalised: normal))
    #expect("\(reference.scheme):\(reference.value)" == normal)
    #expect(try Reference(normal).text == normal, "normalising the normal form changes nothing")
  }

  /// The quick look at bytes may say no to what is normal, but never yes to what is not.
  @Test func `what looks normal is normal`() throws {
    func looksNormal(_ text: String) -> Bool {
      var text = text
      return text.withUTF8 { Reference.isNormal($0) }
    }
    for text in ["crm:42", "tel:+46701234567", "mailto:Anna@example.se", "anon:call-1", "telegram:@anna", "x2:y"] {
      #expect(looksNormal(text), "\(text) needs no second look")
    }
    var random = SeededRandom(seed: 11)
    let letters = Array("aAzZ09:+-._@<>?, ~!\u{7F}\u{1}åÅ".unicodeScalars)
    let beginnings = [
      "", "crm:", "tel:+4670", "tel:", "mailto:a@b", "mailto:", "number:", "company:self", "Crm:", "4x:",
    ]
    var normal = 0
    for _ in 0..<20_000 {
      var text = String.UnicodeScalarView(beginnings.randomElement(using: &random)!.unicodeScalars)
      for _ in 0..<Int.random(in: 0...8, using: &random) { text.append(letters.randomElement(using: &random)!) }
      let candidate = String(text)
      guard looksNormal(candidate) else { continue }
      normal += 1
      #expect(try Reference(candidate).text == candidate)
    }
    #expect(normal > 1000)
    #expect(
      !looksNormal("crm:" + String(repeating: "a", count: 477))
        && looksNormal("crm:" + String(repeating: "a", count: 476)))
  }

  private static let generic = "a reference scheme:value such as crm:42"
  private static let phone = "a number in E.164 such as tel:+46701234567"
  private static let mail = "an address such as mailto:anna@example.se"
  private static let refusals: [(String, String)] =
    ["", ":", ":42", "crm", "crm:", "4crm:42", "+a:1", "c rm:42", "crm_1:42", "çrm:42"].map { ($0, generic) }
    + [
      "tel:0701234567", "tel:46701234567", "tel:+", "tel:+123456", "tel:+1234567890123456", "tel:+0701234567",
      "tel:+46701234567;ext=1", "tel:+4670123456a", "tel: +46701234567", "tel:+46/701234567", "tel:+٤٦٧٠١٢٣٤٥٦٧",
      "tel:++46701234567",
    ].map { ($0, phone) }
    + [
      "mailto:anna", "mailto:@example.se", "mailto:anna@", "mailto:anna@.se", "mailto:anna@example.",
      "mailto:an na@example.se", "mailto:anna@example.se?subject=x", "mailto:<anna@example.se>", "mailto: a@b.se",
      "mailto:a@b.se ", "mailto:a\u{2003}@b.se",
    ].map { ($0, mail) }
    + ["crm: 42", "crm:42 ", "crm: ", "crm:\u{2003}42", "crm:42\u{3000}"].map {
      ($0, "no white space at either end of the value")
    }
    + ["number:17", "Number:x"].map { ($0, "a reference other than number:, which the log gives itself") }
    + ["company:other", "COMPANY:Self", "company:self2"].map { ($0, "company:self, the only one of that scheme") }
    + ["crm:a\u{0}", "crm:a\nb", "crm:\u{7F}", "crm:\u{85}", "tel:+4670\t1234567", "mailto:a@b\u{9F}.se"].map {
      ($0, "no control characters")
    }

  @Test(arguments: refusals)
  func `what is no reference is refused, with the field, what was expected and what came`(
    text: String, expected: String,
  ) {
    let error = #expect(throws: EventError.self) { try Reference(text, field: "data.other") }
    #expect(error?.field == "data.other")
    #expect(error?.expected == expected)
    #expect(error == EventError(field: "data.other", expected: expected, found: text))
  }

  @Test func `a reference has 480 bytes at most`() throws {
    let longest = "crm:" + String(repeating: "å", count: 238)
    #expect(longest.utf8.count == 480)
    #expect(try Reference(longest).text == longest)
    let error = #expect(throws: EventError.self) { try Reference(longest + "a") }
    #expect(error?.field == "subject")
    #expect(error?.expected == "480 bytes at most")
    #expect(error?.found?.contains("481 bytes") == true)
  }

  @Test func `stand-ins are anonymous, the company and references that tell are known`() throws {
    #expect(Reference.anonymous(interaction: "call 1").text == "anon:call 1")
    #expect(Reference.anonymous(source: "/pbx", id: "7").text == "anon:/pbx/id:7")
    #expect(Reference.anonymous(interaction: "a").isAnonymous)
    #expect(Reference.company.text == "company:self")
    #expect(try Reference("tel:+46701234567").isSensitive)
    #expect(try Reference("MAILTO:a@b.se").isSensitive)
    for text in ["crm:42", "telegram:x", "anon:x", "company:self"] { #expect(try !Reference(text).isSensitive) }
    #expect(try !Reference("anonymous:x").isAnonymous)
    #expect(Reference(normalised: "nothing").value.isEmpty)
  }

  @Test func `whatever is taken in has a normal form, which stays as it is and within the limit`() {
    var random = SeededRandom(seed: 164)
    let pieces = [
      "crm", "tel", "mailto", "company", "number", "TEL", "Mailto", ":", ":", "+", "46701234567", "0", "-", "(", ")",
      " ", "@", ".", "a", "Z", "é", "e\u{301}", "\u{301}", "İ", "Σ", "ẞ", "K", "\u{200D}", "😀", "?", ",", "self",
      "\u{A0}", "Ⱥ",
    ]
    var taken = 0
    for _ in 0..<20_000 {
      let scheme = ["", "", "crm:", "tel:+", "mailto:", "mailto:a@"].randomElement(using: &random) ?? ""
      let count = Int.random(in: 1...9, using: &random)
      let text = (0..<count).reduce(into: scheme) { text, _ in text += pieces.randomElement(using: &random) ?? "" }
      guard let normal = normalForm(of: text) else { continue }
      taken += 1
      #expect(normal.utf8.count <= Limits.nameBytes)
      #expect(normalForm(of: normal).map { Array($0.utf8) } == Array(normal.utf8), "\(text)")
    }
    #expect(taken > 1000)
  }

  private func normalForm(of text: String) -> String? {
    do throws(EventError) {
      return try Reference(text).text
    } catch {
      return nil
    }
  }

  @Test func `a mark that combines with the colon is part of the value`() throws {
    let marked = try Reference("CRM:\u{301}x")
    #expect(Array(marked.text.utf8) == Array("crm:\u{301}x".utf8))
    #expect(Array(marked.value.utf8) == Array("\u{301}x".utf8))
    #expect(marked.scheme == "crm")
    #expect(throws: EventError.self) { try Reference("tel:\u{301}+46701234567") }
    #expect(try Reference("mailto:\u{301}anna@example.se").isSensitive)
    #expect(try Array(Reference("mailto:a@\u{301}B").text.utf8) == Array("mailto:a@\u{301}b".utf8))
    for text in ["mailto:a?\u{301}@b.se", "mailto:a@.\u{301}se\u{301}.", "mailto:a\u{20}\u{301}@b.se"] {
      #expect(throws: EventError.self) { try Reference(text) }
    }
  }

  @Test func `references are the same when their bytes are`() throws {
    let composed = try Reference("crm:\u{E9}")
    let decomposed = try Reference("crm:e\u{301}")
    #expect(composed.text == decomposed.text, "equal as texts")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed, try Reference("CRM:\u{E9}")]).count == 2)
  }

  @Test func `the normal form too has 480 bytes at most`() throws {
    // Two bytes each as it came, three in lower case.
    let domain = String(repeating: "Ⱥ", count: 160)
    let error = #expect(throws: EventError.self) { try Reference("mailto:a@" + domain) }
    #expect(error?.expected == "480 bytes at most")
  }

  @Test(arguments: ["mailto:a@b.se,c@d.se", "mailto:a@b@c.se", "mailto:a,b@c.se"])
  func `several addresses are no reference to one customer`(text: String) {
    let error = #expect(throws: EventError.self) { try Reference(text) }
    #expect(error?.expected == "an address such as mailto:anna@example.se")
  }
}
