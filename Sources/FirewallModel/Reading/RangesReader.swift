import MailTypes

/// Reads a provider's list of address blocks: text with one a line (`#` and `;` begin comments), or JSON of any shape whose
/// strings are blocks (AWS's ip-ranges.json, Google's and Microsoft's lists).
package enum RangesReader {
    package static func read(_ file: SourceFile) throws(FirewallError) -> AddressSet {
        let source = try SourceText(file, index: 0)
        var four: [AddressRange] = []
        var six: [AddressRange] = []
        func add(_ set: AddressSet) {
            four += set.ipv4.ranges
            six += set.ipv6.ranges
        }
        let first = source.bytes.first { $0 > 0x20 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            var pending = [try JSONReader.read(source)]
            while let node = pending.popLast() {
                if case .string(let text) = node.value {
                    if text.contains("/") || IPAddress(text) != nil, case .set(let set) = AddressText.read(text) {
                        add(set)
                    }
                }
                pending += node.elements ?? []
                pending += node.members?.map(\.value) ?? []
            }
            guard !four.isEmpty || !six.isEmpty else { throw source.error(1, "no address block is in this JSON") }
        } else {
            try source.forEachLine { number, line throws(FirewallError) in
                let text = line.prefix { $0 != "#" && $0 != ";" }
                for word in text.split(whereSeparator: { " \t,".contains($0) }) {
                    guard case .set(let set) = AddressText.read(word) else {
                        throw source.error(number, "no address block: \(SafeText.printable(String(word), limit: 64))")
                    }
                    add(set)
                }
            }
        }
        return AddressSet(ipv4: RangeSet(normalizing: four), ipv6: RangeSet(normalizing: six))
    }
}
