import ArgumentParser
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which store a command is about.
struct StoreFolder: ParsableArguments {
  @Option(help: ArgumentHelp("The store. Default: $TOUCHLOG_STORE.", valueName: "folder"), completion: .directory)
  var store: String?

  /// The store's path.
  func path() throws -> String {
    if let store { return store }
    if let path = Variables["TOUCHLOG_STORE"] { return path }
    throw Failure("which store? Name it with --store, or set TOUCHLOG_STORE", .usage)
  }
}

/// What every command needs that opens a store.
struct StoreOptions: ParsableArguments {
  @OptionGroup var folder: StoreFolder

  @OptionGroup var opening: OpeningOptions

  /// The store's path.
  func path() throws -> String { try folder.path() }

  /// Opens the store.
  func open(_ access: Store.Access) throws -> Store {
    let path = try path()
    let options = opening.storeOptions
    let keyPath = try opening.keyPath(for: { () throws(StoreError) in try Store.id(at: path, options: options) })
    return try Store(opening: path, keyPath: keyPath, access: access, options: options)
  }
}

/// Where the key lies, and how much address space to reserve.
struct OpeningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file with the store's key. Default: $TOUCHLOG_KEY, else STORE-ID.key in ~/.config/touchlog/keys.",
      valueName: "file"), completion: .file())
  var key: String?

  @OptionGroup var space: AddressSpace

  var storeOptions: Store.Options { space.storeOptions }

  /// Where the key of a store lies; its id is only asked for when the answer depends on it.
  func keyPath(for id: () throws(StoreError) -> StoreID) throws -> String {
    if let key = key ?? Variables["TOUCHLOG_KEY"] { return key }
    return OpeningOptions.defaultKeyPath(for: try id(), in: try OpeningOptions.keysFolder())
  }

  static func defaultKeyPath(for id: StoreID, in folder: String) -> String { "\(folder)/\(id).key" }

  /// The XDG Base Directory Specification's place for settings.
  static func keysFolder() throws -> String {
    if let settings = Variables["XDG_CONFIG_HOME"], settings.hasPrefix("/") { return settings + "/touchlog/keys" }
    guard let home = Variables["HOME"] else {
      throw Failure("HOME is not set, so there is no place for the store's key. Name one with --key", .impossible)
    }
    return home + "/.config/touchlog/keys"
  }
}

/// How much address space a command reserves for a store.
struct AddressSpace: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How large the store may grow. Lower it where memory is limited by ulimit -v or a container. Default: 1T.",
      valueName: "size"))
  var addressSpace: ByteSize?

  var storeOptions: Store.Options {
    var options = Store.Options()
    if let addressSpace { options.addressSpace = addressSpace.bytes }
    return options
  }
}

/// The process's environment variables.
enum Variables {
  /// The variable's value; nil where it is not set, or empty.
  static subscript(name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
