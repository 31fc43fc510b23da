/// A certificate as TLSA records name it (RFC 6698 §2.1): whole or its key, as it is or by a digest.
package struct PresentedCertificate: Sendable, Hashable {
    /// By matching type: 0 the bytes, 1 SHA-256, 2 SHA-512.
    package var certificate: [[UInt8]]
    /// The same of the subject's public key (SPKI, in DER).
    package var key: [[UInt8]]

    package init(certificate: [[UInt8]], key: [[UInt8]]) {
        self.certificate = certificate
        self.key = key
    }

    fileprivate func isNamed(by record: TLSARecord) -> Bool {
        let forms = record.selector == 0 ? certificate : key
        let index = Int(record.matching)
        return forms.indices.contains(index) && forms[index] == record.data
    }
}

extension TLSARecord {
    /// The record names what the host shows: its own certificate (DANE-EE), or one that stands behind it (DANE-TA). Names and
    /// ends of validity do not count for the first (RFC 7672 §3.1.1); the chain of the second is not followed here.
    func matches(_ chain: [PresentedCertificate]) -> Bool {
        guard problem == nil else { return false }
        return usage == 3 ? chain.first?.isNamed(by: self) == true : chain.contains { $0.isNamed(by: self) }
    }
}
