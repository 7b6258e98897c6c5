import ServiceConsistency
import Testing
import Touchlog
import TouchlogTesting

struct ServiceConsistencyLawTests {
  @Test func `however a log is cut and ordered, the rows are the same`() throws {
    let events = (0..<20).flatMap { Samples.call("pbx:\($0)", of: Samples.customer($0 % 5)) }
    try ProjectionSpec(ServiceConsistency.self).check(SampleLog(events), seed: 3)
  }
}
