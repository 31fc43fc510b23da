import MailTypes

/// Exim's expansion strings as far as they depend on the port, TLS and the login; everything else is not known.
struct EximExpression {
    /// The port that the client came to, as the host sees it.
    var port: Int
    var isSecure: Bool
    var isLoggedIn: Bool

    private static let maximumDepth = 30

    /// `nil`: not known.
    func value(_ text: String, depth: Int = 0) -> String? {
        guard depth < Self.maximumDepth else { return nil }
        var result = ""
        var rest = Substring(text)
        while let character = rest.first {
            if character == "\\" {
                rest.removeFirst()
                if let next = rest.popFirst() { result.append(next) }
                continue
            }
            guard character == "$" else {
                result.append(character)
                rest.removeFirst()
                continue
            }
            rest.removeFirst()
            if rest.first == "{" {
                guard let inner = Self.group(&rest), let value = braced(inner, depth + 1) else { return nil }
                result += value
            } else {
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                guard let value = variable(String(name)) else { return nil }
                rest = rest.dropFirst(name.count)
                result += value
            }
        }
        return result
    }

    private func variable(_ name: String) -> String? {
        switch name {
        case "received_port", "interface_port": String(port)
        case "tls_in_cipher", "tls_cipher", "tls_in_ver": isSecure ? "TLS" : ""
        case "authenticated_id", "sender_host_authenticated": isLoggedIn ? "user" : ""
        default: nil
        }
    }

    private func braced(_ inner: String, _ depth: Int) -> String? {
        let text = MTAText.trimmed(inner)
        guard text.hasPrefix("if"), let after = text.dropFirst(2).first, !after.isLetter else { return variable(text) }
        var rest = Substring(MTAText.trimmed(text.dropFirst(2)))
        guard let holds = condition(&rest, depth) else { return nil }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard rest.first == "{" else { return holds ? "true" : "" }
        guard let yes = Self.group(&rest) else { return nil }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        let no = rest.first == "{" ? Self.group(&rest) ?? "" : ""
        return value(holds ? yes : no, depth: depth)
    }

    private func condition(_ rest: inout Substring, _ depth: Int) -> Bool? {
        guard depth < Self.maximumDepth else { return nil }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        if rest.first == "!" {
            rest.removeFirst()
            return condition(&rest, depth + 1).map { !$0 }
        }
        let name = String(rest.prefix { $0.isLetter || $0 == "_" || $0 == "=" || $0 == "<" || $0 == ">" })
        rest = rest.dropFirst(name.count)
        if name == "def" {
            guard rest.first == ":" else { return nil }
            rest.removeFirst()
            let variable = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            rest = rest.dropFirst(variable.count)
            return self.variable(variable).map { !$0.isEmpty }
        }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard let first = Self.group(&rest) else { return nil }
        switch name {
        case "bool", "bool_lax":
            return value(first, depth: depth + 1).map { !["", "0", "no", "false"].contains(ASCII.lowercased($0)) }
        case "and", "or":
            var inner = Substring(MTAText.trimmed(first))
            var parts: [Bool?] = []
            while inner.first == "{", let part = Self.group(&inner) {
                var view = Substring(part)
                parts.append(condition(&view, depth + 1))
                inner = inner.drop { $0 == " " || $0 == "\t" }
            }
            if name == "and" { return parts.contains(false) ? false : parts.contains(nil) ? nil : true }
            return parts.contains(true) ? true : parts.contains(nil) ? nil : false
        default: break
        }
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard let second = Self.group(&rest), let a = value(first, depth: depth + 1).map({ MTAText.trimmed($0) }),
            let b = value(second, depth: depth + 1).map({ MTAText.trimmed($0) })
        else { return nil }
        switch name {
        case "eq": return a == b
        case "eqi": return ASCII.lowercased(a) == ASCII.lowercased(b)
        case "=", "==", "!=", "<", ">", "<=", ">=":
            guard let x = Int(a), let y = Int(b) else { return nil }
            return name == "<" ? x < y : name == ">" ? x > y : name == "<=" ? x <= y : name == ">=" ? x >= y : x == y
        case "inlist", "inlisti": return EximLists.split(b).contains(a)
        default: return nil
        }
    }

    /// Takes `{…}` from the front; gives what is within.
    static func group(_ rest: inout Substring) -> String? {
        guard rest.first == "{" else { return nil }
        var depth = 0
        for index in rest.indices {
            if rest[index] == "{" { depth += 1 }
            if rest[index] == "}" {
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

    /// What only the client decides, or what he is not at the first of: whoever wants to, gets past it.
    static func isChosen(_ text: String) -> Bool {
        let mine = [
            "$sender_helo_name", "$sender_address", "$rcpt_count", "$recipients_count", "$message_size",
            "$rcpt_fail_count",
        ]
        guard
            mine.contains(where: { text.contains($0) }) || mine.contains(where: { text.contains("{" + $0.dropFirst()) })
        else { return false }
        // Login and sender beside each other: he writes the sender that his login has.
        if text.contains("authenticated_id"), text.contains("sender_address"), !text.contains("$domain") { return true }
        return !["$domain", "$local_part", "$authenticated", "${lookup", "$sender_host_address"].contains {
            text.contains($0)
        }
    }
}
