import MailTypes

/// Whether an Exim refuses bare line feeds as ends of a message (CVE-2023-51766), by its version and its distribution's.
enum EximVersion {
    /// Distributions' versions that have the change, and since which update: `4.96-15+deb12u4`.
    private static let mended: [(front: String, update: Int)] = [("4.96-15+deb12u", 4), ("4.94.2-7+deb11u", 2)]

    /// - Parameters:
    ///   - text: what `exim -bV` prints; its first line is `Exim version 4.96 #2 built …`.
    ///   - package: what `dpkg-query` says of exim4-base; `nil`: no such package.
    /// - Returns: `nil` if it is not known.
    static func isMended(_ text: String?, package: String?) -> Bool? {
        let package = MTAText.trimmed(package ?? "")
        for (front, update) in mended where package.hasPrefix(front) {
            let digits = package.dropFirst(front.count).prefix { $0.isNumber }
            return (Int(digits) ?? 0) >= update
        }
        guard let line = text.map({ MTAText.lines($0) })?.first?.text,
            let start = line.firstRange(of: "Exim version ")
        else { return nil }
        let numbers = line[start.upperBound...].prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap {
            Int($0)
        }
        guard numbers.count >= 2 else { return nil }
        if !numbers.lexicographicallyPrecedes([4, 97, 1]) { return true }
        // Other distributions mend older versions, too, and do not show it here.
        return package.isEmpty ? nil : false
    }
}
