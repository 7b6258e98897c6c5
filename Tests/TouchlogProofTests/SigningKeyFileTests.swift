import Foundation
import Testing
import TouchlogStore

@testable import TouchlogProof

@Suite struct `The file of a signing key` {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-\(UUID())").path

  private func inFolder(_ body: (String) throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try body(folder + "/keys/log.signing")
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test func `is its owner's alone, one line, and read again`() throws {
    try inFolder { path in
      let key = try SigningKey(WorkedExamples.signer)
      try key.write(to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == WorkedExamples.signer + "\n")
      let permissions = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(permissions == 0o600)
      #expect(try SigningKey(contentsOf: path).verifier == key.verifier)
      #expect(throws: StoreError.self, "nothing replaces it") { try key.write(to: path) }
    }
  }

  @Test func `is refused where others may read it, it is damaged, or it is missing`() throws {
    try inFolder { path in
      #expect(throws: ProofError.keyMissing(path: path)) { try SigningKey(contentsOf: path) }
      try SigningKey(WorkedExamples.signer).write(to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
      #expect(
        throws: ProofError.keyUnusable(
          path: path, reason: "others than its owner may read it. Mend that with: chmod 600 \(path)")
      ) { try SigningKey(contentsOf: path) }
      try Data((WorkedExamples.signer + "\n\n").utf8).write(to: URL(filePath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
      #expect(throws: ProofError.self) { try SigningKey(contentsOf: path) }
    }
  }
}
