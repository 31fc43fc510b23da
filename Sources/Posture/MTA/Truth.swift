/// What a condition of a rule is for the one asked about.
enum Truth: Sendable, Hashable {
    case never
    case always
    /// He can make it so, and otherwise as well.
    case chosen(RelayWay.Lever)
    /// With what is missing to know.
    case unknown(String)

    static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .never: .always
        case .always: .never
        case .chosen, .unknown: truth
        }
    }

    /// Both have to hold.
    static func && (a: Truth, b: Truth) -> Truth {
        switch (a, b) {
        case (.never, _), (_, .never): .never
        case (.always, let other), (let other, .always): other
        case (.unknown, _): a
        case (_, .unknown): b
        // Doing nothing is no condition of its own.
        case (.chosen(.nothing), .chosen): b
        case (.chosen, .chosen): a
        }
    }

    /// One has to hold.
    static func || (a: Truth, b: Truth) -> Truth {
        switch (a, b) {
        case (.always, _), (_, .always): .always
        case (.never, let other), (let other, .never): other
        case (.chosen, _): a
        case (_, .chosen): b
        case (.unknown, .unknown): a
        }
    }
}
