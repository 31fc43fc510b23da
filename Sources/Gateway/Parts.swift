import ContentAnalysis
import ContentTraining
import DNSClient
import Detection
import Foundation
import Inspection
import Journal
import MailTypes
import NIOSSL
import Response
import SMTPProtocol
import SMTPServing
import SluiceConfiguration
import Spool
import TLSContexts

/// What is made from a configuration before anything runs, so that what cannot be used is found before anything changes.
struct Parts {
    var spool: Spool.Settings
    var scoring: ContentModel
    var detection: DetectionPolicy
    var lists: LocalLists
    var response: ResponseSettings
    var intake: IntakeSettings
    var delivery: DeliveryPlan
    var dns: UnboundSettings
    var tls: ServerTLSContext?
    var httpTLS: ServerTLSContext?
    var listeners: [SMTPListener] { listeners(tls: tls) }
    /// Our own addresses at port 25: mail for them would run in a circle.
    var ownAddresses: Set<IPAddress>
    private let configuration: Configuration
    private let sockets: ListeningSockets

    init(_ configuration: Configuration, sockets: ListeningSockets) throws {
        self.configuration = configuration
        self.sockets = sockets
        spool = Spool.Settings(configuration.spool)
        scoring = try Self.scoring(configuration)
        detection = DetectionPolicy(configuration)
        lists = try Self.lists(configuration)
        response = try ResponseSettings(configuration)
        intake = IntakeSettings(configuration)
        intake.places = try LoginPlaces(configuration.detection.places)
        delivery = try DeliveryPlan(configuration)
        dns = UnboundSettings(configuration.dns)
        tls = try configuration.tls.map { try Self.context($0, "tls") }
        httpTLS = try configuration.http.tls.map { try Self.context($0, "http.tls") }
        let listening = configuration.listeners.map(\.address).filter { $0.port == 25 }.map(\.address)
        let pools = [configuration.egress.clean, configuration.egress.risky]
        ownAddresses = Set(listening + pools.compactMap(\.ipv4) + pools.compactMap(\.ipv6))
    }

    private static func context(_ settings: Configuration.TLS, _ key: String) throws -> ServerTLSContext {
        do {
            return try ServerTLSContext(
                files: CertificateFiles(chain: settings.certificate, key: settings.key), now: Clock.now())
        } catch {
            throw GatewayError(.tls, "\(key): \(error)")
        }
    }

    private static func scoring(_ configuration: Configuration) throws -> ContentModel {
        do {
            guard let path = configuration.detection.model else { return try ContentModel.seed() }
            return try ModelFile.load(path)
        } catch {
            throw GatewayError(.configuration, "detection.model: \(error)")
        }
    }

    private static func lists(_ configuration: Configuration) throws -> LocalLists {
        guard let path = configuration.detection.lists else { return LocalLists() }
        do {
            return try LocalLists(Array(Data(contentsOf: URL(fileURLWithPath: path))))
        } catch {
            throw GatewayError(.configuration, "detection.lists: \(SafeText.printable(path)): \(error)")
        }
    }

    /// What detection saw, for replay: in a directory of its own, for the gateway's eyes only.
    static func journal(_ configuration: Configuration) throws -> JournalWriter {
        let directory = configuration.stateDirectory + "/journal"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var limits = JournalWriter.Limits()
        limits.totalBytes = configuration.detection.journalSize.bytes
        limits.segmentBytes = min(limits.segmentBytes, max(1 << 20, limits.totalBytes / 8))
        return try JournalWriter(directory: directory, limits: limits)
    }

    /// The listeners on their bound sockets.
    func listeners(tls: ServerTLSContext?) -> [SMTPListener] {
        let context: (@Sendable () -> NIOSSLContext)? = tls.map { tls in { @Sendable in tls.current } }
        var result: [SMTPListener] = []
        for (index, listener) in configuration.listeners.enumerated() {
            result.append(
                SMTPListener(
                    name: "\(listener.kind.rawValue) \(listener.address)",
                    addresses: index < sockets.descriptors.count ? [.descriptor(sockets.descriptors[index])] : [],
                    kind: ListenerKind(rawValue: listener.kind.rawValue) ?? .relay,
                    hostName: configuration.hostname.description, tls: context,
                    offersAuthentication: listener.offersLogin, proxyNetworks: listener.proxyProtocolFrom))
        }
        return result
    }
}

extension Spool.Settings {
    init(_ limits: Configuration.SpoolLimits) {
        self.init(maximumSize: limits.maximumSize, minimumFree: limits.minimumFree)
    }
}

extension UnboundSettings {
    init(_ dns: Configuration.DNS) {
        self.init(
            forwarders: dns.forwarders.map { Forwarder($0.address, port: $0.port) }, trustAnchor: dns.trustAnchor,
            timeout: dns.timeout, maximumLookups: dns.maximumLookups)
    }
}
