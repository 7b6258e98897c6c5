extension RowValue {
  /// A column for each stored property, by its name, read from its place in the row.
  ///
  /// `Timestamp`, `NameNumber`, `CustomerNumber`, `Position`, Booleans and integers are shown as what they are; an
  /// enumeration as its number; a structure as its own properties, `outer_inner`. A `UInt64` above `Int64.max` is shown
  /// as the negative number with the same bits. A property `fill`, and what is of another type, is not shown.
  public static var columns: [RowColumn<Self>] {
    StoredProperties(of: Self()).columns.map { column in
      RowColumn(column.name, column.kind) { value in withUnsafeBytes(of: value) { column.read($0) } }
    }
  }
}

/// The stored properties of a structure of plain bytes, found once by reflection.
private struct StoredProperties {
  /// A property, and how it is read from the structure's bytes.
  struct Property {
    let name: String
    let kind: RowField.Kind
    let read: @Sendable (UnsafeRawBufferPointer) -> RowField
  }

  private(set) var columns: [Property] = []

  init(of value: Any) {
    add(Mirror(reflecting: value), prefix: "", at: 0)
  }

  /// Properties lie in the order of their declaration, each at the next multiple of its alignment.
  private mutating func add(_ mirror: Mirror, prefix: String, at start: Int) {
    var offset = start
    for child in mirror.children {
      let (size, alignment) = StoredProperties.layout(of: child.value)
      offset = (offset + alignment - 1) / alignment * alignment
      let label = child.label.map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 } ?? "value"
      if label != "fill" { add(child.value, named: prefix + label, at: offset, size: size) }
      offset += size
    }
  }

  private mutating func add(_ value: Any, named name: String, at offset: Int, size: Int) {
    func add<Stored: BitwiseCopyable>(
      _ kind: RowField.Kind, _ type: Stored.Type, _ read: @escaping @Sendable (Stored) -> RowField,
    ) {
      columns.append(Property(name: name, kind: kind) { read($0.loadUnaligned(fromByteOffset: offset, as: type)) })
    }
    switch value {
    case is Timestamp: add(.time, Timestamp.self) { .time($0) }
    case is NameNumber: add(.name, NameNumber.self) { .name($0) }
    case is CustomerNumber: add(.customer, CustomerNumber.self) { .customer($0) }
    case is Position: add(.integer, Position.self) { .integer(Int64(bitPattern: $0.value)) }
    case is Int64, is Int: add(.integer, Int64.self) { .integer($0) }
    case is Int32: add(.integer, Int32.self) { .integer(Int64($0)) }
    case is Int16: add(.integer, Int16.self) { .integer(Int64($0)) }
    case is Int8: add(.integer, Int8.self) { .integer(Int64($0)) }
    default:
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle == .struct || mirror.displayStyle == .tuple, !mirror.children.isEmpty {
        return self.add(mirror, prefix: name + "_", at: offset)
      }
      switch size {
      case 8: add(.integer, UInt64.self) { .integer(Int64(bitPattern: $0)) }
      case 4: add(.integer, UInt32.self) { .integer(Int64($0)) }
      case 2: add(.integer, UInt16.self) { .integer(Int64($0)) }
      case 1: add(.integer, UInt8.self) { .integer(Int64($0)) }
      default: break
      }
    }
  }

  private static func layout(of value: Any) -> (size: Int, alignment: Int) {
    func layout<Stored>(_ value: Stored) -> (size: Int, alignment: Int) {
      (MemoryLayout<Stored>.size, MemoryLayout<Stored>.alignment)
    }
    return _openExistential(value, do: layout)
  }
}
