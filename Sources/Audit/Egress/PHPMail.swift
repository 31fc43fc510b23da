import Foundation
import MailTypes
import Posture

/// EGR-05: whether PHP tells which script sends.
enum PHPMail {
    private static let folder = "egress/php"
    /// Versions and programs of PHP on one host.
    private static let maximum = 60

    /// Each php.ini of this host, with its conf.d.
    static func sources() -> [FactSource] {
        var sources: [FactSource] = []
        func names(_ path: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter(FactFolder.isName).sorted()
        }
        func add(_ path: String, _ extra: String, _ name: String) {
            guard access(path, F_OK) == 0, sources.count < 2 * maximum else { return }
            sources.append(.file(path, as: "\(folder)/\(name)/php.ini"))
            sources.append(FactSource("\(folder)/\(name)/conf.d", .directory(extra, suffix: ".ini")))
        }
        for version in names("/etc/php") {
            for program in names("/etc/php/\(version)") {
                let place = "/etc/php/\(version)/\(program)"
                add(place + "/php.ini", place + "/conf.d", "\(version)-\(program)")
            }
        }
        add("/etc/php.ini", "/etc/php.d", "php")
        add("/usr/local/etc/php/php.ini", "/usr/local/etc/php/conf.d", "local")
        return sources
    }

    static func finding(_ facts: CollectedFacts, target: String) -> Finding {
        let names = facts.names(under: folder)
        let places = Set(names.map { $0.split(separator: "/").prefix(3).joined(separator: "/") }).sorted()
        guard !places.isEmpty else {
            return Finding(.phpMail, target: target, .pass, evidence: ["no php.ini is here"])
        }
        var bad: [String] = []
        var good: [String] = []
        for place in places {
            // The command line's PHP sends for cron jobs; it counts as well.
            var values = read(facts.text(place + "/php.ini") ?? "")
            for name in names where name.hasPrefix(place + "/conf.d/") {
                values.merge(read(facts.text(name) ?? "")) { _, later in later }
            }
            let short = place.split(separator: "/").last.map(String.init) ?? place
            let header = ["on", "1", "true", "yes"].contains((values["mail.add_x_header"] ?? "off").lowercased())
            let log = values["mail.log"] ?? ""
            if !header { bad.append("\(short): mail.add_x_header is off") }
            if log.isEmpty { bad.append("\(short): mail.log is not set") }
            if header, !log.isEmpty { good.append("\(short): mail.add_x_header = On, mail.log = \(log)") }
            if let path = values["sendmail_path"], !path.isEmpty { good.append("\(short): sendmail_path = \(path)") }
        }
        return Finding(.phpMail, target: target, bad.isEmpty ? .pass : .fail(.low), evidence: bad + good)
    }

    /// `name = value` a line; `;` begins a comment; the last of a name counts.
    static func read(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmed
            guard let equals = line.firstIndex(of: "="), line.first != ";", line.first != "#" else { continue }
            var value = line[line.index(after: equals)...].trimmed
            if value.first == "\"", let end = value.dropFirst().firstIndex(of: "\"") {
                value = value[value.index(after: value.startIndex)..<end]
            } else {
                value = value.prefix { $0 != ";" }.trimmed
            }
            values[line[..<equals].trimmed.lowercased()] = String(value)
        }
        return values
    }
}
