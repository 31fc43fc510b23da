import MailTypes

/// An SMTP service of master.cf that takes connections.
struct PostfixService: Sendable {
    /// As master.cf has it: `submission`, `127.0.0.1:10025`.
    var name: String
    var port: Int
    /// The host before the port; `nil`: as inet_interfaces has it.
    var host: String?
    var options: [String: PostfixSettings.Entry]
    /// `master.cf line 12`.
    var place: String
    /// postscreen(8) stands before it.
    var isScreened: Bool

    /// The SMTP services, those behind postscreen with its port.
    static func read(_ source: MTAFacts.Source) throws(PostureError) -> [PostfixService] {
        var services: [PostfixService] = []
        var screens: [PostfixService] = []
        var passed: [PostfixService] = []
        for line in try PostfixLines.logical(source.text) {
            let words = MTAText.words(line.text, separators: [" ", "\t"])
            guard words.count >= 8 else {
                throw PostureError(line: line.number, "\(source.name): a service has eight fields")
            }
            let command = words[7].split(separator: "/").last.map(String.init) ?? ""
            guard command == "smtpd" || command == "postscreen", words[1] == "inet" || words[1] == "pass" else {
                continue
            }
            let place = "\(source.name) line \(line.number)"
            var service = PostfixService(
                name: words[0], port: 0, host: nil,
                options: try options(Array(words.dropFirst(8)), place: place, line: line.number), place: place,
                isScreened: false)
            if words[1] == "pass" {
                passed.append(service)
                continue
            }
            try service.readAddress(line.number)
            if command == "postscreen" { screens.append(service) } else { services.append(service) }
        }
        for screen in screens {
            for var service in passed {
                service.port = screen.port
                service.host = screen.host
                service.isScreened = true
                services.append(service)
            }
        }
        return services
    }

    private mutating func readAddress(_ line: Int) throws(PostureError) {
        var text = name
        if let colon = text.lastIndex(of: ":") {
            var head = String(text[..<colon])
            text = String(text[text.index(after: colon)...])
            if head.hasPrefix("["), head.hasSuffix("]") { head = String(head.dropFirst().dropLast()) }
            host = head
        }
        guard let number = Int(text) ?? Self.ports[text], (1...65_535).contains(number) else {
            throw PostureError(line: line, "the port of service \(SafeText.printable(name)) is not known")
        }
        port = number
    }

    private static let ports = [
        "smtp": 25, "mail": 25, "submission": 587, "submissions": 465, "smtps": 465, "ssmtp": 465, "urd": 465,
        "msa": 587,
    ]

    /// `-o name=value`, `-o { name = value }`; other options are passed over.
    private static func options(_ words: [String], place: String, line: Int) throws(PostureError)
        -> [String: PostfixSettings.Entry]
    {
        var options: [String: PostfixSettings.Entry] = [:]
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            var text = ""
            if word == "-o" {
                guard index < words.count else { throw PostureError(line: line, "-o without a parameter") }
                text = words[index]
                index += 1
            } else if word.hasPrefix("-o") {
                text = String(word.dropFirst(2))
            } else {
                continue
            }
            guard let (name, value) = MTAText.pair(MTAText.withoutBraces(text), "="), PostfixLines.isName(name) else {
                throw PostureError(line: line, "-o without name=value: \(SafeText.printable(text))")
            }
            options[name] = PostfixSettings.Entry(value: value, place: place + " -o")
        }
        return options
    }

    /// For the evidence.
    var shown: String { "\(place), port \(port)" }

    /// Hosts elsewhere can connect. `nil`: not known.
    func isReachable(_ settings: PostfixSettings) -> Bool {
        func isLocal(_ name: String) -> Bool {
            let name = ASCII.lowercased(name)
            return name == "localhost" || name == "loopback-only"
                || NetworkWidth.network(name)?.first.isLoopback == true
        }
        if let host { return !isLocal(host) }
        guard let interfaces = settings.words("inet_interfaces"), !interfaces.isEmpty else { return true }
        return !interfaces.allSatisfy(isLocal)
    }
}
