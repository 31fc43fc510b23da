import MailTypes

/// Reads pf.conf of OpenBSD, FreeBSD and macOS: the last rule that matches counts, unless one is `quick`.
struct PfReader {
    private var builder: RuleListBuilder
    private var tables: [String: Condition.Addresses] = [:]
    private var skipped: [String] = []
    private var incoming: [Rule] = []
    private var outgoing: [Rule] = []
    private var translations: [Rule] = []
    private var marks: [String: UInt32] = [:]
    private var groups: [String] = []
    /// Packets that `rdr pass` lets in without a filter carry this mark.
    private static let passed: UInt32 = 0x8000_0000
    private var hasPassed = false

    /// Anchors within anchors.
    private static let depth = 32

    static func read(_ sources: [SourceText], into rules: RuleSet) throws(FirewallError) -> RuleSet {
        var reader = PfReader(builder: RuleListBuilder(rules))
        for source in sources {
            var tokens = PfTokens(source)
            let statements = try tokens.statements()
            for statement in statements { reader.collectGroups(statement.words.map(\.text)) }
            for statement in statements where statement.words.first?.text == "table" {
                try reader.table(statement, source)
            }
            var lists: (incoming: [Rule], outgoing: [Rule]) = ([], [])
            for statement in statements { try reader.statement(statement, source, &lists, depth: 0) }
            reader.incoming += lists.incoming
            reader.outgoing += lists.outgoing
        }
        if reader.hasPassed {
            let mark = MarkMatch(.packet, values: RangeSet(UInt128(PfReader.passed)))
            reader.incoming.insert(
                Rule([.mark(mark)], .accept, RuleOrigin(file: 0, line: 0, text: "rdr pass: no filter is asked")), at: 0)
        }
        let skip = InterfaceMatch(reader.skipped)
        let file = sources.first?.index ?? 0
        let origin = RuleOrigin(file: file, line: 0, text: "set skip on \(reader.skipped.joined(separator: " "))")
        if !reader.skipped.isEmpty {
            reader.incoming.insert(Rule([.incoming(skip)], .accept, origin), at: 0)
            reader.outgoing.insert(Rule([.outgoing(skip)], .accept, origin), at: 0)
            reader.translations.insert(Rule([.incoming(skip)], .accept, origin), at: 0)
        }
        let why = "no rule matches: pf passes"
        if !reader.translations.isEmpty {
            reader.builder.base(
                "rdr", .prerouting, reader.translations, policy: .accept, why: why, families: RuleListBuilder.both,
                priority: -1, file: file)
        }
        reader.builder.base(
            "in", .prerouting, reader.incoming, policy: .proposed(otherwise: true), why: why,
            families: RuleListBuilder.both, file: file)
        reader.builder.base(
            "out", .postrouting, reader.outgoing, policy: .proposed(otherwise: true), why: why,
            families: RuleListBuilder.both, file: file)
        return reader.builder.rules
    }

    private init(builder: RuleListBuilder) { self.builder = builder }

    // MARK: Tables

    private mutating func table(_ statement: PfTokens.Statement, _ source: SourceText) throws(FirewallError) {
        guard statement.words.count >= 2, statement.words[1].text.hasPrefix("<") else {
            throw source.error(statement.line, "a table without a name")
        }
        let name = String(statement.words[1].text.dropFirst().dropLast())
        var blocks: [(set: AddressSet, length: Int, negated: Bool)] = []
        var unknown: String?
        var negated = false
        var words = statement.words.dropFirst(2)
        while let word = words.first {
            words = words.dropFirst()
            switch word.text {
            case "{", "}", "const", "counters", "\n": continue
            case "persist":
                if !statement.words.contains(where: { $0.text == "{" }), unknown == nil {
                    unknown = "table <\(name)> is filled at run time"
                }
            case "file":
                unknown = "table <\(name)> is in the file \(words.first?.text ?? "?")"
                words = words.dropFirst()
            case "!": negated = true
            default:
                switch AddressText.read(word.text) {
                case .set(let set):
                    let length =
                        word.text.firstIndex(of: "/").flatMap { Int(word.text[word.text.index(after: $0)...]) } ?? 128
                    blocks.append((set, length, negated))
                case .name: unknown = "table <\(name)> has the name \(SafeText.printable(word.text, limit: 60))"
                case .wrong:
                    throw source.error(statement.line, "no address: \(SafeText.printable(word.text, limit: 60))")
                }
                negated = false
            }
        }
        // The longest prefix decides.
        var known = AddressSet()
        if blocks.contains(where: \.negated) {
            for block in blocks.sorted(by: { $0.length < $1.length }) {
                known = block.negated ? known.subtracting(block.set) : known.union(block.set)
            }
        } else {
            known = AddressSet(
                ipv4: RangeSet(normalizing: blocks.flatMap(\.set.ipv4.ranges)),
                ipv6: RangeSet(normalizing: blocks.flatMap(\.set.ipv6.ranges)))
        }
        tables[name] = Condition.Addresses(set: known, unknown: unknown)
    }

