import JSON
import ServiceConsistency
import Statistics
import Touchlog

extension ServiceReport {
  /// The report as one JSON object. Lengths are in seconds. What is not known is left out.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member(provenance)
      object.member(parameters)
      object.member("interactions", interactions)
      object.member("events", events)
      object.member("identified", identified)
      object.member("ofSeveralPersons", ofSeveralPersons)
      object.member("contradictions", contradictions)
      object.member("links", links)
      object.key("rows")
      object.array { for row in rows { row.write(to: &$0) } }
    }
    return writer.bytes
  }
}

extension ServiceReport.Row {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("period", periodLabel.isEmpty ? nil : periodLabel)
      object.member("group", group.title)
      object.member("interactions", interactions)
      object.member("events", events)
      object.member("persons", persons)
      object.member("returning", returning)
      object.member("identified", identified.value)
      object.key("clocks")
      object.object { for clock in clocks where clock.elapsed.count > 0 { clock.write(to: &$0) } }
      object.key("shares")
      object.object { for share in shares where share.share.cases > 0 { share.write(to: &$0) } }
      object.key("opinions")
      object.object { object in
        for opinion in opinions where opinion.given.answers + opinion.believed.answers > 0 {
          object.key(opinion.figure.rawValue)
          object.object {
            opinion.given.write("given", to: &$0)
            if opinion.believed.answers > 0 { opinion.believed.write("believed", to: &$0) }
          }
        }
      }
      object.key("standards")
      object.array { for attainment in attainments { attainment.write(to: &$0) } }
    }
  }
}

extension ServiceReport.Clock {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.key(figure.rawValue)
    writer.object { object in
      object.member("elapsed", elapsed)
      if let business { object.member("business", business) }
    }
  }
}

extension ServiceReport.ShareFigure {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.key(figure.rawValue)
    writer.object { object in
      object.member(share, interval)
      object.member("coverage", coverage?.value)
    }
  }
}

extension ServiceReport.Score {
  fileprivate func write(_ name: String, to writer: inout JSONWriter) {
    writer.key(name)
    writer.object { object in
      object.member("answers", answers)
      object.member("value", value)
      object.member(interval)
      object.member("mean", mean)
    }
  }
}

extension ServiceReport.Attainment {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("standard", standard)
      object.member("metric", figure.rawValue)
      object.member("channel", channel?.name)
      object.member(share, interval)
      object.key("thresholdsSeconds")
      object.array { for threshold in thresholdsSeconds { $0.double(threshold) } }
      object.member("target", target)
    }
  }
}

extension ServiceEvidence {
  func write(to writer: inout JSONWriter, customer: String) {
    writer.object { object in
      object.member("position", position.value)
      object.member("customer", customer)
      if let counts { object.member("counts", counts) }
      object.member("seconds", microseconds.map { Double($0) / 1e6 })
    }
  }
}

extension ConsistencyReport {
  /// The report as one JSON object. What is not known is left out.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member(provenance)
      object.member(parameters)
      object.key("nelsonRules")
      object.array { for rule in rules { $0.integer(rule.rawValue) } }
      object.member("interactions", interactions)
      object.member("identified", identified)
      object.member("sentence", sentence)
      object.key("comparisons")
      object.array { for comparison in comparisons { comparison.write(to: &$0) } }
      if let experience {
        object.key("experience")
        object.object { object in
          object.member("correlation", experience.value)
          object.member(experience.interval)
          object.member("persons", experience.groups)
          object.member("measurements", experience.measurements)
        }
      }
      object.key("charts")
      object.array { for chart in charts { write(chart, to: &$0) } }
    }
    return writer.bytes
  }

  private func write(_ chart: Chart, to writer: inout JSONWriter) {
    writer.object { object in
      object.member("channel", chart.channel.name)
      object.member("figure", chart.kind.title)
      object.member("trialPeriods", chart.trial)
      object.key("points")
      object.array { array in
        for (period, point) in zip(chart.periods, chart.points) {
          guard let point else { continue }
          array.object { object in
            object.member("period", label(ofPeriod: period))
            object.member("value", point.value)
            object.member("centre", point.limits.centre)
            object.member("lower", point.limits.lower)
            object.member("upper", point.limits.upper)
          }
        }
      }
      object.key("signals")
      object.array { array in
        for signal in chart.signals {
          array.object { object in
            object.member("rule", signal.rule.rawValue)
            object.member("first", label(ofPeriod: chart.periods[signal.first]))
            object.member("period", label(ofPeriod: chart.periods[signal.point]))
          }
        }
      }
      guard let shift = chart.shift else { return }
      object.key("shift")
      object.object { object in
        object.member("from", label(ofPeriod: chart.periods[shift.first]))
        object.member("before", shift.before)
        object.member("after", shift.after)
        object.member("points", shift.points)
        object.member("pointsOnSide", shift.pointsOnSide)
        object.member("strength", shift.strength)
      }
    }
  }
}

extension ConsistencyReport.Comparison {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("measure", measure.rawValue)
      object.member("refusal", refusal.isEmpty ? nil : refusal)
      if let effects {
        object.member("q", effects.q)
        object.member("degreesOfFreedom", effects.degreesOfFreedom)
        object.member("probability", effects.probability)
        object.member("tauSquared", effects.betweenVariance)
        object.member("iSquared", effects.inconsistency)
      }
      object.member("mean", pooled)
      object.key("channels")
      object.array { array in
        for channel in channels {
          array.object { object in
            object.member("channel", channel.channel.name)
            object.member("cases", channel.raw.cases)
            object.member("counted", channel.raw.value)
            object.member("standardised", channel.standardised.value)
            object.member("coverageOfTopics", channel.standardised.coverage)
            object.member("shrunken", channel.shrunken)
            object.member(channel.interval)
          }
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ number: Double?) {
    guard let number, number.isFinite else { return }
    key(name)
    double(number)
  }

  fileprivate mutating func member(_ interval: ConfidenceInterval?) {
    member("lower", interval?.lower)
    member("upper", interval?.upper)
  }

  fileprivate mutating func member(_ share: Share, _ interval: ConfidenceInterval?) {
    member("cases", share.cases)
    member("successes", share.successes)
    member("value", share.value)
    member(interval)
  }

  fileprivate mutating func member(_ name: String, _ lengths: ServiceReport.Lengths) {
    key(name)
    object { object in
      object.member("count", lengths.count)
      object.member("mean", lengths.meanSeconds)
      object.member("p50", lengths.p50Seconds)
      object.member("p90", lengths.p90Seconds)
      object.member("p95", lengths.p95Seconds)
      object.member("isExact", lengths.isExact)
    }
  }

  fileprivate mutating func member(_ provenance: Provenance) {
    key("provenance")
    object { object in
      object.member("projection", provenance.projection)
      object.member("version", provenance.version)
      object.member("head", provenance.head.value)
      object.member("asOf", provenance.bounds.asOf)
      object.member("asKnownAt", provenance.bounds.asKnownAt)
      object.member("until", provenance.bounds.until?.value)
      object.member("events", provenance.events)
      object.member("end", provenance.end)
      object.member("parkedCustomers", provenance.parkedCustomers)
    }
  }

  fileprivate mutating func member(_ parameters: ServiceParameters) {
    key("parameters")
    object { object in
      for (name, value) in parameters.words { object.member(name, value) }
    }
  }
}
