import CYaml

/// Reads one YAML document into `YAMLNode`s, by libYAML's events.
///
/// Not by Yams' own `compose`, which stops at the first duplicate key, recurses as deep as the text nests, and hashes keys
/// that may be aliases of huge values. Here everything is bounded: depth, aliases, and values after following the aliases.
///
/// A class, since libYAML's parser keeps a pointer to itself and must not move.
final class YAMLReader {
    /// A configuration needs about six.
    static let maximumDepth = 32
    /// Values after following aliases. A file of 4 MiB can hold some 500,000 honest ones; ten aliases of ten aliases of…
    /// would be billions.
    static let maximumValues = 1_000_000

    private var parser = yaml_parser_t()
    private var anchors: [String: Anchored] = [:]
    private var values = 0
    private(set) var problems: [Issue] = []

    struct Issue {
        var place: Place
        var message: String
    }

    private struct Anchored {
        var node: YAMLNode
        var values: Int
    }

    /// What ends the reading.
    private struct Failure: Error {
        var issue: Issue
    }

    private init() { yaml_parser_initialize(&parser) }

    deinit { yaml_parser_delete(&parser) }

    /// The document, `nil` if there is none or it is no YAML; duplicate keys and the like beside it.
    static func read(_ bytes: [UInt8]) -> (root: YAMLNode?, problems: [Issue]) {
        bytes.withUnsafeBufferPointer { buffer in
            let reader = YAMLReader()
            yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(&reader.parser, buffer.baseAddress, buffer.count)
            do throws(Failure) {
                return (try reader.document(), reader.problems)
            } catch {
                return (nil, reader.problems + [error.issue])
            }
        }
    }

    private func document() throws(Failure) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try next()
            switch event.type {
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT, YAML_NO_EVENT: continue
            case YAML_STREAM_END_EVENT: return root
            case YAML_DOCUMENT_START_EVENT:
                guard root == nil else {
                    throw fail(event.place, "a second document begins here; the file must hold one")
                }
                root = try node(try next(), depth: 0)
            default: throw fail(event.place, "this is not expected here")
            }
        }
    }

    private func node(_ event: borrowing Event, depth: Int) throws(Failure) -> YAMLNode {
        guard depth < Self.maximumDepth else {
            throw fail(event.place, "nested deeper than \(Self.maximumDepth) levels")
        }
        let before = values
        try count(1, event.place)
        let anchor = event.anchor
        let node: YAMLNode
        switch event.type {
        case YAML_ALIAS_EVENT:
            guard let anchor, let anchored = anchors[anchor] else {
                throw fail(event.place, "the alias *\(SafeName.of(anchor ?? "")) has no anchor before it")
            }
            try count(anchored.values, event.place)
            return anchored.node
        case YAML_SCALAR_EVENT:
            node = YAMLNode(content: .scalar(event.text, isQuoted: event.isQuoted), place: event.place)
        case YAML_SEQUENCE_START_EVENT:
            node = YAMLNode(content: .sequence(try elements(depth: depth)), place: event.place)
        case YAML_MAPPING_START_EVENT:
            node = YAMLNode(content: .mapping(try entries(depth: depth)), place: event.place)
        default: throw fail(event.place, "this is not expected here")
        }
        if let anchor { anchors[anchor] = Anchored(node: node, values: values - before) }
        return node
    }

    private func elements(depth: Int) throws(Failure) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try next()
            if event.type == YAML_SEQUENCE_END_EVENT { return elements }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private func entries(depth: Int) throws(Failure) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        var seen: [String: Place] = [:]
        while true {
            let event = try next()
            if event.type == YAML_MAPPING_END_EVENT { return entries }
            guard event.type == YAML_SCALAR_EVENT else {
                throw fail(event.place, "a key must be a plain word")
            }
            let (key, place) = (event.text, event.place)
            try count(1, place)
            if let anchor = event.anchor {
                let node = YAMLNode(content: .scalar(key, isQuoted: event.isQuoted), place: place)
                anchors[anchor] = Anchored(node: node, values: 1)
            }
            let value = try node(try next(), depth: depth + 1)
            if let first = seen[key] {
                guard problems.count < Decoding.maximumProblems else { continue }
                problems.append(
                    Issue(
                        place: place,
                        message: "the key \(SafeName.of(key)) stands here a second time; first on line \(first.line)"))
            } else {
                seen[key] = place
                entries.append(YAMLNode.Entry(key: key, place: place, value: value))
            }
        }
    }

    private func count(_ more: Int, _ place: Place) throws(Failure) {
        values += more
        guard values <= Self.maximumValues else {
            throw fail(place, "more than \(Self.maximumValues) values, counting each use of an alias")
        }
    }

    private func fail(_ place: Place, _ message: String) -> Failure {
        Failure(issue: Issue(place: place, message: message))
    }

    private func next() throws(Failure) -> Event {
        let event = Event(&parser)
        guard event.isValid else {
            let mark = parser.problem_mark
            let place = Place(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
            let problem = parser.problem.map { String(cString: $0) } ?? "out of memory"
            let context = parser.context.map { " (" + String(cString: $0) + ")" } ?? ""
            throw fail(place, "no valid YAML: \(problem)\(context)")
        }
        return event
    }
}

/// One event of libYAML, freed with the value.
private struct Event: ~Copyable {
    private var event = yaml_event_t()
    let isValid: Bool

    init(_ parser: inout yaml_parser_t) { isValid = yaml_parser_parse(&parser, &event) == 1 }

    deinit {
        var copy = event
        yaml_event_delete(&copy)
    }

    var type: yaml_event_type_t { event.type }

    var place: Place { Place(line: Int(event.start_mark.line) + 1, column: Int(event.start_mark.column) + 1) }

    var text: String {
        guard let start = event.data.scalar.value else { return "" }
        return String(
            decoding: UnsafeBufferPointer(start: start, count: Int(event.data.scalar.length)), as: UTF8.self)
    }

    var isQuoted: Bool { event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE }

    /// The anchor that the value defines, or the one that an alias names.
    var anchor: String? {
        let bytes: UnsafeMutablePointer<yaml_char_t>? =
            switch event.type {
            case YAML_ALIAS_EVENT: event.data.alias.anchor
            case YAML_SCALAR_EVENT: event.data.scalar.anchor
            case YAML_SEQUENCE_START_EVENT: event.data.sequence_start.anchor
            case YAML_MAPPING_START_EVENT: event.data.mapping_start.anchor
            default: nil
            }
        return bytes.map { String(cString: $0) }
    }
}
