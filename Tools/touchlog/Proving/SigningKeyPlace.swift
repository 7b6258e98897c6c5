import TouchlogProof
import TouchlogStore

/// Where a store's signing key lies: beside the store's key, under the same name with `.signing` for `.key`.
enum SigningKeyPlace {
  /// The path for a store whose key is at `keyPath`.
  static func path(beside keyPath: String) -> String {
    (keyPath.hasSuffix(".key") ? String(keyPath.dropLast(4)) : keyPath) + ".signing"
  }

  /// The origin of a store for which none was chosen.
  static func defaultOrigin(of id: StoreID) -> String { "\(defaultPrefix)\(id)" }

  private static let defaultPrefix = "touchlog/"

  /// A new key of a chosen name.
  static func newKey(named origin: String) throws -> SigningKey {
    do {
      return try SigningKey(named: origin)
    } catch {
      throw Failure("--origin: \(error)", .usage)
    }
  }

  /// A new key of a store for which no origin was chosen.
  static func newKey(of id: StoreID) -> SigningKey {
    do {
      return try SigningKey(named: defaultOrigin(of: id))
    } catch {
      preconditionFailure("hexadecimal digits name a key: \(error)")
    }
  }

  /// Refuses a key whose name says that it is another store's: two logs under one key contradict each other.
  static func check(_ key: SigningKey, at path: String, isOf id: StoreID) throws {
    let name = key.verifier.name
    guard name.hasPrefix(defaultPrefix), name.utf8.count == defaultOrigin(of: id).utf8.count,
      name != defaultOrigin(of: id)
    else { return }
    throw Failure("the signing key at \(path) is of another store, \(name), and this one is \(id)", .impossible)
  }
}

extension StoreOptions {
  /// Where the signing key of an opened store lies.
  func signingKeyPath(of store: Store) throws -> String {
    SigningKeyPlace.path(beside: try opening.keyPath(for: { () throws(StoreError) in store.id }))
  }

  /// The key with which the store signs.
  ///
  /// - Throws: `ProofError.keyMissing` and others; `Failure`, where it is another store's.
  func signingKey(of store: Store) throws -> SigningKey {
    let path = try signingKeyPath(of: store)
    let key = try SigningKey(contentsOf: path)
    try SigningKeyPlace.check(key, at: path, isOf: store.id)
    return key
  }
}
