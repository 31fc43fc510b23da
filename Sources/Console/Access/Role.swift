/// What a token of the API may do. Each role includes those before it.
package enum Role: String, Sendable, Hashable, CaseIterable, Comparable {
    /// See everything.
    case read
    /// Stop and lift, release and delete held mail, lead cases.
    case act
    /// Also what reaches beyond a single case: verify the audit log, everybody's links.
    case admin

    package static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .act: 1
        case .admin: 2
        }
    }
}
