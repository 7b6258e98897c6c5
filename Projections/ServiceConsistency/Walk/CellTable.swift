/// What a group has in common: a channel's raw value, or the number of a name plus one; 0 where it is not stated.
struct GroupKey: Hashable, Comparable, Sendable {
  var first: UInt32
  /// Of the second dimension; 0 without one.
  var second: UInt32 = 0

  static func < (left: GroupKey, right: GroupKey) -> Bool {
    (left.first, left.second) < (right.first, right.second)
  }
}

/// Cells by group and period, found through arrays and made when they are first needed.
struct CellTable: Sendable {
  let periodCount: Int
  private(set) var cells: ContiguousArray<Cell> = []
  /// Of each cell.
  private(set) var keys: ContiguousArray<(group: GroupKey, period: Int)> = []
  /// Groups in the order in which they came.
  private var groups: ContiguousArray<GroupKey> = []
  private var groupOfFirst: ContiguousArray<Int32> = []
  private var groupOfBoth: [UInt64: Int32] = [:]
  private var cellOfPlace: ContiguousArray<Int32> = []

  init(periodCount: Int) {
    self.periodCount = periodCount
  }

  /// The place of a cell.
  @inline(__always)
  mutating func place(_ group: GroupKey, _ period: Int) -> Int {
    let index = self.index(of: group) * periodCount + period
    let cell = cellOfPlace[index]
    return cell >= 0 ? Int(cell) : add(group, period, index)
  }

  /// Changes a cell where it lies.
  subscript(place: Int) -> Cell {
    @inline(__always)
    _read { yield cells[place] }
    @inline(__always)
    _modify { yield &cells[place] }
  }

  @inline(__always)
  private mutating func index(of group: GroupKey) -> Int {
    if group.second == 0, Int(group.first) < groupOfFirst.count {
      let index = groupOfFirst[Int(group.first)]
      if index >= 0 { return Int(index) }
    }
    return addGroup(group)
  }

  @inline(never)
  private mutating func addGroup(_ group: GroupKey) -> Int {
    let both = UInt64(group.first) << 32 | UInt64(group.second)
    if let index = groupOfBoth[both] { return Int(index) }
    let index = Int32(groups.count)
    groups.append(group)
    groupOfBoth[both] = index
    cellOfPlace.append(contentsOf: repeatElement(-1, count: periodCount))
    if group.second == 0 {
      while groupOfFirst.count <= Int(group.first) { groupOfFirst.append(-1) }
      groupOfFirst[Int(group.first)] = index
    }
    return Int(index)
  }

  @inline(never)
  private mutating func add(_ group: GroupKey, _ period: Int, _ index: Int) -> Int {
    cellOfPlace[index] = Int32(cells.count)
    cells.append(Cell())
    keys.append((group, period))
    return cells.count - 1
  }

  mutating func merge(_ other: CellTable) {
    for (key, cell) in zip(other.keys, other.cells) { self[place(key.group, key.period)].merge(cell) }
  }
}
