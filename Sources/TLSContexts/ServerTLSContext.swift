package import MailTypes
import NIOConcurrencyHelpers
package import NIOSSL

/// The server's certificate as a context, replaced while the service runs.
///
/// Sessions take `current` when they begin TLS and keep what they took, so that a reload disturbs nobody. New files that
/// are bad (half written, key and certificate of different renewals) leave the old context in place: a service that
/// answers with yesterday's certificate is better than one without TLS.
package final class ServerTLSContext: Sendable {
    private let state: NIOLockedValueBox<State>

    private struct State {
        var files: CertificateFiles
        var context: NIOSSLContext
        var fingerprint: CertificateFiles.Fingerprint
        var warnings: [TLSWarning]
        var notAfter: Timestamp
    }

    /// What a reload did.
    package enum Reload: Sendable {
        case unchanged
        case replaced([TLSWarning])
        /// The new files are bad; the old context is kept.
        case kept(TLSContextError)
    }

    /// Reads the files. Throws if they are bad: a service must not start without the TLS it was told to offer.
    package init(files: CertificateFiles, now: Timestamp) throws(TLSContextError) {
        state = NIOLockedValueBox(try Self.load(files, now))
    }

    /// The context for a new session. Safe on any thread; never waits for a file.
    package var current: NIOSSLContext { state.withLockedValue { $0.context } }
    /// Where it is read from.
    package var files: CertificateFiles { state.withLockedValue { $0.files } }
    /// What was noticed about the files in use.
    package var warnings: [TLSWarning] { state.withLockedValue { $0.warnings } }
    /// The end of the certificate in use.
    package var notAfter: Timestamp { state.withLockedValue { $0.notAfter } }

    /// Reads the files again if they changed, or whatever they are if `force` is set. Blocks on files: not for an event loop.
    package func reload(now: Timestamp, force: Bool = false) -> Reload {
        let files = files
        do throws(TLSContextError) {
            let fingerprint = try files.fingerprint()
            if !force, state.withLockedValue({ $0.fingerprint == fingerprint }) { return .unchanged }
            let loaded = try Self.load(files, now)
            state.withLockedValue { $0 = loaded }
            return .replaced(loaded.warnings)
        } catch {
            return .kept(error)
        }
    }

    /// Reads other files from here on. Bad ones leave the old files and their context in place.
    package func use(_ files: CertificateFiles, now: Timestamp) -> Reload {
        guard files != self.files else { return reload(now: now) }
        do throws(TLSContextError) {
            let loaded = try Self.load(files, now)
            state.withLockedValue { $0 = loaded }
            return .replaced(loaded.warnings)
        } catch {
            return .kept(error)
        }
    }

    private static func load(_ files: CertificateFiles, _ now: Timestamp) throws(TLSContextError) -> State {
        let loaded = try files.load(now: now)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: loaded.chain.map { .certificate($0) }, privateKey: .privateKey(loaded.key))
        configuration.minimumTLSVersion = .tlsv12
        do {
            return State(
                files: files, context: try NIOSSLContext(configuration: configuration), fingerprint: loaded.fingerprint,
                warnings: loaded.warnings, notAfter: loaded.notAfter)
        } catch {
            throw TLSContextError(
                .keyMismatch, "The key \(files.key) does not fit the certificate \(files.chain)", cause: error)
        }
    }
}
