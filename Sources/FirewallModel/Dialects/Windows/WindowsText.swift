import MailTypes

/// Rules of Windows' firewall as text, turned into the objects that PowerShell would export: `netsh advfirewall firewall show
/// rule name=all` in any language whose few words are known, `netsh … add rule` commands, the registry's `v2.30|Action=…`
/// values, and lists of properties (`Format-List`).
struct WindowsText {
    private let source: SourceText
    private var objects: [JSONNode] = []
    private var block: [(label: String, value: String, line: Int)] = []
    private var name = ""
    private var isEmptied = false
    /// The profile that settings are for.
    private var profile = ""

    static func read(_ source: SourceText) throws(FirewallError) -> JSONNode {
        var reader = WindowsText(source: source)
        try source.forEachLine { number, line throws(FirewallError) in try reader.line(line, number) }
        try reader.finish()
        guard !reader.objects.isEmpty || reader.isEmptied else { throw source.error(1, "no rule is in this text") }
        return JSONNode(line: 1, .array(reader.objects))
    }

    private init(source: SourceText) { self.source = source }

    private mutating func line(_ line: Substring, _ number: Int) throws(FirewallError) {
        let text = line.trimmingSpaces
        if text.contains("|Action="), let start = text.firstRange(of: "v2.") {
            return try registry(text[start.lowerBound...], number)
        }
        if let start = text.lowercased().firstRange(of: "netsh advfirewall ") {
            let words = Words.split(text[start.upperBound...].replacing("\\", with: "\\\\")[...])
            guard let words else { throw source.error(number, "a quote is not closed") }
            return try command(words.map(String.init), number)
        }
        if text.allSatisfy({ $0 == "-" }), text.count > 10 {
            // The name is in the line above; what came before is another rule.
            let last = block.popLast()
            try finish()
            name = last?.value ?? ""
            block = [("", "", number)]
            return
        }
        if text.isEmpty {
            if name.isEmpty, block.contains(where: { $0.label == "Direction" }) { try finish() }
            return
        }
        if text.hasPrefix(":") || text.hasPrefix("#") || text.lowercased().hasPrefix("rem ") { return }
        if try setting(text, number) { return }
        guard let colon = text.firstIndex(of: ":"), !line.hasPrefix("     ") || block.isEmpty else {
            // A value that goes on in the next line.
            if line.hasPrefix("   "), let last = block.last, !last.label.isEmpty {
                block[block.count - 1].value += text
            }
            return
        }
        let label = text[..<colon].trimmingSpaces
        block.append((label, text[text.index(after: colon)...].trimmingSpaces, number))
    }

    private mutating func add(_ values: [(String, String)], _ line: Int) {
        objects.append(
            JSONNode(line: line, .object(values.map { (key: $0.0, value: JSONNode(line: line, .string($0.1))) })))
    }

    // MARK: show rule

    private mutating func finish() throws(FirewallError) {
        defer { (block, name) = ([], "") }
        guard let first = block.first else { return }
        if first.label.isEmpty { return try shown(Array(block.dropFirst()), first.line) }
        // `Format-List`: names of properties are the same in every language.
        guard block.contains(where: { $0.label == "Direction" }), block.contains(where: { $0.label == "Action" }) else {
            return
        }
        add(
            block.map { ($0.label, $0.value.filter { $0 != "{" && $0 != "}" }) }, first.line)
    }

    /// Labels are in the language of the machine, their order is not: the direction tells where they are.
    private mutating func shown(
        _ fields: [(label: String, value: String, line: Int)], _ line: Int
    ) throws(FirewallError) {
        guard !fields.isEmpty else { return }
        let at = fields.indices.dropFirst().first {
            WindowsWords.directions[WindowsWords.key(fields[$0].value)] != nil
                && WindowsWords.truths[WindowsWords.key(fields[$0 - 1].value)] != nil
        }
        guard let at, at + 5 < fields.count else {
            throw source.error(
                line,
                "rule \(SafeText.printable(name, limit: 60)): its direction is not found; export it as JSON instead")
        }
        let verdict = fields.last { WindowsWords.actions[WindowsWords.key($0.value)] != nil }
        guard let action = verdict.flatMap({ WindowsWords.actions[WindowsWords.key($0.value)] }) else {
            throw source.error(
                fields[fields.count - 1].line,
                "rule \(SafeText.printable(name, limit: 60)): its action is not found: the text is cut, or in a language that is not known"
            )
        }
        let transport = WindowsWords.plain(fields[at + 5].value)
        var values: [(String, String)] = [
            ("DisplayName", name), ("Enabled", WindowsWords.truths[WindowsWords.key(fields[at - 1].value)] ?? ""),
            ("Direction", WindowsWords.directions[WindowsWords.key(fields[at].value)] ?? ""), ("Action", action),
            ("Profile", WindowsWords.profiles(fields[at + 1].value)),
            ("LocalAddress", WindowsWords.plain(fields[at + 3].value)),
            ("RemoteAddress", WindowsWords.plain(fields[at + 4].value)), ("Protocol", transport),
        ]
        let hasPorts = ["tcp", "udp", "6", "17"].contains(transport.lowercased()) && at + 7 < fields.count
        values.append(("LocalPort", hasPorts ? WindowsWords.plain(fields[at + 6].value) : "Any"))
        values.append(("RemotePort", hasPorts ? WindowsWords.plain(fields[at + 7].value) : "Any"))
        for field in fields[(at + 6)...] where field.value.contains(":\\") || field.value.lowercased() == "system" {
            values.append(("Program", field.value))
        }
        add(values, line)
    }

