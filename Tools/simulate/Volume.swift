/// How much happens, so that the year has as many lines as were asked for.
///
/// Customers, their purchases and all that follows from a contact come as they come; how many contacts begin on a day
/// is steered, from what is still missing.
struct Volume {
  /// Lines of the year without duplicates.
  private let target: Double
  private let joining: Int
  /// Customers on the first day.
  let foundingCustomers: Int
  /// Standards are few in a small company.
  let standards: Int
  let beliefsPerDay: Double
  private let business: [Double]
  private var businessLeft: Double

  /// Lines planned so far, within the year.
  var plannedLines = 0
  /// Of these, lines of purchases.
  var purchaseLines = 0
  private var customerDays = 0.0
  private var interactions = 0.0
  private var interactionLines = 0.0

  init(options: Simulator.Options, business: [Double]) {
    target = Double(options.events) / (1 + options.duplicateShare)
    let customers = max(1, Int(target) / Truth.eventsPerCustomer)
    foundingCustomers = max(1, Int(Double(customers) * Truth.customersFromTheStart))
    joining = customers - foundingCustomers
    standards = min(12, max(1, options.events / 40))
    beliefsPerDay = 0.004 * target / Double(Year.days)
    self.business = business
    businessLeft = business.reduce(0, +)
  }

  func newCustomers(onDay day: Int) -> Int {
    joining * (day + 1) / Year.days - joining * day / Year.days
  }

  /// Lines that follow within the year from one interaction on average, from experience; 7 to begin with.
  var linesPerInteraction: Double { (140 + interactionLines) / (20 + interactions) }

  mutating func count(interactionOfLines lines: Int) {
    interactions += 1
    interactionLines += Double(lines)
  }

  /// The mean number of interactions that begin on the day. Call once a day.
  mutating func contacts(onDay day: Int, activeCustomers: Int) -> Double {
    let daysLeft = Double(Year.days - day)
    let share = business[day] / businessLeft
    businessLeft -= business[day]
    // Towards the year's end ever less of what follows from a contact lies within it: recent days count most.
    interactions *= 0.75
    interactionLines *= 0.75
    // Experience with purchases; before there is any, the model's mean with two and a half lines each.
    let priorDays = 1000.0
    let priorLines = priorDays * 2.5 * Truth.purchaseShape / Truth.purchaseRateDays * 0.8
    let purchaseLinesPerDay = (priorLines + Double(purchaseLines)) / (priorDays + customerDays)
    customerDays += Double(activeCustomers)
    let coming =
      daysLeft * (Double(activeCustomers) * purchaseLinesPerDay + beliefsPerDay + 1.5 * Double(joining) / 365)
    return max(0, share * (target - Double(plannedLines) - coming) / linesPerInteraction)
  }
}
