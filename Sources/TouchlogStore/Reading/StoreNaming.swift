import LMDB
public import Touchlog

extension Store: Naming {
  public func text(of name: NameNumber) throws -> String { try log.environment.read { try log.names.text(of: name, in: $0) } }
  public func number(ofName text: String) throws -> NameNumber? { try log.environment.read { try log.names.number(of: text, in: $0) } }
  public func reference(of customer: CustomerNumber) throws -> Reference? { nil }
  public func anonymousCustomers() throws -> CustomerSet { CustomerSet() }
}
