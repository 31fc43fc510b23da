/// `$name`, `${name}`, `$(name)`, `${name?text}`, `${name:text}`, `${name?{text}:{text}}`, `${{a} == {b} ? {text} : {text}}`
/// (postconf(5)). Bounded in depth and in what comes out.
struct PostfixExpansion {
    let settings: PostfixSettings
    private var budget = 65_536
    private static let maximumDepth = 40

    init(settings: PostfixSettings) { self.settings = settings }

    /// `nil`: a parameter that is not known, a cycle, or text that is no expansion.
    mutating func expand(_ text: String, depth: Int = 0) -> String? {
        guard depth < Self.maximumDepth else { return nil }
        var result = ""
        var rest = Substring(text)
        while let character = rest.first {
            rest.removeFirst()
            guard character == "$" else {
                result.append(character)
                budget -= 1
                if budget < 0 { return nil }
                continue
            }
            guard let next = rest.first else { return nil }
            if next == "$" {
                rest.removeFirst()
                result.append("$")
            } else if next == "{" || next == "(" {
                guard let inner = Self.group(&rest, open: next, close: next == "{" ? "}" : ")"),
                    let value = braced(inner, depth + 1)
                else { return nil }
                result += value
            } else {
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                guard !name.isEmpty else { return nil }
                rest = rest.dropFirst(name.count)
                guard let value = parameter(String(name), depth + 1) else { return nil }
                result += value
            }
        }
        return result
    }

    private mutating func parameter(_ name: String, _ depth: Int) -> String? {
        // A user's own parameter that is not set is empty; one of Postfix' whose default is not known is not.
        guard let raw = settings.raw(name) else { return Self.dependsOnHost.contains(name) ? nil : "" }
        return expand(raw, depth: depth)
    }

    private static let dependsOnHost: Set<String> = [
        "mynetworks", "myhostname", "mydomain", "myorigin", "proxy_interfaces", "mail_version",
    ]

    private mutating func braced(_ inner: String, _ depth: Int) -> String? {
        let text = MTAText.trimmed(inner)
        if text.hasPrefix("{") { return comparison(text, depth) }
        let name = String(text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        guard !name.isEmpty else { return nil }
        let rest = text.dropFirst(name.count)
        guard let mark = rest.first(where: { $0 != " " && $0 != "\t" }) else { return parameter(name, depth) }
        guard let value = parameter(name, depth) ?? (mark == "?" ? nil : "") else { return nil }
        let choice = rest.drop { $0 == " " || $0 == "\t" }.dropFirst()
        if mark == ":" { return value.isEmpty ? expand(MTAText.withoutBraces(String(choice)), depth: depth) : "" }
        guard mark == "?" else { return nil }
        return choose(!value.isEmpty, String(choice), depth)
    }

    private mutating func comparison(_ text: String, _ depth: Int) -> String? {
        var rest = Substring(text)
        guard rest.first == "{" else { return nil }
        guard let left = Self.group(&rest, open: "{", close: "}").flatMap({ expand(MTAText.trimmed($0), depth: depth) })
        else { return nil }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        let operation = MTAText.trimmed(rest.prefix { $0 != "{" })
        rest = rest.drop { $0 != "{" }
        guard rest.first == "{",
            let right = Self.group(&rest, open: "{", close: "}").flatMap({ expand(MTAText.trimmed($0), depth: depth) }),
            let isTrue = Self.compare(left, operation, right)
        else { return nil }
        let tail = MTAText.trimmed(rest)
        guard tail.hasPrefix("?") else { return nil }
        return choose(isTrue, String(tail.dropFirst()), depth)
    }

    /// `{text} : {text}`, or plain text.
    private mutating func choose(_ isTrue: Bool, _ text: String, _ depth: Int) -> String? {
        var rest = Substring(MTAText.trimmed(text))
        guard rest.first == "{" else { return isTrue ? expand(String(rest), depth: depth) : "" }
        guard let yes = Self.group(&rest, open: "{", close: "}") else { return nil }
        let tail = MTAText.trimmed(rest)
        let no = tail.hasPrefix(":") ? MTAText.withoutBraces(String(tail.dropFirst())) : ""
        return expand(MTAText.trimmed(isTrue ? yes : no), depth: depth)
    }

    private static func compare(_ left: String, _ operation: String, _ right: String) -> Bool? {
        if operation.hasSuffix("level") {
            let a = level(left)
            let b = level(right)
            switch operation.dropLast(5) {
            case "<": return a.lexicographicallyPrecedes(b)
            case "<=": return !b.lexicographicallyPrecedes(a)
            case ">": return b.lexicographicallyPrecedes(a)
            case ">=": return !a.lexicographicallyPrecedes(b)
            case "==": return a == b
            case "!=": return a != b
            default: return nil
            }
        }
        if let a = Int(left), let b = Int(right) {
            switch operation {
            case "<": return a < b
            case "<=": return a <= b
            case ">": return a > b
            case ">=": return a >= b
            case "==": return a == b
            case "!=": return a != b
            default: return nil
            }
        }
        switch operation {
        case "==": return left == right
        case "!=": return left != right
        case "<": return left < right
        case "<=": return left <= right
        case ">": return left > right
        case ">=": return left >= right
        default: return nil
        }
    }

    /// `3.6` as numbers, with a third of zero.
    private static func level(_ text: String) -> [Int] {
        var numbers = text.split(separator: ".").map { Int($0) ?? 0 }
        while numbers.count < 3 { numbers.append(0) }
        return numbers
    }

    /// Takes `{…}` from the front, nested ones included, and gives what is within.
    private static func group(_ rest: inout Substring, open: Character, close: Character) -> String? {
        guard rest.first == open else { return nil }
        var depth = 0
        for index in rest.indices {
            if rest[index] == open { depth += 1 }
            if rest[index] == close {
                depth -= 1
                if depth == 0 {
                    let inner = String(rest[rest.index(after: rest.startIndex)..<index])
                    rest = rest[rest.index(after: index)...]
                    return inner
                }
            }
        }
        return nil
    }
}
