/// Where a fact comes from on a running host, and under which name it is kept.
package struct FactSource: Sendable, Hashable {
    package enum Origin: Sendable, Hashable {
        case file(String)
        /// The files in a directory whose name ends so; each is kept under the source's name and its own. Not deeper.
        case directory(String, suffix: String)
        /// A program and its arguments; never a shell. The first of the programs' usual places is taken.
        case command([String])
    }

    /// As `firewall/nft.json`: a folder and a file.
    package var name: String
    package var origin: Origin
    /// Holds stored passwords: kept apart, and gathered only when asked for.
    package var isSecret: Bool

    package init(_ name: String, _ origin: Origin, isSecret: Bool = false) {
        self.name = name
        self.origin = origin
        self.isSecret = isSecret
    }

    package static func file(_ path: String, as name: String, isSecret: Bool = false) -> FactSource {
        FactSource(name, .file(path), isSecret: isSecret)
    }

    package static func command(_ words: String..., as name: String, isSecret: Bool = false) -> FactSource {
        FactSource(name, .command(words), isSecret: isSecret)
    }
}
