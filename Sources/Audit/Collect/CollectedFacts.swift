/// What a host tells of itself: files and outputs of commands, by the names of `Documentation/collect.md`.
///
/// The same whether they were gathered just now or come from a folder that `sluice collect` wrote: groups judge only this.
package struct CollectedFacts: Sendable {
    package enum Entry: Sendable, Hashable {
        case content([UInt8])
        /// With the reason, for people: what is missing makes a check `unknown`.
        case missing(String)
    }

    /// By name, as `mta/postfix/main.cf`.
    package private(set) var entries: [String: Entry] = [:]

    package init() {}

    package subscript(_ name: String) -> Entry? {
        get { entries[name] }
        set { entries[name] = newValue }
    }

    /// The content; `nil` when it is not there.
    package func content(_ name: String) -> [UInt8]? {
        if case .content(let bytes) = entries[name] { bytes } else { nil }
    }

    /// The content as text; bytes that are no UTF-8 become U+FFFD.
    package func text(_ name: String) -> String? { content(name).map { String(decoding: $0, as: UTF8.self) } }

    /// Why it is not there, for people.
    package func reason(_ name: String) -> String {
        if case .missing(let reason) = entries[name] { "\(name): \(reason)" } else { "\(name) was not collected" }
    }

    /// Names with a content in a folder, in order.
    package func names(under folder: String) -> [String] {
        entries.filter { entry in
            guard entry.key.hasPrefix(folder + "/") else { return false }
            if case .content = entry.value { return true }
            return false
        }.keys.sorted()
    }

    package mutating func merge(_ other: CollectedFacts) { entries.merge(other.entries) { _, new in new } }
}
