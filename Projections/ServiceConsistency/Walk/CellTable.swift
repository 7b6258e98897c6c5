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
  private(set) var cells: ContiguousArray<Cell> = []
  /// Of each cell.
  private(set) var keys: ContiguousArray<(group: GroupKey, period: Int)> = []
  /// The cells of each group, in the order in which groups came.
  private var periods: ContiguousArray<Periods> = []
  private var groupOfFirst: ContiguousArray<Int32> = []
  private var groupOfBoth: [UInt64: Int32] = [:]

  /// The places of one group's cells: of the period `first` and those after it, -1 where there is none yet.
  private struct Periods: Sendable {
    var first = 0
    var places: ContiguousArray<Int32> = []
  }

  /// The place of a cell.
  @inline(__always)
  mutating func place(_ group: GroupKey, _ period: Int) -> Int {
    let index = self.index(of: group)
    let offset = period - periods[index].first
    if offset >= 0, offset < periods[index].places.count {
      let place = periods[index].places[offset]
      if place >= 0 { return Int(place) }
    }
    return add(group, period, index)
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
    let index = Int32(periods.count)
    periods.append(Periods())
    groupOfBoth[both] = index
    if group.second == 0 {
      while groupOfFirst.count <= Int(group.first) { groupOfFirst.append(-1) }
      groupOfFirst[Int(group.first)] = index
    }
    return Int(index)
  }

  @inline(never)
  private mutating func add(_ group: GroupKey, _ period: Int, _ index: Int) -> Int {
    if periods[index].places.isEmpty { periods[index].first = period }
    let before = periods[index].first - period
    if before > 0 {
      periods[index].places.insert(contentsOf: repeatElement(-1, count: before), at: 0)
      periods[index].first = period
    }
    let offset = period - periods[index].first
    while periods[index].places.count <= offset { periods[index].places.append(-1) }
    periods[index].places[offset] = Int32(cells.count)
    cells.append(Cell())
    keys.append((group, period))
    return cells.count - 1
  }
}
