import MailTypes

/// What `doveconf -n` prints: settings and blocks, nested.
struct DovecotBlock: Sendable, Hashable {
    struct Setting: Sendable, Hashable {
        var name: String
        var value: String
        var line: Int
    }

    /// `passdb`, `service`; empty for the whole file.
    var name: String
    /// What stands between name and brace: `auth`, `passwd-file`.
    var argument: String
    var line: Int
    var settings: [Setting] = []
    var blocks: [DovecotBlock] = []

    /// Blocks within blocks.
    private static let maximumDepth = 16
    /// Lines that say something.
    private static let maximumLines = 100_000

    /// The last value of a setting.
    func value(_ name: String) -> String? { settings.last { $0.name == name }?.value }

    /// For the evidence; values of passwords are left out.
    func shown(_ name: String, file: String) -> String {
        guard let setting = settings.last(where: { $0.name == name }) else { return "default: \(name)" }
        return "\(file) line \(setting.line): \(name) = \(setting.value)"
    }

    /// All blocks of a name, also within others.
    func all(_ name: String) -> [DovecotBlock] {
        blocks.flatMap { ($0.name == name ? [$0] : []) + $0.all(name) }
    }

    static func read(_ source: MTAFacts.Source) throws(PostureError) -> DovecotBlock {
        guard source.text.utf8.count <= MTAFacts.maximumText else { throw PostureError("the file is too large") }
        var open = [DovecotBlock(name: "", argument: "", line: 0)]
        var count = 0
        for (number, text) in MTAText.lines(source.text) {
            let line = MTAText.trimmed(text)
            if line.isEmpty || line.hasPrefix("#") { continue }
            count += 1
            guard count <= maximumLines else { throw PostureError(line: number, "more than \(maximumLines) lines") }
            if line == "}" {
                guard open.count > 1, let done = open.popLast() else {
                    throw PostureError(line: number, "\(source.name): a closing brace too many")
                }
                open[open.count - 1].blocks.append(done)
            } else if line.hasSuffix("{"), !line.contains("=") {
                guard open.count < maximumDepth else { throw PostureError(line: number, "\(source.name): too deep") }
                let words = line.dropLast().split(maxSplits: 1) { $0 == " " || $0 == "\t" }.map(String.init)
                guard let name = words.first else {
                    throw PostureError(line: number, "\(source.name): a block without a name")
                }
                open.append(
                    DovecotBlock(name: name, argument: words.count > 1 ? MTAText.trimmed(words[1]) : "", line: number))
            } else if let (name, value) = MTAText.pair(line, "=") {
                open[open.count - 1].settings.append(Setting(name: name, value: value, line: number))
            } else {
                throw PostureError(line: number, "\(source.name): no “name = value”")
            }
        }
        guard open.count == 1, let root = open.first else {
            throw PostureError(line: open.last?.line, "\(source.name): the block is not closed")
        }
        return root
    }
}