    /// `netsh advfirewall show allprofiles`
    private mutating func setting(_ text: String, _ number: Int) throws(FirewallError) -> Bool {
        if text.hasSuffix(":"), let found = WindowsWords.profile(text), !text.contains(",") {
            profile = found
            return true
        }
        guard !profile.isEmpty, let value = text.split(separator: " ").last.map(String.init) else { return false }
        if value.contains("Inbound,"), value.contains("Outbound") {
            add(
                [
                    ("Name", profile), ("DefaultInboundAction", value.hasPrefix("Allow") ? "Allow" : "Block"),
                    ("DefaultOutboundAction", value.hasSuffix("AllowOutbound") ? "Allow" : "Block"),
                ], number)
            return true
        }
        switch value.uppercased() {
        case "OFF", "AUS", "INACTIF", "DESACTIVADO", "DISATTIVATO", "DESATIVADO", "UIT":
            guard text.split(separator: " ").count == 2 else { return false }
            add(
                [("Name", profile), ("Enabled", "False"), ("DefaultInboundAction", "NotConfigured")],
                number)
            return true
        default: return false
        }
    }

    // MARK: Commands and the registry

    private mutating func command(_ words: [String], _ line: Int) throws(FirewallError) {
        if words.first == "set", words.count > 3, words[1].hasSuffix("profile") || words[1].hasSuffix("profiles") {
            let names =
                words[1].hasPrefix("all")
                ? ["Domain", "Private", "Public"] : WindowsWords.profile(words[1]).map { [$0] } ?? []
            for name in names {
                if words[2] == "state", words[3] == "off" {
                    add([("Name", name), ("Enabled", "False"), ("DefaultInboundAction", "NotConfigured")], line)
                } else if words[2] == "firewallpolicy" {
                    let parts = words[3].lowercased()
                    add(
                        [
                            ("Name", name),
                            ("DefaultInboundAction", parts.hasPrefix("allowinbound") ? "Allow" : "Block"),
                            ("DefaultOutboundAction", parts.hasSuffix("blockoutbound") ? "Block" : "Allow"),
                        ], line)
                }
            }
            return
        }
        guard words.count > 2, words[0] == "firewall", words[2] == "rule" else { return }
        if words[1] == "show" { return }
        if words[1] == "delete", words.count == 4, words[3].lowercased().hasPrefix("name=") {
            let gone = String(words[3].dropFirst(5))
            objects.removeAll { gone.lowercased() == "all" || $0["DisplayName"]?.text == gone }
            isEmptied = true
            return
        }
        guard words[1] == "add" else {
            throw source.error(line, "\(SafeText.printable(words[1], limit: 20)) rule: give the rules themselves")
        }
        var values: [String: String] = [:]
        for word in words.dropFirst(3) {
            guard let equals = word.firstIndex(of: "=") else { continue }
            values[word[..<equals].lowercased()] = String(word[word.index(after: equals)...])
        }
        guard let direction = values["dir"], let action = values["action"] else {
            throw source.error(line, "a rule without dir or action: the file is cut")
        }
        let transport = values["protocol"]?.split(separator: ":").first.map(String.init) ?? "any"
        add(
            [
                ("DisplayName", values["name"] ?? "?"), ("Enabled", values["enable"] ?? "yes"),
                ("Direction", direction),
                ("Action", action), ("Profile", values["profile"] ?? "Any"), ("Protocol", transport),
                ("LocalAddress", values["localip"] ?? "Any"), ("RemoteAddress", values["remoteip"] ?? "Any"),
                ("LocalPort", values["localport"] ?? "Any"), ("RemotePort", values["remoteport"] ?? "Any"),
                ("Program", values["program"] ?? ""), ("Service", values["service"] ?? ""),
                ("Authentication", values["security"]?.lowercased() == "notrequired" ? "" : values["security"] ?? ""),
            ], line)
    }

