import CustomerTimeline
import JSON
import Touchlog

extension Timeline {
  /// The timeline as one JSON object: its provenance, its interactions, the events outside them, promises, links, lanes.
  ///
  /// Durations are in seconds. What is not known is left out.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("timeline", Timeline.name)
      object.member("version", Timeline.version)
      object.key("provenance")
      provenance.write(to: &object)
      object.member("erasedAt", erasedAt)
      object.member("lateAfterSeconds", lateAfter)
      object.member("events", eventCount)
      object.key("interactions")
      object.array { for interaction in interactions { interaction.write(to: &$0) } }
      object.key("others")
      object.array { for line in others { line.write(to: &$0) } }
      object.key("promises")
      object.array { for promise in promises { promise.write(to: &$0) } }
      object.key("feedback")
      object.array { for line in opinions { $0.integer(line.position.value) } }
      object.key("identity")
      object.array { for statement in linkStatements { statement.write(to: &$0) } }
      object.key("lanes")
      object.array { for span in spans { span.write(to: &$0) } }
    }
    return writer.bytes
  }
}

extension Timeline.Provenance {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("customer", customer?.text)
      object.member("customernumber", customerNumber?.value)
      object.key("references")
      object.array { array in
        for reference in references {
          array.object { object in
            object.member("customer", reference.reference?.text)
            object.member("customernumber", reference.number.value)
          }
        }
      }
      object.member("head", head.value)
      object.member("end", end)
      object.member("asOf", bounds.asOf)
      object.member("asKnownAt", bounds.asKnownAt)
      object.member("until", bounds.until?.value)
    }
  }
}

extension Timeline.Interaction {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("interaction", name)
      object.member("channels", texts: channels.map(\.name))
      object.member("agents", texts: agents)
      object.member("teams", texts: teams)
      object.member("topic", topic)
      object.member("isOpen", isOpen)
      object.member("outcome", outcome)
      object.member("began", began)
      object.member("ended", ended)
      object.member("waitSeconds", wait)
      object.member("holdSeconds", hold)
      object.member("handleSeconds", handle)
      object.key("episodes")
      object.array { for episode in episodes { episode.write(to: &$0) } }
      object.key("events")
      object.array { for line in lines { line.write(to: &$0) } }
    }
  }
}

extension Timeline.Episode {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("began", began)
      object.member("ended", ended)
      object.member("isReopened", isReopened)
      object.member("outcome", outcome)
      object.member("waitSeconds", wait)
      object.member("holdSeconds", hold)
      object.member("handleSeconds", handle)
      object.member("durationSeconds", duration)
    }
  }
}

extension Timeline.Line {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("position", position.value)
      object.member("id", id)
      object.member("source", source)
      object.member("type", type)
      object.member("time", occurredAt)
      object.member("recordedat", recordedAt)
      object.member("customer", customer?.text)
      object.member("customernumber", customerNumber.value)
      object.member("streamversion", streamVersion)
      object.member("channel", channel?.name)
      object.member("agent", agent)
      object.member("team", team)
      object.member("words", words)
      guard !marks.isEmpty else { return }
      object.key("marks")
      object.object { object in
        object.member("lateBySeconds", marks.lateBy)
        if marks.isOutOfOrder { object.member("isOutOfOrder", true) }
        if marks.isAnonymous { object.member("isAnonymous", true) }
        if marks.isErased { object.member("isErased", true) }
        object.member("contradiction", marks.contradiction)
      }
    }
  }
}

extension Timeline.Promise {
  /// Writes the promise as one JSON object.
  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("promise", promise)
      object.member("state", state.rawValue)
      object.member("kind", kind)
      object.member("by", author)
      object.member("made", made)
      object.member("due", due)
      object.member("ended", ended)
      object.member("lateBySeconds", lateBy)
      object.member("renegotiations", renegotiations)
      object.key("positions")
      object.array { for position in positions { $0.integer(position.value) } }
    }
  }
}

extension Timeline.LinkStatement {
  /// Writes the statement as one JSON object.
  func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("position", position.value)
      object.member("time", occurredAt)
      object.member("recordedat", recordedAt)
      object.member("customer", one.text)
      object.member("other", other.text)
      object.member("isLink", isLink)
      object.member("isInForce", isInForce)
      object.member("isLatest", isLatest)
      if let confidenceMillionths {
        object.key("confidence")
        object.decimal(confidenceMillionths, scale: 6)
      }
      object.member("evidence", evidence)
    }
  }
}

extension Timeline.Span {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.member("channel", channel.name)
      object.member("interaction", interaction)
      object.member("from", from)
      object.member("through", through)
      object.member("events", times.count)
    }
  }
}

extension JSONWriter {
  /// Writes seconds to the microsecond, or nothing where there is no duration.
  fileprivate mutating func member(_ name: String, _ duration: Duration?) {
    guard let duration else { return }
    let (seconds, attoseconds) = duration.components
    key(name)
    decimal(seconds * 1_000_000 + attoseconds / 1_000_000_000_000, scale: 6)
  }

  fileprivate mutating func member(_ name: String, texts: [String]) {
    key(name)
    array { for text in texts { $0.string(text) } }
  }
}
