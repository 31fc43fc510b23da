import FirewallModel
import MailTypes

/// Reads what PowerShell exports of Exchange (Clixml, JSON, the text of `Format-List`), and MetaBase.xml.
///
/// UTF-8 or UTF-16. What is cut in half, shortened by PowerShell, or of an unknown shape is an error with its line.
package enum ExchangeReader {
    /// Objects in one file.
    static let maximumObjects = 200_000

    package static func read(_ name: String, _ bytes: [UInt8]) throws(AuditError) -> ExchangeExport {
        let file = SourceFile(name: name, bytes: bytes)
        guard bytes.count <= SourceFile.sizeBound.bytes else {
            throw AuditError(.input, "\(name): \(bytes.count) bytes; at most \(SourceFile.sizeBound.bytes) are read")
        }
        let objects: [ExchangeObject]
        do {
            switch try firstSign(file) {
            case UInt8(ascii: "<"):
                let root = try XMLReader.read(file)
                switch root.name {
                case "Objs": objects = try ClixmlReader(name).read(root)
                case "configuration": objects = try MetabaseReader.read(root, name)
                default:
                    throw AuditError(.input, "\(name):\(root.line): neither Export-Clixml's <Objs> nor MetaBase.xml")
                }
            case UInt8(ascii: "[") where ListTextReader.isTranscript(file): objects = try ListTextReader.read(file)
            case UInt8(ascii: "["), UInt8(ascii: "{"): objects = try ExchangeJSON.read(try JSONReader.read(file), name)
            default: objects = try ListTextReader.read(file)
            }
        } catch let error as AuditError {
            throw error
        } catch let error as FirewallError {
            throw AuditError(.input, error.description)
        } catch {
            throw AuditError(.input, "\(name): \(error)")
        }
        guard objects.count <= maximumObjects else {
            throw AuditError(.input, "\(name): more than \(maximumObjects) objects")
        }
        guard objects.contains(where: { $0.kind != nil }) else {
            throw AuditError(
                .input, "\(name): no connector, domain, permission, mailbox, policy or SMTP server is in it")
        }
        return ExchangeExport(name: name, objects: objects)
    }

    private static func firstSign(_ file: SourceFile) throws -> UInt8 {
        // The mark of UTF-8 or UTF-16, and its zero bytes.
        let skipped: Set<UInt8> = [0xef, 0xbb, 0xbf, 0xff, 0xfe, 0]
        guard let first = file.bytes.first(where: { $0 > 0x20 && !skipped.contains($0) }) else {
            throw AuditError(.input, "\(file.name): the file is empty")
        }
        return first
    }
}

/// `Export-Clixml`: PowerShell's serialised objects ([MS-PSRP] §2.2.5).
struct ClixmlReader {
    private let file: String
    private var known: [String: XMLElement] = [:]

    init(_ file: String) { self.file = file }

    func read(_ root: XMLElement) throws(AuditError) -> [ExchangeObject] {
        var reader = self
        reader.remember(root)
        var objects: [ExchangeObject] = []
        for child in root.children { reader.add(child, to: &objects, depth: 0) }
        return objects
    }

    private mutating func remember(_ element: XMLElement) {
        if element.name == "Obj", let id = element.attributes["RefId"] { known[id] = element }
        for child in element.children { remember(child) }
    }

    private func add(_ element: XMLElement, to objects: inout [ExchangeObject], depth: Int) {
        guard element.name == "Obj", depth < 8 else { return }
        var properties: [String: ExchangeObject.Value] = [:]
        // Props: the object's own; MS: what was added, as by Select-Object.
        for part in element.children where part.name == "Props" || part.name == "MS" {
            for property in part.children {
                guard let name = property.attributes["N"] else { continue }
                properties[Self.decoded(name).lowercased()] = value(property, depth: 0)
            }
        }
        if !properties.isEmpty {
            objects.append(ExchangeObject(properties: properties, file: file, line: element.line))
        }
        for list in element.children where Self.lists.contains(list.name) {
            for item in list.children { add(item, to: &objects, depth: depth + 1) }
        }
    }

    private static let lists: Set<String> = ["LST", "IE", "STK", "QUE"]

    private func value(_ element: XMLElement, depth: Int) -> ExchangeObject.Value {
        guard depth < 6 else { return .none }
        switch element.name {
        case "Nil": return .none
        case "Ref":
            return element.attributes["RefId"].flatMap { known[$0] }.map { value($0, depth: depth + 1) } ?? .none
        case "Obj":
            if let list = element.children.first(where: { Self.lists.contains($0.name) }) {
                return .list(
                    list.children.compactMap { item in
                        switch value(item, depth: depth + 1) {
                        case .text(let text): text
                        case .list(let items): items.joined(separator: ", ")
                        case .none: nil
                        }
                    })
            }
            if let text = element.children.first(where: { $0.name == "ToString" }) {
                return .text(Self.decoded(text.text))
            }
            // An enumeration without its text: the number.
            if let number = element.children.first(where: { ["I32", "U32", "I64", "S"].contains($0.name) }) {
                return .text(number.text)
            }
            return .none
        default: return .text(Self.decoded(element.text))
        }
    }

    /// `_x000A_` is the character 10.
    static func decoded(_ text: String) -> String {
        guard text.contains("_x") else { return text }
        var units: [UInt16] = []
        let all = Array(text.utf16)
        var index = 0
        while index < all.count {
            if index + 6 < all.count, all[index] == 0x5f, all[index + 1] == 0x78, all[index + 6] == 0x5f,
                let unit = UInt16(String(decoding: all[(index + 2)..<(index + 6)], as: UTF16.self), radix: 16)
            {
                units.append(unit)
                index += 7
            } else {
                units.append(all[index])
                index += 1
            }
        }
        return String(decoding: units, as: UTF16.self)
    }
}

/// `ConvertTo-Json`.
enum ExchangeJSON {
    static func read(_ root: JSONNode, _ file: String) throws(AuditError) -> [ExchangeObject] {
        var objects: [ExchangeObject] = []
        for node in root["value"]?.elements ?? root.list {
            guard let members = node.members else {
                throw AuditError(.input, "\(file):\(node.line): an object is expected")
            }
            var properties: [String: ExchangeObject.Value] = [:]
            for member in members { properties[member.key.lowercased()] = value(member.value) }
            objects.append(ExchangeObject(properties: properties, file: file, line: node.line))
        }
        return objects
    }

    private static func value(_ node: JSONNode) -> ExchangeObject.Value {
        switch node.value {
        case .null: return .none
        case .array(let elements):
            return .list(elements.map { text($0) })
        default: return .text(text(node))
        }
    }

    private static func text(_ node: JSONNode) -> String {
        if let text = node.text { return text }
        // A range of addresses, taken apart by ConvertTo-Json.
        if let low = node.first("LowerBound"), let high = node.first("UpperBound") {
            return "\(text(low))-\(text(high))"
        }
        if let inner = node.first("IPAddressToString", "Expression", "Address", "Value", "Name", "RawIdentity") {
            let port = node["Port"]?.integer.map { ":\($0)" } ?? ""
            return text(inner) + port
        }
        return node.compact(limit: 200)
    }
}
