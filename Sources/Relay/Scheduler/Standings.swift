/// What is known of a destination: decides how many connections it may try while others want some.
enum Standing: Sendable, CaseIterable {
    /// It answered.
    case proven
    case fresh
    /// The last probe failed.
    case failing
}

/// One value for each standing.
struct Standings<Value: Sendable>: Sendable {
    private var proven, fresh, failing: Value

    init(_ value: Value) {
        proven = value
        fresh = value
        failing = value
    }

    subscript(standing: Standing) -> Value {
        _read {
            switch standing {
            case .proven: yield proven
            case .fresh: yield fresh
            case .failing: yield failing
            }
        }
        _modify {
            switch standing {
            case .proven: yield &proven
            case .fresh: yield &fresh
            case .failing: yield &failing
            }
        }
    }
}