    // MARK: Statements

    private mutating func statement(
        _ statement: PfTokens.Statement, _ source: SourceText, _ lists: inout (incoming: [Rule], outgoing: [Rule]),
        depth: Int
    ) throws(FirewallError) {
        guard let head = statement.words.first?.text else { return }
        switch head {
        case "set":
            if statement.words.count > 2, statement.words[1].text == "skip" {
                // pfsync and pflog are no networks: nothing comes in by them.
                skipped += statement.words.dropFirst(3).map(\.text).filter {
                    $0 != "{" && $0 != "}" && !$0.hasPrefix("pfsync") && !$0.hasPrefix("pflog")
                }
            }
        case "nat" where statement.words.count > 1 && statement.words[1].text == "pass":
            try translateOut(statement, source)
        case "table", "scrub", "altq", "queue", "nat", "binat", "nat-anchor", "binat-anchor", "rdr-anchor", "load",
            "include",
            "dummynet-anchor", "scrub-anchor", "timeout", "options", "}":
            if head == "include" {
                throw source.error(
                    statement.line, "includes another file; give the output of pfctl -sr, or that file too")
            }
            if head == "rdr-anchor" {
                builder.rules.note("line \(statement.line): redirections loaded into an anchor are not given")
            }
        case "pass", "block", "match": try filter(statement, source, &lists)
        case "rdr", "no": try redirect(statement, source)
        case "antispoof": antispoof(statement, source, &lists)
        case "anchor": try anchor(statement, source, &lists, depth: depth)
        case "ether": return
        default: throw source.error(statement.line, "not understood: \(SafeText.printable(statement.text, limit: 100))")
        }
    }

    private mutating func filter(
        _ statement: PfTokens.Statement, _ source: SourceText, _ lists: inout (incoming: [Rule], outgoing: [Rule])
    ) throws(FirewallError) {
        var rule = PfRule(statement: statement, source: source, tables: tables, marks: marks, groups: groups)
        try rule.parse()
        marks = rule.marks
        let origin = RuleOrigin(file: source.index, line: statement.line, text: statement.text)
        for (isIn, wanted) in [(true, rule.direction != .out), (false, rule.direction != .in)] where wanted {
            let conditions = rule.conditions(isIn: isIn)
            guard !conditions.contains(.never) else { continue }
            var made: [Rule] = []
            if isIn, let change = rule.translation, rule.passes == nil {
                translations.append(Rule(conditions, .translate(change), origin))
            }
            if let mark = rule.mark {
                made.append(Rule(conditions, .setMark(.packet, MarkChange(clear: .max, flip: mark)), origin))
            }
            if isIn, let change = rule.translation, rule.passes == true {
                // The filter sees the packet as it came; it is translated when this is the rule that counts.
                made.append(Rule(conditions, rule.isQuick ? .translate(change) : .proposeTranslated(change), origin))
            } else if let passes = rule.passes {
                made.append(Rule(conditions, rule.isQuick ? (passes ? .accept : .drop) : .propose(passes), origin))
            }
            if isIn { lists.incoming += made } else { lists.outgoing += made }
        }
    }

    /// The older form: `rdr pass on em0 proto tcp from any to any port 25 -> 10.0.0.1 port 25`.
    private mutating func redirect(_ statement: PfTokens.Statement, _ source: SourceText) throws(FirewallError) {
        let isNo = statement.words.first?.text == "no"
        if isNo, statement.words.count > 1, statement.words[1].text != "rdr" { return }
        var own = statement
        own.words = Array(statement.words.dropFirst(isNo ? 2 : 1))
        let passes = own.words.first?.text == "pass"
        if passes { own.words.removeFirst() }
        if let arrow = own.words.firstIndex(where: { $0.text == "->" || $0.text == "-" }) {
            let target = own.words[(arrow + 1)...].filter { $0.text != ">" }
            own.words = Array(own.words[..<arrow]) + [PfTokens.Word(text: "rdr-to")] + target
        }
        own.words.insert(PfTokens.Word(text: "pass"), at: 0)
        var rule = PfRule(statement: own, source: source, tables: tables, marks: marks, groups: groups)
        try rule.parse()
        let origin = RuleOrigin(file: source.index, line: statement.line, text: statement.text)
        let conditions = rule.conditions(isIn: true)
        guard !conditions.contains(.never) else { return }
        if isNo {
            translations.append(Rule(conditions, .accept, origin))
        } else {
            let change = Action.translate(rule.translation ?? Translation(.unknown))
            guard passes else { return translations.append(Rule(conditions, change, origin)) }
            hasPassed = true
            let mark = Action.setMark(.packet, MarkChange(clear: .max, flip: PfReader.passed))
            let chain = builder.chain("rdr pass", [Rule([], mark, origin), Rule([], change, origin)])
            translations.append(Rule(conditions, .goto(chain), origin))
        }
    }

