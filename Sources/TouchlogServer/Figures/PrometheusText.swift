import CoreMetrics
import Synchronization

/// Keeps metrics in memory, and tells them in Prometheus' text format (version 0.0.4,
/// https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// Names are used as they come: the service gives names that Prometheus takes. Timers become histograms in seconds.
final class PrometheusText: MetricsFactory, Sendable {
  static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  private let metrics: Mutex<[String: any PrometheusMetric]> = Mutex([:])

  /// All metrics, by name.
  var text: String {
    let all = metrics.withLock { $0 }
    var text = ""
    var family = ""
    for (name, metric) in all.sorted(by: { $0.key < $1.key }) {
      let own = String(name.prefix { $0 != "{" })
      if own != family {
        text += "# TYPE \(own) \(metric.kind)\n"
        family = own
      }
      text += metric.lines(name: own, labels: String(name.dropFirst(own.count)))
    }
    return text
  }

  private func metric<Metric: PrometheusMetric>(
    _ label: String, _ dimensions: [(String, String)], _ make: () -> Metric,
  ) -> Metric {
    let labels = dimensions.map { "\($0)=\"\(PrometheusText.escaped($1))\"" }.joined(separator: ",")
    let name = label + (labels.isEmpty ? "" : "{\(labels)}")
    return metrics.withLock { metrics in
      if let metric = metrics[name] as? Metric { return metric }
      let metric = make()
      metrics[name] = metric
      return metric
    }
  }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += #"\\"#
      case "\"": text += #"\""#
      case "\n": text += #"\n"#
      default: text.append(character)
      }
    }
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    metric(label, dimensions) { PrometheusNumber(kind: "counter") }
  }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    metric(label, dimensions) { PrometheusNumber(kind: "gauge") }
  }

  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    aggregate
      ? metric(label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.counts) }
      : metric(label, dimensions) { PrometheusNumber(kind: "gauge") }
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    metric(label, dimensions) { PrometheusHistogram(bounds: PrometheusHistogram.seconds) }
  }

  func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  private func remove(_ handler: AnyObject) {
    metrics.withLock { metrics in metrics = metrics.filter { $0.value !== handler } }
  }
}

/// A metric that can be told.
protocol PrometheusMetric: AnyObject, Sendable {
  var kind: String { get }
  func lines(name: String, labels: String) -> String
}

/// A number that is counted up, or set.
final class PrometheusNumber: PrometheusMetric, CounterHandler, MeterHandler, RecorderHandler {
  let kind: String
  private let value = Mutex(0.0)

  init(kind: String) {
    self.kind = kind
  }

  func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func set(_ new: Int64) { value.withLock { $0 = Double(new) } }
  func set(_ new: Double) { value.withLock { $0 = new } }
  func record(_ new: Int64) { set(new) }
  func record(_ new: Double) { set(new) }
  func reset() { set(0.0) }

  func lines(name: String, labels: String) -> String {
    "\(name)\(labels) \(PrometheusHistogram.text(value.withLock { $0 }))\n"
  }
}

/// How often values were in which bounds.
final class PrometheusHistogram: PrometheusMetric, RecorderHandler, TimerHandler {
  private struct State {
    var counts: [Int]
    var sum = 0.0
  }

  /// From a tenth of a millisecond to ten seconds.
  static let seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  /// From one to the most events that an append may have.
  static let counts = [1.0, 10, 100, 1000, 10_000, 100_000]

  let kind = "histogram"
  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    // The last is what lies beyond all bounds.
    state = Mutex(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
    }
  }

  func lines(name: String, labels: String) -> String {
    let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
    let others = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
    var text = ""
    var total = 0
    for (bound, count) in zip(bounds.map(PrometheusHistogram.text) + ["+Inf"], counts) {
      total += count
      text += "\(name)_bucket{\(others)le=\"\(bound)\"} \(total)\n"
    }
    return text + "\(name)_sum\(labels) \(PrometheusHistogram.text(sum))\n\(name)_count\(labels) \(total)\n"
  }

  /// Whole numbers without a fraction.
  static func text(_ value: Double) -> String {
    Int64(exactly: value).map(String.init) ?? value.description
  }
}
