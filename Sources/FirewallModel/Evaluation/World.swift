import MailTypes

/// One choice of everything that is not an address: rules are followed once for each.
struct World: Hashable, Sendable {
    /// Empty: none (packets of this host).
    var incoming: String
    /// Empty: none (packets for this host).
    var outgoing: String
    /// `nil`: any, matches of it are undecided.
    var sourcePort: UInt16?
    var port: UInt16
}

/// The worlds that a rule set can tell apart, for one question.
struct Worlds {
    var list: [World] = []
    /// Dimensions given up because there would be too many: their matches count as undecided.
    var givenUp: Set<Dimension> = []

    enum Dimension: Hashable, Sendable { case incoming, outgoing, sourcePort }

    /// More are not followed one by one.
    static let bound = 2048

    init(_ rules: RuleSet, _ question: FirewallQuestion, path: Path) {
        var survey = Survey()
        for chain in rules.chains { for rule in chain.rules { survey.add(rule.conditions) } }
        for base in rules.bases { survey.incoming.formUnion(base.devices ?? []) }
        var incoming = path.hasIncoming ? Worlds.names(survey.incoming) : [""]
        var outgoing = path.hasOutgoing ? Worlds.names(survey.outgoing) : [""]
        if let name = question.incoming, path.hasIncoming { incoming = Worlds.asked(name, incoming) }
        if let name = question.outgoing, path.hasOutgoing { outgoing = Worlds.asked(name, outgoing) }
        var sourcePorts: [UInt16?] = survey.ports.sorted().filter { $0 <= 65535 }.map { UInt16($0) }
        if let port = question.sourcePort { sourcePorts = [port] }
        let ports =
            !question.countsRedirected
            ? [question.port] : [question.port] + Worlds.translatedPorts(rules, question, path: path)
        func count() -> Int { incoming.count * outgoing.count * sourcePorts.count * ports.count }
        if count() > Worlds.bound {
            outgoing = [""]
            givenUp.insert(.outgoing)
        }
        if count() > Worlds.bound {
            sourcePorts = [nil]
            givenUp.insert(.sourcePort)
        }
        if count() > Worlds.bound {
            incoming = [""]
            givenUp.insert(.incoming)
        }
        for port in ports.prefix(Worlds.bound) {
            for name in incoming {
                for other in outgoing {
                    list += sourcePorts.map {
                        World(incoming: name, outgoing: other, sourcePort: $0, port: port)
                    }
                }
            }
        }
    }

    /// A name for each pattern and one that no pattern is for. The loopback is no way in or out.
    private static func names(_ patterns: Set<String>) -> [String] {
        var names: [String] = []
        for pattern in patterns.sorted() where !isLoopback(pattern) {
            names.append(pattern.hasSuffix("*") ? pattern.dropLast() + "#" : pattern)
        }
        var other = "(any other)"
        while patterns.contains(where: { InterfaceMatch([$0]).matches(other) && $0 != "*" }) { other = "~" + other }
        return names + [other]
    }

    /// The interface of that name, and the parts that a dialect's rules tell apart in it (`ZONE/INTERFACE`).
    private static func asked(_ name: String, _ all: [String]) -> [String] {
        let parts = all.filter { $0.hasPrefix(name + "/") }
        return parts.isEmpty || all.contains(name) ? [name] + parts : parts
    }

    /// `lo`, and clones of it (`lo0`, `lo1`).
    private static func isLoopback(_ name: String) -> Bool {
        name.hasPrefix("lo") && name.dropFirst(2).utf8.allSatisfy { ASCII.isDigit($0) }
    }

    /// Ports that the rules translate to the question's: one for each class that they tell apart.
    private static func translatedPorts(_ rules: RuleSet, _ question: FirewallQuestion, path: Path) -> [UInt16] {
        var reached = Set<Int>()
        var pending = rules.bases.filter { path.beforeRouting.contains($0.hook) }.map(\.chain)
        var edges: Set<Int> = []
        var translates = false
        while let chain = pending.popLast() {
            guard rules.chains.indices.contains(chain), reached.insert(chain).inserted else { continue }
            for rule in rules.chains[chain].rules {
                switch rule.action {
                case .jump(let target), .goto(let target): pending.append(target)
                case .translate(let change), .proposeTranslated(let change):
                    translates = translates || change.port == question.port || change.portUnknown
                default: break
                }
                Survey.destinationPorts(rule.conditions, into: &edges)
            }
        }
        guard translates else { return [] }
        edges.insert(1)
        return edges.sorted().filter { $0 <= 65535 && $0 != Int(question.port) }.map { UInt16($0) }
    }
}

/// What the conditions of a rule set tell apart.
private struct Survey {
    var incoming: Set<String> = []
    var outgoing: Set<String> = []
    /// First ports of each class of source ports. Clients choose theirs, but not 0.
    var ports: Set<Int> = [1]

    mutating func add(_ conditions: [Condition]) {
        for condition in conditions {
            switch condition {
            case .incoming(let match): incoming.formUnion(match.patterns)
            case .outgoing(let match): outgoing.formUnion(match.patterns)
            case .sourcePort(let set): ports.formUnion(set.edges.filter { $0 > 0 })
            case .any(let alternatives), .none(let alternatives): alternatives.forEach { add($0) }
            default: break
            }
        }
    }

    static func destinationPorts(_ conditions: [Condition], into edges: inout Set<Int>) {
        for condition in conditions {
            switch condition {
            case .destinationPort(let set), .originalDestinationPort(let set):
                edges.formUnion(set.edges.filter { $0 > 0 })
            case .any(let alternatives), .none(let alternatives):
                for alternative in alternatives { destinationPorts(alternative, into: &edges) }
            default: break
            }
        }
    }
}

/// The hooks that packets of a direction pass.
struct Path {
    var beforeRouting: [Hook]
    var toThisHost: [Hook]
    var throughThisHost: [Hook]
    var hasIncoming: Bool
    var hasOutgoing: Bool

    init(_ direction: FirewallQuestion.Direction, _ rules: RuleSet) {
        beforeRouting = direction == .local ? [.output] : [.ingress, .prerouting]
        toThisHost = direction == .inbound ? [.input] : []
        throughThisHost = direction == .local ? [.postrouting] : [.forward, .postrouting]
        hasIncoming = direction != .local
        let translates = rules.chains.contains {
            $0.rules.contains { rule in
                switch rule.action {
                case .translate, .proposeTranslated: true
                default: false
                }
            }
        }
        hasOutgoing = direction != .inbound || rules.isRouter || translates
    }
}