    /// `nat pass`: what it translates leaves without a filter.
    private mutating func translateOut(_ statement: PfTokens.Statement, _ source: SourceText) throws(FirewallError) {
        var own = statement
        let end = own.words.firstIndex { $0.text == "->" || $0.text == "-" } ?? own.words.count
        own.words = Array(own.words[1..<end])
        var rule = PfRule(statement: own, source: source, tables: tables, marks: marks, groups: groups)
        try rule.parse()
        let conditions = rule.conditions(isIn: false)
        guard !conditions.contains(.never) else { return }
        outgoing.append(
            Rule(conditions, .accept, RuleOrigin(file: source.index, line: statement.line, text: statement.text)))
    }

    /// Interfaces end in a digit; other names behind `on` are of groups.
    private mutating func collectGroups(_ words: [String]) {
        for (index, word) in words.enumerated() where word == "on" {
            for name in words[(index + 1)...].prefix(40) {
                if ["{", "!", ","].contains(name) { continue }
                guard let last = name.last, last.isLetter, !["any", "rdomain", "lo"].contains(name) else { break }
                if !groups.contains(name), groups.count < 100 { groups.append(name) }
                if words[index + 1] != "{" { break }
            }
        }
    }

    private mutating func antispoof(
        _ statement: PfTokens.Statement, _ source: SourceText, _ lists: inout (incoming: [Rule], outgoing: [Rule])
    ) {
        let words = statement.words.map(\.text)
        guard let at = words.firstIndex(of: "for") else { return }
        let names = words[(at + 1)...].prefix { $0 != "inet" && $0 != "inet6" && $0 != "label" && $0 != "ridentifier" }
            .filter {
                $0 != "{" && $0 != "}" && $0 != "(" && $0 != ")"
            }
        let quick = words.contains("quick")
        let origin = RuleOrigin(file: source.index, line: statement.line, text: statement.text)
        for name in names where !name.hasPrefix("lo") {
            lists.incoming.append(
                Rule(
                    [
                        .incoming(InterfaceMatch([name], negated: true)),
                        .undecided("antispoof: the network of \(SafeText.printable(name, limit: 40))"),
                    ],
                    quick ? .drop : .propose(false), origin))
        }
    }

    /// The statements of a block; those of blocks within it stay together.
    private static func lines(_ words: ArraySlice<PfTokens.Word>) -> [[PfTokens.Word]] {
        var lines: [[PfTokens.Word]] = [[]]
        var depth = 0
        for word in words {
            if !word.quoted, word.text == "\n", depth == 0 {
                lines.append([])
                continue
            }
            if !word.quoted { depth += word.text == "{" ? 1 : word.text == "}" ? -1 : 0 }
            lines[lines.count - 1].append(word)
        }
        return lines.filter { !$0.isEmpty }
    }

    private mutating func anchor(
        _ statement: PfTokens.Statement, _ source: SourceText, _ lists: inout (incoming: [Rule], outgoing: [Rule]),
        depth: Int
    ) throws(FirewallError) {
        guard depth < PfReader.depth else {
            throw FirewallError(.bound, file: source.name, line: statement.line, "anchors nest too deep")
        }
        let words = statement.words
        guard let open = words.firstIndex(where: { $0.text == "{" && !$0.quoted }), words.last?.text == "}" else {
            let name = words.dropFirst().first?.text ?? "?"
            builder.rules.note(
                "line \(statement.line): the rules of anchor \(SafeText.printable(name, limit: 60)) are not given (pfctl -a NAME -sr); it is taken as empty"
            )
            return
        }
        var head = statement
        head.words = [PfTokens.Word(text: "match")] + words[1..<open].filter { !$0.quoted }
        var rule = PfRule(statement: head, source: source, tables: tables, marks: marks, groups: groups)
        try rule.parse()
        var inner: (incoming: [Rule], outgoing: [Rule]) = ([], [])
        for part in PfReader.lines(words[(open + 1)..<(words.count - 1)]) {
            let text = part.map(\.text).joined(separator: " ")
            try self.statement(
                PfTokens.Statement(words: Array(part), line: statement.line, text: text), source, &inner,
                depth: depth + 1)
        }
        let origin = RuleOrigin(file: source.index, line: statement.line, text: statement.text)
        let name = "anchor line \(statement.line)"
        if rule.direction != .out {
            lists.incoming.append(Rule(rule.conditions(isIn: true), .jump(builder.chain(name, inner.incoming)), origin))
        }
        if rule.direction != .in {
            lists.outgoing.append(
                Rule(rule.conditions(isIn: false), .jump(builder.chain(name, inner.outgoing)), origin))
        }
    }
}

extension Condition {
    /// Addresses that are known, and what else there may be.
    struct Addresses: Sendable {
        var set: AddressSet
        var unknown: String?
    }
}
