import JSON
import Touchlog
import TouchlogStore

/// Statistics as a page of tables.
struct StatisticsText {
  let text: String

  init(_ statistics: StoreStatistics, store: Store, terminal: Terminal) {
    let hasColour = terminal.hasColour
    func time(_ time: Timestamp?) -> String { time?.rfc3339 ?? "-" }
    var text = StatisticsText.table(
      [
        ["store", store.path],
        ["id", "\(store.id)"],
        ["events", statistics.head.value.grouped],
        ["customers", statistics.customers.grouped],
        ["anonymous", statistics.anonymous.grouped],
        ["erased", statistics.erased.grouped],
        ["interactions", statistics.interactions.grouped],
        ["happened", "\(time(statistics.firstOccurred)) to \(time(statistics.lastOccurred))"],
        ["recorded", "\(time(statistics.firstRecorded)) to \(time(statistics.lastRecorded))"],
        ["size", "\(statistics.fileBytes.byteSize), of which \(statistics.freeBytes.byteSize) free"],
        ["readers", statistics.readers.grouped],
      ], title: nil, hasColour: hasColour)
    if !statistics.channels.isEmpty {
      text += StatisticsText.table(
        statistics.channels.map { [$0.channel?.name ?? "(none)", $0.events.grouped, $0.interactions.grouped] },
        title: ["channel", "events", "interactions"], hasColour: hasColour)
    }
    if !statistics.types.isEmpty {
      text += StatisticsText.table(
        statistics.types.map { [$0.type.inert, $0.events.grouped] }, title: ["type", "events"], hasColour: hasColour)
    }
    text += StatisticsText.table(
      statistics.tables.map { [$0.name, $0.entries.grouped, $0.bytes.byteSize] }, title: ["table", "entries", "size"],
      hasColour: hasColour)
    self.text = text
  }

  /// Columns as wide as they need to be. Under a title, all but the first are figures, and stand to the right.
  private static func table(_ rows: [[String]], title: [String]?, hasColour: Bool) -> String {
    let all = (title.map { [$0] } ?? []) + rows
    let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      let cells = row.enumerated().map { column, cell in
        if column == 0 { return cell.padded(to: widths[0]) }
        return title == nil ? cell : cell.leftPadded(to: widths[column])
      }
      return cells.joined(separator: "  ")
    }
    var text = ""
    if let title { text += "\n" + Ink.strong.paint(line(title), if: hasColour) + "\n" }
    for row in rows { text += line(row) + "\n" }
    return text
  }
}

extension StoreStatistics {
  /// One JSON object.
  func json(of store: Store) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("store", store.path)
      object.member("id", "\(store.id)")
      object.member("head", head.value)
      object.member("customers", customers)
      object.member("anonymous", anonymous)
      object.member("erased", erased)
      object.member("interactions", interactions)
      object.member("firstOccurred", firstOccurred)
      object.member("lastOccurred", lastOccurred)
      object.member("firstRecorded", firstRecorded)
      object.member("lastRecorded", lastRecorded)
      object.key("channels")
      object.array { array in
        for row in channels {
          array.object { object in
            object.member("channel", row.channel?.name)
            object.member("events", row.events)
            object.member("interactions", row.interactions)
          }
        }
      }
      object.key("types")
      object.array { array in
        for row in types {
          array.object { object in
            object.member("type", row.type)
            object.member("events", row.events)
          }
        }
      }
      object.key("tables")
      object.array { array in
        for row in tables {
          array.object { object in
            object.member("table", row.name)
            object.member("entries", row.entries)
            object.member("bytes", row.bytes)
          }
        }
      }
      object.member("fileBytes", fileBytes)
      object.member("freeBytes", freeBytes)
      object.member("readers", readers)
    }
    return writer.bytes
  }
}
