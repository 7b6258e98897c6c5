import HTTPTypes
import Hummingbird
import HummingbirdCore
import Metrics
import NIOCore
import Touchlog
import TouchlogStore

/// What the service counts, through swift-metrics, and tells at `/metrics`.
struct ServiceFigures: Sendable {
  private let prometheus = PrometheusText()
  private let events: Counter
  private let duplicates: Counter
  private let acknowledged: Counter
  private let refusedRequests: Counter
  private let duration: Timer
  private let size: Recorder
  private let inFlight: Meter
  private let queued: Meter
  private let waiting: Meter
  private let subscriptions: Meter
  private let head: Meter
  private let file: Meter
  private let free: Meter
  private let readers: Meter
  private let oldestReader: Meter

  init() {
    let factory = prometheus
    events = Counter(label: "touchlog_appended_events_total", factory: factory)
    duplicates = Counter(label: "touchlog_duplicate_events_total", factory: factory)
    acknowledged = Counter(label: "touchlog_appends_total", dimensions: [("outcome", "acknowledged")], factory: factory)
    refusedRequests = Counter(label: "touchlog_appends_total", dimensions: [("outcome", "refused")], factory: factory)
    duration = Timer(label: "touchlog_append_duration_seconds", dimensions: [], factory: factory)
    size = Recorder(label: "touchlog_append_events", dimensions: [], aggregate: true, factory: factory)
    func meter(_ name: String) -> Meter { Meter(label: "touchlog_\(name)", factory: factory) }
    inFlight = meter("append_requests_in_flight")
    queued = meter("queued_events")
    waiting = meter("queued_requests_waiting")
    subscriptions = meter("subscriptions")
    head = meter("head")
    file = meter("file_bytes")
    free = meter("free_bytes")
    readers = meter("readers")
    oldestReader = meter("oldest_reader_commits")
  }

  func appended(_ receipt: Receipt, in time: Duration) {
    events.increment(by: receipt.appended)
    duplicates.increment(by: receipt.duplicates)
    acknowledged.increment()
    duration.recordNanoseconds(Int64(time / .nanoseconds(1)))
    size.record(receipt.positions.count)
  }

  func refused() { refusedRequests.increment() }
  func subscribed() { subscriptions.increment() }
  func unsubscribed() { subscriptions.decrement() }

  /// `GET /metrics`
  func answer(store: Store, gate: AppendGate, threads: WorkThreads) async throws -> Response {
    let gauges = try await threads.run { try store.gauges() }
    inFlight.set(gate.requests)
    queued.set(gauges.queuedEvents)
    waiting.set(gauges.queuedRequests)
    head.set(Int64(clamping: gauges.head.value))
    file.set(gauges.fileBytes)
    free.set(gauges.freeBytes)
    readers.set(gauges.readers)
    oldestReader.set(Int64(clamping: gauges.oldestReaderCommits))
    return Response(
      status: .ok, headers: [.contentType: PrometheusText.mediaType],
      body: ResponseBody(byteBuffer: ByteBuffer(string: prometheus.text)))
  }
}
