import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Customers of a store who will be erased, and what nobody may find of them then. Each has three events.
struct ErasableCustomers {
  struct Customer {
    let number: CustomerNumber
    let reference: Reference
    /// The reference's value, the data key, and that key as it lies in the vault.
    let secrets: [Data]
  }

  let customers: [Customer]

  private static func reference(_ index: Int) -> Reference { Reference(normalised: "crm:somebody-\(index)-of-many") }

  /// Three events for each of so many customers.
  static func events(of count: Int) throws -> [Event] {
    let time = try #require(Timestamp(rfc3339: "2025-03-01T09:00:00Z"))
    return (0..<count * 3).map { number in
      Event(
        id: "e\(number)", source: "/pbx", type: "contact.started", occurredAt: time,
        subject: reference(number % count), channel: .phone, interaction: "call-\(number)",
        data: ["direction": "inbound"])
    }
  }

  /// The customers of those events, in a store that has them.
  init(in store: Store, count: Int) throws {
    customers = try (0..<count).map { index in
      let reference = Self.reference(index)
      return try store.log.read { _, vault, transaction in
        let number = try #require(try vault.number(of: reference, in: transaction))
        let known = try #require(try vault.customer(number, in: transaction))
        let row = try #require(try transaction.unsafeGet(number.value, from: vault.contents.customers))
        return Customer(
          number: number, reference: reference,
          secrets: [
            Data(reference.value.utf8), known.dataKey.secret.withUnsafeBytes { Data($0) }, Data(row[4..<64]),
          ])
      }
    }
  }

  /// In which files of a folder what may not be found is.
  func places(of customer: Customer, in folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
      guard !isFolder.boolValue else { return false }
      let bytes = try Data(contentsOf: URL(filePath: folder + "/" + name))
      return customer.secrets.contains { bytes.range(of: $0) != nil }
    }
  }

  /// Opens a store as the next process that appends does, and sees that each customer is whole or gone.
  ///
  /// - Returns: who is gone.
  func checkEachIsWholeOrGone(
    at path: String, keyPath: String, _ note: Comment,
  ) throws -> Set<CustomerNumber> {
    var options = Store.Options()
    options.addressSpace = 1 << 28
    let store = try Store(opening: path, keyPath: keyPath, access: .appending, options: options)
    #expect(try store.verify().damages == [], note)
    let hasList = FileManager.default.fileExists(atPath: store.erasureListPath)
    let list = hasList ? try ErasureList(contentsOf: store.erasureListPath) : ErasureList()
    #expect(Set(list.lines.map(\.customer)).count == list.lines.count, note)
    var erased: Set<CustomerNumber> = []
    for customer in customers {
      let stream = try store.events(Query(customer: Reference(normalised: customer.number.description)))
      let line = list.lines.first { $0.customer == customer.number }
      if let erasure = try store.erasure(of: customer.number) {
        erased.insert(customer.number)
        #expect(stream.count == 4 && stream.allSatisfy(\.isErased), note)
        #expect(stream.last?.event.type == "customer.erased" && stream.last?.position == erasure.position, note)
        #expect(line?.position == erasure.position && line?.recordedAt == erasure.recordedAt, note)
        #expect(try store.number(of: customer.reference) == nil, note)
        #expect(try places(of: customer, in: path) == [], note)
      } else {
        #expect(stream.count == 3 && stream.allSatisfy { !$0.isErased && $0.event.data != nil }, note)
        #expect(line == nil, note)
        #expect(try store.number(of: customer.reference) == customer.number, note)
      }
    }
    try store.close()
    return erased
  }
}
