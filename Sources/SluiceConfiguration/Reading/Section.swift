import MailTypes

/// A mapping of the file while it is read: each call names a key, what it may be, and what it is for.
///
/// A value that is wrong is reported and its default given, so that reading goes on and all problems come out together.
/// Every key must be asked for, whatever other keys say: what was not asked for is unknown.
final class Section {
    let decoding: Decoding
    /// `customers[2]`; empty at the top.
    let path: String
    /// Where the section begins; `nil` if it is not in the file.
    let place: Place?
    private let entries: [String: YAMLNode.Entry]
    private let order: [YAMLNode.Entry]
    private var known: [String] = []

    init(_ decoding: Decoding, path: String, node: YAMLNode?) {
        self.decoding = decoding
        self.path = path
        place = node?.place
        if case .mapping(let list) = node?.content {
            order = list
        } else {
            order = []
            if let node, !node.isNull {
                decoding.report(
                    .error, node.place, path, "expected a section (lines of `key: value`), found \(node.kindName)")
            }
        }
        entries = Dictionary(order.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Single values

    /// A value that has a default.
    func value<Value>(
        _ name: String, _ kind: Kind<Value>, default standard: Value, _ about: String
    ) -> Value {
        note(name, kind.allowed, about, standard: kind.show(standard), example: kind.show(standard))
        return entry(name).flatMap { scalar($0.value, pathTo(name), kind) } ?? standard
    }

    /// A value that may be left out.
    func optional<Value>(
        _ name: String, _ kind: Kind<Value>, example: String, isAlternative: Bool = false, _ about: String
    ) -> Value? {
        note(name, kind.allowed, about, standard: nil, example: example, isAlternative: isAlternative)
        return entry(name).flatMap { scalar($0.value, pathTo(name), kind) }
    }

    /// A value that must be there. `nil` only after an error was reported.
    func required<Value>(_ name: String, _ kind: Kind<Value>, example: String, _ about: String) -> Value? {
        note(name, kind.allowed, about + " Must be given.", standard: nil, example: example)
        if decoding.isDocumenting { return kind.parse(example) }
        guard let found = entry(name) else {
            decoding.report(.error, place, pathTo(name), "is missing; expected \(kind.allowed)")
            return nil
        }
        return scalar(found.value, pathTo(name), kind)
    }

    // MARK: - Lists

    /// A list of values, each with its place. Those that are wrong are left out, after an error.
    func placed<Value>(
        _ name: String, _ kind: Kind<Value>, example: [String], default standard: [Value] = [], _ about: String
    ) -> [(value: Value, place: Place?)] {
        let shown = standard.isEmpty ? nil : Self.list(standard.map(kind.show))
        note(name, "a list; each " + kind.allowed, about, standard: shown, example: Self.list(example), isList: true)
        guard let found = entry(name) else { return standard.map { ($0, nil) } }
        guard case .sequence(let nodes) = found.value.content else {
            decoding.report(
                .error, found.value.place, pathTo(name),
                "expected a list such as \(Self.list(example)), found \(found.value.kindName)")
            return standard.map { ($0, nil) }
        }
        return nodes.enumerated().compactMap { index, node in
            scalar(node, pathTo(name) + "[\(index)]", kind).map { ($0, node.place) }
        }
    }

    func list<Value>(
        _ name: String, _ kind: Kind<Value>, example: [String], default standard: [Value] = [], _ about: String
    ) -> [Value] {
        placed(name, kind, example: example, default: standard, about).map(\.value)
    }

    // MARK: - Sections

    /// A section that is always read: with its defaults, if it is not in the file.
    func section<Value>(
        _ name: String, _ about: String, presence: Catalogue.Presence = .always, _ read: (Section) -> Value
    ) -> Value {
        known.append(name)
        decoding.catalogue?.add(.begin(name: name, about: about, presence))
        let section = Section(decoding, path: pathTo(name), node: entry(name)?.value)
        let value = read(section)
        section.reportUnknownKeys()
        decoding.catalogue?.add(.end)
        return value
    }

    /// A section that may be left out as a whole.
    func optionalSection<Value>(_ name: String, _ about: String, _ read: (Section) -> Value?) -> Value? {
        guard decoding.isDocumenting || entry(name) != nil else {
            known.append(name)
            return nil
        }
        return section(name, about, presence: .optional, read)
    }

    /// A list of sections; `nil` if it is not in the file.
    func sections<Value>(_ name: String, _ about: String, _ read: (Section) -> Value?) -> [Value]? {
        known.append(name)
        if decoding.isDocumenting {
            decoding.catalogue?.add(.begin(name: name, about: about, .list))
            _ = read(Section(decoding, path: pathTo(name) + "[0]", node: nil))
            decoding.catalogue?.add(.end)
            return nil
        }
        guard let found = entry(name) else { return nil }
        guard case .sequence(let nodes) = found.value.content else {
            decoding.report(
                .error, found.value.place, pathTo(name),
                "expected a list (each item begins with a hyphen), found \(found.value.kindName)")
            return []
        }
        return nodes.enumerated().compactMap { index, node in
            let section = Section(decoding, path: pathTo(name) + "[\(index)]", node: node)
            let value = read(section)
            section.reportUnknownKeys()
            return value
        }
    }

    // MARK: - Reporting

    func pathTo(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Where a key stands; the section's own place if it is not in the file.
    func place(of name: String) -> Place? { entries[name]?.value.place ?? place }

    /// True if the file gives the key a value.
    func has(_ name: String) -> Bool { entry(name) != nil }

    func error(_ name: String, _ message: String) {
        decoding.report(.error, place(of: name), pathTo(name), message)
    }

    func warning(_ name: String, _ message: String) {
        decoding.report(.warning, place(of: name), pathTo(name), message)
    }

    func reportUnknownKeys() {
        for entry in order where !known.contains(entry.key) {
            guard !decoding.isFull else { return }
            let guess = SafeName.suggestion(for: entry.key, among: known)
            let hint = guess.map { "did you mean \($0)?" } ?? "known here: " + known.joined(separator: ", ")
            let shown = SafeText.printable(entry.key, limit: 60)
            decoding.report(.error, entry.place, pathTo(shown), "unknown key; \(hint)")
        }
    }

    // MARK: -

    private func entry(_ name: String) -> YAMLNode.Entry? {
        entries[name].flatMap { $0.value.isNull ? nil : $0 }
    }

    private func scalar<Value>(_ node: YAMLNode, _ path: String, _ kind: Kind<Value>) -> Value? {
        guard case .scalar(let text, _) = node.content else {
            decoding.report(.error, node.place, path, "expected \(kind.allowed), found \(node.kindName)")
            return nil
        }
        if let value = kind.parse(text) { return value }
        let reason = kind.explain(text).map { "; " + $0 } ?? ""
        decoding.report(.error, node.place, path, "expected \(kind.allowed), found \(SafeName.of(text))\(reason)")
        return nil
    }

    private func note(
        _ name: String, _ allowed: String, _ about: String, standard: String?, example: String, isList: Bool = false,
        isAlternative: Bool = false
    ) {
        known.append(name)
        decoding.catalogue?.add(
            .key(
                Catalogue.Key(
                    name: name, about: about, allowed: allowed, standard: standard, example: example, isList: isList,
                    isAlternative: isAlternative)))
    }

    private static func list(_ values: [String]) -> String {
        "[" + values.map(ExampleWriter.quoted).joined(separator: ", ") + "]"
    }
}
