import Glibc
package import MailTypes
import NIOSSL

/// Where a certificate chain and its private key lie, as PEM.
package struct CertificateFiles: Sendable, Hashable {
    /// The server's certificate first, then the intermediate ones.
    package var chain: String
    /// The private key; may be the same file.
    package var key: String

    package init(chain: String, key: String) {
        self.chain = chain
        self.key = key
    }

    /// Far more than any chain or key needs; a bound, so that a wrong path cannot fill the memory.
    static let maximumSize = ByteCount.mib(1)

    /// What the files hold, at one moment.
    struct Loaded {
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
        var fingerprint: Fingerprint
        var warnings: [TLSWarning]
        var notAfter: Timestamp
    }

    /// Enough of `stat(2)` to notice that a file was replaced or rewritten.
    struct Fingerprint: Hashable {
        var files: [FileState]
    }

    struct FileState: Hashable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
        var mode: UInt32
    }

    /// The present state of both files.
    func fingerprint() throws(TLSContextError) -> Fingerprint {
        let certificate = try Self.state(of: chain)
        let privateKey = try Self.state(of: key)
        return Fingerprint(files: [certificate, privateKey])
    }

    /// Reads and parses both.
    func load(now: Timestamp) throws(TLSContextError) -> Loaded {
        let fingerprint = try fingerprint()
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(chain)
        } catch {
            throw TLSContextError(.malformed, "No PEM certificates could be read from \(chain)", cause: error)
        }
        guard let leaf = certificates.first else {
            throw TLSContextError(.malformed, "\(chain) holds no certificate")
        }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw TLSContextError(.malformed, "No PEM private key could be read from \(key)", cause: error)
        }
        let notAfter = Timestamp(seconds: Int64(leaf.notValidAfter))
        var warnings: [TLSWarning] = []
        if fingerprint.files.last.map({ $0.mode & 0o007 != 0 }) ?? false { warnings.append(.keyReadableByOthers(key)) }
        if notAfter < now {
            warnings.append(.expired(chain, notAfter))
        } else if notAfter < now + TLSWarning.expiryNotice {
            warnings.append(.expiresSoon(chain, notAfter))
        }
        return Loaded(
            chain: certificates, key: privateKey, fingerprint: fingerprint, warnings: warnings, notAfter: notAfter)
    }

    private static func state(of path: String) throws(TLSContextError) -> FileState {
        var info = stat()
        guard stat(path, &info) == 0 else {
            throw TLSContextError(.unreadable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        guard info.st_mode & S_IFMT == S_IFREG else {
            throw TLSContextError(.unreadable, "\(path) is not a regular file")
        }
        guard info.st_size <= maximumSize.bytes else {
            throw TLSContextError(.unreadable, "\(path) is larger than \(maximumSize): not a certificate or key")
        }
        return FileState(
            device: UInt64(info.st_dev), inode: UInt64(info.st_ino), size: Int64(info.st_size),
            modifiedSeconds: info.st_mtim.tv_sec, modifiedNanoseconds: info.st_mtim.tv_nsec,
            mode: UInt32(info.st_mode))
    }
}

/// Something about a certificate or key that works, but that its owner should know.
package enum TLSWarning: Sendable, Hashable, CustomStringConvertible {
    /// Every account of the machine may read the private key.
    case keyReadableByOthers(String)
    case expired(String, Timestamp)
    /// Within `expiryNotice`.
    case expiresSoon(String, Timestamp)

    /// Automatic renewal happens a month before the end; two weeks before it, it must have failed.
    package static let expiryNotice = Duration.seconds(14 * 86_400)

    package var description: String {
        switch self {
        case .keyReadableByOthers(let path): "The private key \(path) can be read by others: chmod o= \(path)"
        case .expired(let path, let end): "The certificate in \(path) expired on \(end.iso8601)"
        case .expiresSoon(let path, let end): "The certificate in \(path) expires on \(end.iso8601)"
        }
    }
}
