// Buying: purchases, orders with their deliveries, and longer terms of payment.
extension World {
  /// A customer's purchase falls due; after it, the next is planned, unless the customer has bought for the last time.
  mutating func buy(customer: Int, at time: Int64) {
    if !customers[customer].isActive { return }
    let before = volume.plannedLines
    var purchase = PlannedEvent(.purchaseMade, at: time)
    purchase.subject = .customer
    purchase.subjectNumber = UInt32(customer)
    purchase.channel = [SimulatedChannel.web, .web, .web, .app, .app, .inperson, .phone][random.below(7)]
    purchase.amount = Int32(min(20_000_000, 100 * random.logNormal(median: 399, spread: 0.8).rounded()))
    let isShipped = purchase.channel != .inperson && random.chance(0.45)
    let kind: UInt8 = isShipped ? (random.chance(0.8) ? 0 : 2) : UInt8([0, 1, 1, 3][random.below(4)])
    if isShipped { purchase.order = nextThing() }
    plan(.purchaseMade, like: purchase, at: time, code: kind)
    if isShipped { deliver(purchase, at: time + between(1000, 2 * Microseconds.second)) }
    if customers[customer].segment == 2, random.chance(0.12) { askForTerms(purchase) }
    volume.purchaseLines += volume.plannedLines - before
    if !random.chance(Double(customers[customer].purchaseStop)) { planPurchase(customer: customer, after: time) }
  }

  private mutating func deliver(_ purchase: PlannedEvent, at time: Int64) {
    var order = purchase
    order.amount = 0
    order.order = 0
    order.thing = purchase.order
    plan(.orderConfirmed, like: order, at: time)
    // Due at five in the afternoon, some days on; a few are promised without a date.
    let day = time / Microseconds.day + 2 + Int64(random.below(4))
    let due = random.chance(0.1) ? nil : day * Microseconds.day + 17 * Microseconds.hour
    let maker: PromiseMaker = random.chance(0.3) ? .marketing : .standard
    let fate = promise(.delivery, by: maker, for: purchase, at: time + 1000, due: due)
    if fate.isKept {
      plan(.orderDelivered, like: order, at: fate.time - 500)
    } else if random.chance(0.6) {
      plan(.orderDelivered, like: order, at: fate.time + between(Microseconds.day, 5 * Microseconds.day))
    }
  }

  private mutating func askForTerms(_ purchase: PlannedEvent) {
    var terms = purchase
    terms.channel = nil
    terms.order = 0
    terms.thing = nextThing()
    terms.other = UInt16([30, 60, 90][random.below(3)])
    let asked = purchase.time + between(Microseconds.minute, Microseconds.day)
    plan(.termsRequested, like: terms, at: asked)
    var decision = terms
    decision.agent = someAgent()
    decision.detail = UInt8(random.below(Words.termReasons.count))
    decision.score = UInt8(random.below(101))
    let answer = UInt8(random.index(cumulative: [0.6, 0.75, 0.85, 1]))
    let decided = asked + between(Microseconds.hour, 4 * Microseconds.day)
    plan(.termsDecided, like: decision, at: decided, code: answer)
    if answer == 3 { return }
    let settlement = UInt8(random.index(cumulative: [0.8, 0.95, 1]))
    let delay = settlement == 0 ? between(-5 * Microseconds.day, 0) : between(Microseconds.day, 30 * Microseconds.day)
    plan(.termsSettled, like: terms, at: decided + Int64(terms.other) * Microseconds.day + delay, code: settlement)
  }
}
