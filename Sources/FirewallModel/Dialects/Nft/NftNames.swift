/// nft's words.
enum NftNames {
    /// A number, or a name with an offset: `filter`, `dstnat - 5`.
    static func priority(_ node: JSONNode) -> Int? {
        if let number = node.integer { return number }
        guard let text = node.text else { return nil }
        let parts = text.split(separator: " ")
        guard let base = parts.first.flatMap({ names[String($0)] }) else { return nil }
        guard parts.count > 1 else { return base }
        let rest = parts.dropFirst().joined()
        guard let offset = Int(rest.hasPrefix("+") ? String(rest.dropFirst()) : rest) else { return nil }
        return base + offset
    }

    private static let names = [
        "raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100,
    ]

    static let tcpFlags: [String: Int] = [
        "fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128,
    ]

    /// Statements that change nothing that is asked about.
    static let passive: Set<String> = [
        "counter", "log", "comment", "set", "flow", "ct helper", "ct timeout", "ct expectation", "last", "dup",
        "secmark",
        "optstrip", "reset", "tproxy", "map", "mangle", "synproxy object",
    ]
}

/// Objects of nft's JSON as text, for people.
enum NftText {
    static func statement(_ node: JSONNode) -> String {
        guard let member = node.members?.first else { return node.text ?? "" }
        switch member.key {
        case "match":
            let op = member.value["op"]?.text ?? "=="
            return
                "\(expression(member.value["left"])) \(op == "==" || op == "in" ? "" : op + " ")\(expression(member.value["right"]))"
        case "jump", "goto": return "\(member.key) \(member.value["target"]?.text ?? "?")"
        case "counter": return "counter"
        case "vmap": return "\(expression(member.value["key"])) vmap \(expression(member.value["data"]))"
        case "mangle": return "\(expression(member.value["key"])) set \(expression(member.value["value"]))"
        case "dnat", "snat", "redirect":
            let address = member.value["addr"].map { " to " + expression($0) } ?? ""
            let port = member.value["port"].map { ":" + expression($0) } ?? ""
            return member.key + address + port
        case "limit" where member.value["rate"] == nil: return member.value.text ?? "limit"
        case "quota" where member.value.text?.hasPrefix("quota") == true: return member.value.text ?? "quota"
        case "limit": return "limit rate \(member.value["rate"]?.text ?? "?")/\(member.value["per"]?.text ?? "?")"
        default: return member.value.isNull ? member.key : "\(member.key) \(member.value.compact(limit: 120))"
        }
    }

    static func expression(_ node: JSONNode?, depth: Int = 0) -> String {
        guard let node, depth < 20 else { return "?" }
        if let text = node.text { return text }
        if let elements = node.elements { return list(elements, ", ", depth) }
        guard let member = node.members?.first else { return "?" }
        let value = member.value
        switch member.key {
        case "payload": return "\(value["protocol"]?.text ?? "@") \(value["field"]?.text ?? "?")"
        case "meta": return "meta \(value["key"]?.text ?? "?")"
        case "ct": return "ct \(value["key"]?.text ?? "?")"
        case "prefix": return "\(expression(value["addr"], depth: depth + 1))/\(value["len"]?.text ?? "?")"
        case "range": return list(value.list, "-", depth)
        case "set": return "{ \(list(value.list, ", ", depth)) }"
        case "concat": return list(value.list, " . ", depth)
        case "elem": return expression(value["val"], depth: depth + 1)
        case "&", "|": return "(\(list(value.list, " \(member.key) ", depth)))"
        case "fib": return "fib \(list(value["flags"]?.list ?? [], " . ", depth)) \(value["result"]?.text ?? "?")"
        case "map":
            return "\(expression(value["key"], depth: depth + 1)) map \(expression(value["data"], depth: depth + 1))"
        case "accept", "drop", "return", "continue": return member.key
        case "jump", "goto": return "\(member.key) \(value["target"]?.text ?? "?")"
        default: return node.compact(limit: 80)
        }
    }

    private static func list(_ nodes: [JSONNode], _ separator: String, _ depth: Int) -> String {
        let shown = nodes.prefix(12).map { node in
            if let pair = node.elements, pair.count == 2 {
                return "\(expression(pair[0], depth: depth + 1)) : \(expression(pair[1], depth: depth + 1))"
            }
            return expression(node, depth: depth + 1)
        }
        return shown.joined(separator: separator) + (nodes.count > 12 ? "\(separator)… (\(nodes.count))" : "")
    }
}
