/// What a rule does with the packets it matches.
package enum Action: Hashable, Sendable {
    /// Ends the base chain; later base chains still see the packet.
    case accept
    /// Ends everything (also reject).
    case drop
    case jump(Int)
    case goto(Int)
    case `return`
    /// Goes on with the next rule: counters, logs.
    case proceed
    /// Remembers a verdict that counts if no later rule decides (pf without `quick`).
    case propose(Bool)
    /// The same for a rule that passes, whose translation is made when its verdict counts.
    case proposeTranslated(Translation)
    case setMark(MarkMatch.Place, MarkChange)
    case untrack
    /// New destination and port; ends the base chain.
    case translate(Translation)
    /// Cannot be known: a user program, an unknown target.
    case unknown(String)
}

/// `mark = (mark & ~clear) ^ flip`; `nil`: cannot be known.
package struct MarkChange: Hashable, Sendable {
    package enum Operand: Hashable, Sendable {
        case bits(clear: UInt32, flip: UInt32)
        case copy(MarkMatch.Place)
        /// `(own & ~clear) ^ (from & mask)`.
        case mixed(from: MarkMatch.Place, mask: UInt32, clear: UInt32)
        case unknown
    }
    package var operand: Operand

    var readsConnection: Bool {
        switch operand {
        case .copy(.connection), .mixed(from: .connection, _, _): true
        default: false
        }
    }

    package init(_ operand: Operand) { self.operand = operand }
    package init(clear: UInt32, flip: UInt32) { operand = .bits(clear: clear, flip: flip) }
}

/// Destination address translation.
package struct Translation: Hashable, Sendable {
    package enum Address: Hashable, Sendable {
        case unchanged
        /// This host, whatever its address (REDIRECT).
        case thisHost
        /// One of these.
        case addresses(AddressSet)
        case unknown
    }
    package var address: Address
    /// `nil`: unchanged.
    package var port: UInt16?
    /// The port is one of several, or cannot be known.
    package var portUnknown = false

    package init(_ address: Address, port: UInt16? = nil, portUnknown: Bool = false) {
        self.address = address
        self.port = port
        self.portUnknown = portUnknown
    }
}

/// Where a rule stands.
package struct RuleOrigin: Hashable, Sendable {
    /// Index into the rule set's file names.
    package var file: Int
    /// From 1; 0: the rule is no text but a built-in default.
    package var line: Int
    /// The rule's own text, as read.
    package var text: String

    package init(file: Int, line: Int, text: String) {
        self.file = file
        self.line = line
        self.text = text
    }
}

package struct Rule: Sendable {
    package var conditions: [Condition]
    package var action: Action
    package var origin: RuleOrigin

    package init(_ conditions: [Condition], _ action: Action, _ origin: RuleOrigin) {
        self.conditions = conditions
        self.action = action
        self.origin = origin
    }
}

package struct Chain: Sendable {
    package var name: String
    package var rules: [Rule]

    package init(_ name: String, rules: [Rule] = []) {
        self.name = name
        self.rules = rules
    }
}

/// Where a packet meets base chains.
package enum Hook: Hashable, Sendable {
    case ingress, prerouting, input, forward, output, postrouting
}

package enum Policy: Hashable, Sendable {
    case accept, drop
    /// The last proposed verdict, or this one (pf).
    case proposed(otherwise: Bool)
    case unknown(String)
}

/// A chain that packets enter by themselves.
package struct BaseChain: Sendable {
    package var chain: Int
    package var hook: Hook
    package var priority: Int
    /// Orders chains of one priority.
    package var ownPriority = 0
    package var policy: Policy
    package var families: Set<AddressFamily>
    /// Only connections not yet translated enter it, and only when tracked.
    package var translates: Bool
    /// Only packets from this interface (netdev chains).
    package var devices: [String]?
    package var origin: RuleOrigin

    /// The kernel looks connections up at priority -200 of the first hook.
    var precedesTracking: Bool {
        hook == .ingress || ((hook == .prerouting || hook == .output) && priority < -200)
    }

    package init(
        chain: Int, hook: Hook, priority: Int = 0, policy: Policy, families: Set<AddressFamily>,
        translates: Bool = false, devices: [String]? = nil, origin: RuleOrigin
    ) {
        self.chain = chain
        self.hook = hook
        self.priority = priority
        self.policy = policy
        self.families = families
        self.translates = translates
        self.devices = devices
        self.origin = origin
    }
}
