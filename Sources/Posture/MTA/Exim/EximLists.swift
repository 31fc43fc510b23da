import MailTypes

/// Exim's lists of hosts and domains, asked for somebody from anywhere who writes to a domain elsewhere.
struct EximLists {
    let configuration: EximConfiguration
    let tables: [String: String]
    let expression: EximExpression
    /// The recipient's domain is one of the host's own.
    let isOwnDomain: Bool

    private static let maximumDepth = 20

    /// Items that are looked at for one question: lists that name others twice double at each level.
    private final class Budget {
        var items = 50_000
    }

    private let budget = Budget()

    init(
        configuration: EximConfiguration, tables: [String: String], expression: EximExpression,
        isOwnDomain: Bool = false
    ) {
        self.configuration = configuration
        self.tables = tables
        self.expression = expression
        self.isOwnDomain = isOwnDomain
    }

    /// Items between colons, which stand doubled for themselves; `<;` at the front names another separator.
    static func split(_ text: String) -> [String] {
        var text = Substring(MTAText.trimmed(text))
        var separator: Character = ":"
        if text.hasPrefix("<"), let named = text.dropFirst().first, !named.isLetter, !named.isNumber {
            separator = named
            text = text.dropFirst(2)
        }
        if MTAText.trimmed(text).isEmpty { return [] }
        var items: [String] = []
        var item = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == separator else {
                item.append(character)
                continue
            }
            if rest.first == separator {
                item.append(separator)
                rest.removeFirst()
            } else {
                items.append(MTAText.trimmed(item))
                item = ""
            }
        }
        items.append(MTAText.trimmed(item))
        // A separator at the end adds no empty item.
        if items.count > 1, items.last?.isEmpty == true { items.removeLast() }
        return items
    }

    func hosts(_ text: String, depth: Int = 0) -> Truth {
        ask(text, kind: "host", depth: depth) { item in host(item) }
    }

    func domains(_ text: String, depth: Int = 0) -> Truth {
        ask(text, kind: "domain", depth: depth) { item in domain(item) }
    }

    /// The first item that matches decides; items after `!` say no. The rest is as the last item's opposite.
    private func ask(_ text: String, kind: String, depth: Int, _ match: (String) -> Truth) -> Truth {
        guard depth < Self.maximumDepth else { return .unknown("lists that name each other") }
        guard let value = text.contains("$") ? expression.value(text) : text else {
            return .unknown("the list \(text)")
        }
        let items = Self.split(value)
        var result: Truth?
        for item in items.reversed() {
            budget.items -= 1
            guard budget.items > 0 else { return .unknown("lists that are too long") }
            let isNegated = item.hasPrefix("!")
            let name = isNegated ? MTAText.trimmed(item.dropFirst()) : item
            let here: Truth
            if name.hasPrefix("+") {
                guard
                    ![
                        "+include_unknown", "+ignore_unknown", "+include_defer", "+ignore_defer", "+caseful",
                    ].contains(name)
                else { continue }
                if let list = configuration.lists["\(kind) \(name.dropFirst())"] {
                    here = ask(list.value, kind: kind, depth: depth + 1, match)
                } else {
                    here = .unknown("the list \(name)")
                }
            } else {
                here = match(name)
            }
            let after = result ?? (isNegated ? .always : .never)
            result = isNegated ? !here && after : here || after
        }
        return result ?? .never
    }

    private func host(_ item: String) -> Truth {
        if item == "*" { return .always }
        if item.isEmpty || item == "@" || item == "@[]" { return .never }
        if let network = NetworkWidth.network(item) {
            switch NetworkWidth.of(network) {
            case .own: return .never
            case .wide: return .chosen(.network)
            case .world: return .always
            }
        }
        if let semicolon = item.firstIndex(of: ";") { return rows(item, semicolon, isHost: true) }
        if item.hasPrefix("^") { return .chosen(.claim) }
        let name = item.hasPrefix("*.") ? item.dropFirst(2) : item.hasPrefix("*") ? item.dropFirst() : Substring(item)
        // *.com: whoever has a name there; a single name is somebody's own host.
        return item.hasPrefix("*") && !name.contains(".") ? .chosen(.claim) : .never
    }

    private func domain(_ item: String) -> Truth {
        if item == "*" { return .always }
        if item.isEmpty { return .never }
        // Who has a name server makes his own domain's MX point here.
        if item.hasPrefix("@mx_") {
            return item.hasPrefix("@mx_primary") ? (isOwnDomain ? .always : .never) : .chosen(.recipient)
        }
        if let semicolon = item.firstIndex(of: ";"), !item.hasPrefix("^") {
            return rows(item, semicolon, isHost: false)
        }
        if item.hasPrefix("^") {
            let catchAll = ["^", "^.*", "^.*$", "^.+", "^.+$", "^."].contains(item)
            return catchAll ? .always : isOwnDomain ? .always : .unknown("what \(item) matches")
        }
        if isOwnDomain { return .always }
        let name = item.hasPrefix("*.") ? item.dropFirst(2) : item.hasPrefix("*") ? item.dropFirst() : Substring(item)
        return item.hasPrefix("*") && !name.contains(".") ? .chosen(.recipient) : .never
    }

    /// `net24-iplsearch;/path`, `partial-lsearch;/path`, with the file's keys where they were gathered.
    private func rows(_ item: String, _ semicolon: String.Index, isHost: Bool) -> Truth {
        let path = MTAText.trimmed(item[item.index(after: semicolon)...])
        guard item[..<semicolon].contains("lsearch"), let text = tables[path] else {
            return !isHost && isOwnDomain ? .always : .unknown("\(item) could not be read")
        }
        var result = Truth.never
        for (_, line) in MTAText.lines(text) {
            let line = MTAText.trimmed(line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            var key = String(line.prefix { $0 != " " && $0 != "\t" })
            // In keys without quotes a colon ends the key, but for addresses.
            if NetworkWidth.network(key) == nil, key.hasSuffix(":") { key.removeLast() }
            if key.hasPrefix("\""), key.hasSuffix("\""), key.count > 1 { key = String(key.dropFirst().dropLast()) }
            result = result || (isHost ? host(key) : domain(key))
        }
        return result
    }
}