    private mutating func registry(_ text: Substring, _ line: Int) throws(FirewallError) {
        var values: [String: [String]] = [:]
        for part in text.split(separator: "|") {
            guard let equals = part.firstIndex(of: "=") else { continue }
            values[part[..<equals].lowercased(), default: []].append(String(part[part.index(after: equals)...]))
        }
        guard let action = values["action"]?.first, let direction = values["dir"]?.first,
            let active = values["active"]?.first, values["name"] != nil
        else { throw source.error(line, "a rule without Action, Dir, Active or Name: the file is cut") }
        func all(_ keys: String...) -> String {
            let found = keys.flatMap { values[$0] ?? [] }
            return found.isEmpty ? "Any" : found.joined(separator: ",")
        }
        add(
            [
                ("DisplayName", values["name"]?.first ?? "?"), ("Enabled", active), ("Direction", direction),
                ("Action", action), ("Profile", all("profile")), ("Protocol", values["protocol"]?.first ?? "Any"),
                ("LocalAddress", all("la4", "la6")), ("RemoteAddress", all("ra4", "ra6", "ra42", "ra62")),
                ("LocalPort", all("lport", "lport2_10")), ("RemotePort", all("rport", "rport2_10")),
                ("Program", values["app"]?.first ?? ""), ("Service", values["svc"]?.first ?? ""),
            ], line)
    }
}

/// The few words of `netsh` that tell what a rule does, in the languages that they are known in.
enum WindowsWords {
    /// A word for comparing: lower case, ASCII letters only (consoles write other letters in code pages of their own).
    static func key(_ text: String) -> String {
        let ascii = text.lowercased().filter { $0.isASCII && $0.isLetter }
        return ascii.isEmpty ? text.lowercased() : ascii
    }

    static let truths: [String: String] = [
        "yes": "yes", "no": "no", "ja": "yes", "nein": "no", "oui": "yes", "non": "no", "si": "yes", "s": "yes",
        "sim": "yes",
        "nao": "no", "nee": "no", "nej": "no", "tak": "yes", "nie": "no", "ano": "yes", "ne": "no",
        "да": "yes", "нет": "no", "はい": "yes", "いいえ": "no", "是": "yes", "否": "no", "n": "no",
        "evet": "yes",
    ]

    static let directions: [String: String] = [
        "in": "in", "out": "out", "eingehend": "in", "ausgehend": "out", "ein": "in", "aus": "out", "entrant": "in",
        "sortant": "out", "entre": "in", "entree": "in", "sortie": "out", "dans": "in", "entrante": "in",
        "saliente": "out", "entrada": "in",
        "salida": "out", "adentro": "in", "afuera": "out", "dentro": "in", "fuera": "out", "uscente": "out",
        "uscita": "out", "ingresso": "in", "entrata": "in", "sada": "out", "saida": "out", "inkommend": "in",
        "inkomend": "in", "uitgaand": "out", "binnenkomend": "in", "inkommande": "in", "utg": "out", "utgende": "out",
        "przychodzce": "in", "wychodzce": "out", "входящий": "in", "исходящий": "out", "входящие": "in",
        "исходящие": "out",
        "入力": "in", "出力": "out", "受信": "in", "送信": "out", "入": "in", "出": "out", "入站": "in", "出站": "out",
    ]

    static let actions: [String: String] = [
        "allow": "Allow", "block": "Block", "bypass": "Bypass", "zulassen": "Allow", "blockieren": "Block",
        "blocken": "Block",
        "autoriser": "Allow", "bloquer": "Block", "permitir": "Allow", "bloquear": "Block", "consenti": "Allow",
        "consentire": "Allow", "blocca": "Block", "bloccare": "Block", "toestaan": "Allow", "blokkeren": "Block",
        "tillt": "Allow", "blockera": "Block",
        "zezwalaj": "Allow", "zezwl": "Allow", "blokuj": "Block", "zablokuj": "Block", "разрешить": "Allow",
        "блокировать": "Block",
        "許可": "Allow", "禁止": "Block", "ブロック": "Block", "允许": "Allow", "阻止": "Block",
    ]

    private static let anything: Set<String> = [
        "any", "beliebig", "tout", "tous", "toutes", "cualquiera", "cualquier", "qualsiasi", "qualquer", "willekeurig",
        "alle",
        "alla", "dowolny", "dowolne", "любой", "любые", "任意", "任何",
    ]

    /// A value with the word for anything in English.
    static func plain(_ text: String) -> String { anything.contains(key(text)) ? "Any" : text }

    /// The profile that a text is about.
    static func profile(_ text: String) -> String? {
        let word = text.lowercased()
        if word.hasPrefix("dom") || word.contains("profil de domaine") || word.contains("domain") { return "Domain" }
        if word.hasPrefix("priv") || word.contains("privat") || word.contains("priv\u{e9}") { return "Private" }
        if word.hasPrefix("pub") || word.contains("ffentlich") || word.contains("public") { return "Public" }
        return nil
    }

    /// A list of profiles; one that is not known stands for all.
    static func profiles(_ text: String) -> String {
        let names = text.split(separator: ",").map { profile($0.trimmingSpaces) }
        return names.contains(nil) || names.isEmpty ? "Any" : names.compactMap { $0 }.joined(separator: ",")
    }
}
