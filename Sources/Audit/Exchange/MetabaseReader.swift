import FirewallModel
import MailTypes

/// MetaBase.xml of IIS 6: the SMTP service and its virtual servers, with what the servers inherit.
enum MetabaseReader {
    static func read(_ root: XMLElement, _ file: String) throws(AuditError) -> [ExchangeObject] {
        var service: [String: String] = [:]
        var objects: [ExchangeObject] = []
        guard let properties = root.children.first(where: { $0.name == "MBProperty" }) else {
            throw AuditError(.input, "\(file):\(root.line): no <MBProperty>: this is no MetaBase.xml")
        }
        for element in properties.children {
            switch element.name {
            case "IIsSmtpService": service = lowered(element)
            case "IIsSmtpServer":
                let own = lowered(element)
                var values: [String: ExchangeObject.Value] = ["smtpservice": .text(element.name)]
                for key in ["location", "servercomment", "relayforauth", "relayiplist"] {
                    if let text = own[key] {
                        values[key] = .text(text)
                    } else if key.hasPrefix("relay"), let text = service[key] {
                        values[key] = .text(text)
                        values[key + "-inherited"] = .text("from the service")
                    }
                }
                objects.append(ExchangeObject(properties: values, file: file, line: element.line))
            default: break
            }
        }
        guard !objects.isEmpty else { throw AuditError(.input, "\(file): no SMTP virtual server is in this metabase") }
        return objects
    }

    private static func lowered(_ element: XMLElement) -> [String: String] {
        var result = Dictionary(element.attributes.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        // Properties without a name in the schema stand below, by their number.
        for custom in element.children where custom.name == "Custom" {
            let key = ["36973": "relayforauth", "36970": "relayiplist"][custom.attributes["ID"] ?? ""]
            if let key { result[key] = custom.attributes["Value"] ?? custom.text }
        }
        return result
    }
}

/// RelayIpList: two lists, of those denied and those granted, as IIS keeps them.
///
/// Offsets (with the top bit set) of four lists stand first, then flags and the size of the head. A list is the number of its
/// groups and, for each group, how many addresses it has and where they are: the mask, then the addresses.
enum RelayAddressList: Hashable {
    /// “Only the list below”, with the addresses granted and their mask.
    case only([String])
    /// “All except the list below”.
    case allExcept
    /// Not of a form that is known here.
    case unreadable

    init(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else {
            self = .allExcept
            return
        }
        func number(_ at: Int) -> Int? {
            guard at >= 0, at + 4 <= bytes.count else { return nil }
            return Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3] & 0x7f) << 24
        }
        guard let denyAt = number(0), let grantAt = number(4), let denied = number(denyAt),
            let granted = number(grantAt),
            denied <= 32, granted <= 32
        else {
            self = .unreadable
            return
        }
        if denied > 0 || granted == 0 {
            self = .allExcept
            return
        }
        // The addresses follow the head: masks and addresses, four bytes each.
        guard let head = number(20), head >= grantAt, head + 8 <= bytes.count, (bytes.count - head) % 4 == 0 else {
            self = .unreadable
            return
        }
        var texts: [String] = []
        for at in stride(from: head, to: bytes.count, by: 4) {
            texts.append(bytes[at..<(at + 4)].map(String.init).joined(separator: "."))
        }
        guard granted == 1 else {
            self = .only(texts)
            return
        }
        let mask = texts[0]
        self = .only(texts.dropFirst().map { mask == "255.255.255.255" ? $0 : "\($0)/\(mask)" })
    }

    /// From hexadecimal digits (MetaBase.xml), or numbers between commas (WMI).
    init(_ text: String) {
        if text.contains(",") {
            let numbers = text.split(separator: ",").map { UInt8($0.trimmed) }
            self = numbers.contains(nil) ? .unreadable : RelayAddressList(numbers.compactMap { $0 })
            return
        }
        self = Hexadecimal.bytes(text).map { RelayAddressList($0) } ?? .unreadable
    }
}
