"""The words of the catalogue, and the number that stands for each where columns are interned: its place here."""

TYPES = """
contact.started contact.queued contact.answered contact.held contact.resumed contact.message contact.transferred
contact.ended contact.reopened visit.scheduled visit.arrived visit.completed visit.missed guide.started guide.step
guide.finished order.confirmed order.delivered purchase.made expectation.stated promise.made promise.renegotiated
promise.kept promise.broken promise.waived feedback.given belief.stated complaint.raised complaint.resolved praise.given
standard.declared identity.linked identity.unlinked relationship.changed segment.assigned cost.incurred terms.requested
terms.decided terms.settled customer.erased
""".split()
CHANNELS = "phone chat video kiosk field inperson web app email social sms mail other".split()
OUTCOMES = "resolved unresolved abandoned followUp".split()
INSTRUMENTS = "csat nps ces servqual".split()
STATUSES = "prospect active former".split()

# No word is in two of the lists, so that a query's words can be replaced without knowing their columns.
LISTS = {
    "types": TYPES, "channels": CHANNELS, "outcomes": OUTCOMES, "instruments": INSTRUMENTS, "statuses": STATUSES,
}
NUMBERS = {word: place + 1 for words in LISTS.values() for place, word in enumerate(words)}
assert len(NUMBERS) == sum(map(len, LISTS.values()))
