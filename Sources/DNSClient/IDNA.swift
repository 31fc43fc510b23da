package import MailTypes

/// Internationalized names as DNS has them (RFC 5891, RFC 3492).
package enum IDNA {
    /// The name with every non-ASCII label as its A-label. `nil` if one becomes longer than a label may be.
    ///
    /// Labels are put in lower case. They are not put in Unicode normal form C, which needs tables that the standard library
    /// keeps to itself: names typed by people and sent by mail programs are in that form already.
    package static func ascii(_ name: DomainName) -> String? {
        if name.isASCII { return name.description }
        var labels: [String] = []
        for label in name.labels {
            if label.utf8.allSatisfy({ $0 < 0x80 }) {
                labels.append(String(label))
            } else {
                guard let encoded = punycode(label.lowercased()), encoded.utf8.count <= 59 else { return nil }
                labels.append("xn--" + encoded)
            }
        }
        let text = labels.joined(separator: ".")
        return text.utf8.count <= 253 ? text : nil
    }

    /// RFC 3492 §6.3.
    static func punycode(_ label: String) -> String? {
        let scalars = label.unicodeScalars.map(\.value)
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var n: UInt32 = 128
        var delta: UInt32 = 0
        var bias: UInt32 = 72
        while handled < scalars.count {
            guard let next = scalars.filter({ $0 >= n }).min() else { return nil }
            let (product, overflow) = (next - n).multipliedReportingOverflow(by: UInt32(handled + 1))
            let (sum, overflow2) = delta.addingReportingOverflow(product)
            guard !overflow, !overflow2 else { return nil }
            delta = sum
            n = next
            for scalar in scalars {
                if scalar < n { delta += 1 }
                guard scalar == n else { continue }
                var q = delta
                var k: UInt32 = 36
                while true {
                    let t = k <= bias ? 1 : (k >= bias + 26 ? 26 : k - bias)
                    if q < t { break }
                    output.append(digit(t + (q - t) % (36 - t)))
                    q = (q - t) / (36 - t)
                    k += 36
                }
                output.append(digit(q))
                bias = adapt(delta, UInt32(handled + 1), isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func digit(_ value: UInt32) -> UInt8 { UInt8(value < 26 ? value + 97 : value - 26 + 48) }

    private static func adapt(_ delta: UInt32, _ points: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / points
        var k: UInt32 = 0
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }
}
