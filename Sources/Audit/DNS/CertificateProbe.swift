import Crypto
package import MailTypes
package import NIOCore
import NIOSSL
package import Posture
import SMTPProtocol

/// What a mail host shows behind STARTTLS. One connection: EHLO, STARTTLS, the handshake, QUIT.
package struct CertificateProbe: Sendable {
    /// Where mail hosts listen; tests have their own.
    package var port = 25
    /// The name that is given in EHLO.
    package var helo: String
    package var timeout: Duration = .seconds(30)
    private let group: any EventLoopGroup

    package init(helo: String, on group: any EventLoopGroup) {
        self.helo = helo
        self.group = group
    }

    /// - Parameter name: the MX host's; also asked for in TLS (RFC 7672 §8.1).
    package func presented(by name: DomainName, at address: IPAddress) async -> DomainFacts.Presented {
        do throws(AuditError) {
            let connection = try await ProbeConnection.open(
                host: address.description, port: port, isSecure: false, timeout: timeout, on: group)
            let greeting = try await connection.greeting()
            guard greeting.code.isPositive else { return .failure("the host greets with \(ProbeReply(greeting))") }
            let hello = try await connection.command("EHLO \(helo)")
            guard hello.lines.contains(where: { ASCII.lowercased(String($0.prefix { $0 != " " })) == "starttls" })
            else {
                await connection.close()
                return .none("STARTTLS is not offered")
            }
            let start = try await connection.command("STARTTLS")
            guard start.code.isPositive else {
                await connection.close()
                return .failure("STARTTLS: \(ProbeReply(start))")
            }
            let chain = try await connection.handshakeShowing(name.description)
            await connection.close()
            return .chain(try chain.map(Self.certificate))
        } catch {
            return .failure(error.message)
        }
    }

    private static func certificate(_ certificate: NIOSSLCertificate) throws(AuditError) -> PresentedCertificate {
        do {
            return PresentedCertificate(
                certificate: forms(try certificate.toDERBytes()),
                key: forms(try certificate.extractPublicKey().toSPKIBytes()))
        } catch {
            throw AuditError(.malformed, "a certificate that cannot be read")
        }
    }

    private static func forms(_ bytes: [UInt8]) -> [[UInt8]] {
        [bytes, Array(SHA256.hash(data: bytes)), Array(SHA512.hash(data: bytes))]
    }
}
