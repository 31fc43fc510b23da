extension Check {
    /// All checks, in the order of their ids.
    package static let all: [Check] = list.sorted { $0.id < $1.id }

    private static var list: [Check] {
        firewall + relay + accounts + passwords + mta + exchange + dns + listings + egress + logs + queue
    }

    /// Those of one part.
    package static func all(_ group: CheckGroup) -> [Check] { all.filter { $0.id.group == group } }

    private static let byID: [CheckID: Check] = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }

    package static func find(_ id: CheckID) -> Check? { byID[id] }
}
