import MailTypes
package import NIOCore
import NIOSSL
package import Posture
import SMTPProtocol

/// Probes one server from outside: every try is MAIL, RCPT, RSET. There is no DATA in this file; the one message that the
/// operator may ask for is sent by `RelayDelivery.swift`.
package struct RelayProbe {
    let settings: RelayProbeSettings
    private let group: any EventLoopGroup
    var facts: RelayFacts
    private var address: IPAddress?
    private var connections = 0
    private var current: ProbeConnection?
    private var refusals = 0
    /// Tries on the current connection.
    private var tries = 0
    /// Servers slow down who resets often (Sendmail counts RSETs, Postfix errors).
    private static let triesPerConnection = 15
    private var usesTLS = false
    private let began = ContinuousClock.now
    private var isImplicit: Bool { (settings.publicPort ?? settings.port) == 465 }

    private init(_ settings: RelayProbeSettings, on group: any EventLoopGroup) {
        self.settings = settings
        self.group = group
        let host = settings.host.utf8.contains(UInt8(ascii: ":")) ? "[\(settings.host)]" : settings.host
        facts = RelayFacts(target: "\(host):\(settings.port)", port: settings.publicPort ?? settings.port)
        facts.hasOwnDomain = settings.ownDomain != nil
    }

    /// Never fails: what could not be seen is in the facts.
    package static func run(_ settings: RelayProbeSettings, on group: any EventLoopGroup) async -> RelayFacts {
        var probe = RelayProbe(settings, on: group)
        do throws(AuditError) {
            try await probe.introduce()
        } catch {
            probe.facts.problems.append(error.message)
            await probe.drop()
            return probe.facts
        }
        await probe.judgeTLS()
        for attempt in RelayAttempt.all(probe.names()) { await probe.attempt(attempt) }
        await probe.drop()
        if let recipient = settings.deliverTo { await probe.deliver(to: recipient) }
        for login in settings.logins.prefix(RelayProbeSettings.maximumLogins) { await probe.logIn(login) }
        return probe.facts
    }

    private func names() -> RelayProbeNames {
        let host = facts.heloName.flatMap { DomainName($0) }
        return RelayProbeNames(
            ownDomain: settings.ownDomain, hostName: host.flatMap { $0.labels.count > 1 ? $0 : nil },
            address: address ?? .v4(0), recipient: settings.recipient, sender: settings.sender, nonce: settings.nonce)
    }

    // MARK: The first connection

    private mutating func introduce() async throws(AuditError) {
        let connection = try await connect()
        let greeting = try await connection.greeting()
        guard greeting.code.isPositive else {
            throw AuditError(.connection, "the server greets with \(ProbeReply(greeting))")
        }
        facts.greeting = ProbeReply(greeting)
        if isImplicit { facts.tls = .implicit }
        facts.extensions = try await hello(connection, settings.helo)
        for word in ["postmaster", settings.nonce] {
            facts.vrfy.append(ProbeReply(try await ask(connection, "VRFY \(word)")))
        }
        for word in ["postmaster", settings.nonce] {
            facts.expn.append(ProbeReply(try await ask(connection, "EXPN \(word)")))
        }
        if facts.extensions?.contains("STARTTLS") == true {
            do throws(AuditError) {
                try await secure(connection)
                facts.tls = .works
                facts.secureExtensions = try await hello(connection, settings.helo)
            } catch {
                if facts.tls == .notOffered { facts.tls = .failed(error.message) }
            }
        }
        await connection.close()
    }

    /// EHLO, or HELO where that is not known. Gives the extensions in capital letters; `nil` if there is no EHLO.
    @discardableResult
    mutating func hello(_ connection: ProbeConnection, _ name: String) async throws(AuditError) -> [String]? {
        let reply = try await ask(connection, "EHLO \(name)")
        if reply.code.isPositive {
            if facts.heloName == nil {
                facts.heloName = reply.lines.first?.split(separator: " ").first.map { SafeText.printable(String($0)) }
            }
            return reply.lines.dropFirst().map { line in
                String(decoding: line.utf8.map { (0x61...0x7a).contains($0) ? $0 & 0xdf : $0 }, as: UTF8.self)
            }
        }
        _ = try await ask(connection, "HELO \(name)")
        return nil
    }

    private mutating func secure(_ connection: ProbeConnection) async throws(AuditError) {
        let reply = try await ask(connection, "STARTTLS")
        guard reply.code.isPositive else { throw AuditError(.tls, "STARTTLS: \(ProbeReply(reply))") }
        try await connection.handshake(settings.host)
    }

    // MARK: TLS

    /// Two more handshakes: one that verifies the certificate, one with nothing newer than TLS 1.1.
    private mutating func judgeTLS() async {
        guard facts.tls == .works || facts.tls == .implicit else { return }
        let name = [settings.host, facts.heloName ?? ""].first { IPAddress($0) == nil && DomainName($0) != nil }
        var quality = RelayFacts.TLSQuality(name: name ?? settings.host)
        do throws(AuditError) {
            let plain = try await beginTLS(verifies: false, maximum: nil, name: quality.name)
            if let end = await plain.certificateEnd() {
                let left = Double(end) - settings.now()
                quality.daysLeft = Int((left / 86_400).rounded(.down))
            }
            await plain.close()
        } catch {
            facts.problems.append(error.message)
            return
        }
        do throws(AuditError) {
            await (try await beginTLS(verifies: true, maximum: nil, name: quality.name)).close()
        } catch {
            guard error.code == .tls else {
                facts.problems.append(error.message)
                return
            }
            quality.distrust = error.message
        }
        do throws(AuditError) {
            await (try await beginTLS(verifies: false, maximum: .tlsv11, name: quality.name)).close()
            quality.takesOldVersions = true
        } catch {
            if error.code == .tls { quality.takesOldVersions = false }
        }
        facts.tlsQuality = quality
    }

    /// - Throws: `.tls` if the handshake itself failed.
    private mutating func beginTLS(
        verifies: Bool, maximum: TLSVersion?, name: String
    ) async throws(AuditError) -> ProbeConnection {
        let connection = try await connect(isSecure: false)
        do throws(AuditError) {
            if !isImplicit {
                _ = try await connection.greeting()
                _ = try await ask(connection, "EHLO \(settings.helo)")
                let reply = try await ask(connection, "STARTTLS")
                guard reply.code.isPositive else {
                    throw AuditError(.connection, "STARTTLS: \(ProbeReply(reply))")
                }
            }
            try await connection.handshake(name, verifies: verifies, maximum: maximum)
        } catch {
            await connection.close()
            throw error
        }
        return connection
    }

    private mutating func connect(isSecure: Bool? = nil) async throws(AuditError) -> ProbeConnection {
        guard connections < settings.maximumConnections else {
            throw AuditError(.connection, "the cap of \(settings.maximumConnections) connections is reached")
        }
        connections += 1
        // The first answer of DNS holds for the whole probe.
        let host = address?.description ?? settings.host
        let connection = try await ProbeConnection.open(
            host: host, port: settings.port, source: settings.source, isSecure: isSecure ?? isImplicit,
            timeout: settings.timeout,
            on: group)
        address = connection.address
        return connection
    }

    func ask(_ connection: ProbeConnection, _ line: String) async throws(AuditError) -> Reply {
        if settings.pace > .zero { try? await Task.sleep(for: settings.pace) }
        return try await connection.command(line)
    }

    // MARK: Tries

    private mutating func attempt(_ attempt: RelayAttempt) async {
        var outcome = RelayOutcome.notTried("not tried")
        for _ in 0..<2 {
            guard ContinuousClock.now - began < settings.maximumDuration else {
                outcome = .notTried("the server answers slowly: \(settings.maximumDuration) are over")
                break
            }
            do throws(AuditError) {
                outcome = try await once(attempt)
                break
            } catch {
                await drop()
                outcome = .notTried(error.message)
            }
        }
        facts.trials.append(RelayTrial(attempt, outcome))
    }

    private mutating func once(_ attempt: RelayAttempt) async throws(AuditError) -> RelayOutcome {
        // Another HELO is the first: some servers take no second one, which says nothing about relaying.
        if refusals >= settings.refusalsPerConnection || tries >= Self.triesPerConnection || attempt.helo != "" {
            await drop()
        }
        tries += 1
        let connection: ProbeConnection
        if let current {
            connection = current
        } else {
            connection = try await session(greets: attempt.helo == "")
        }
        if let helo = attempt.helo, !helo.isEmpty {
            let reply = try await ask(connection, "HELO \(helo)")
            guard reply.code.isPositive else {
                await drop()
                return .senderRefused(ProbeReply(reply))
            }
        }
        let outcome = try await transaction(connection, attempt.sender, attempt.recipient)
        if case .senderRefused(let reply) = outcome, reply.code == 530, !usesTLS, facts.tls == .works,
            ASCII.lowercased(reply.text).contains("starttls")
        {
            usesTLS = true
            throw AuditError(.tls, "the server asks for STARTTLS first")
        }
        // Another HELO holds for this try only.
        if attempt.helo != "" { await drop() }
        return outcome
    }

    mutating func session(greets: Bool) async throws(AuditError) -> ProbeConnection {
        let connection = try await connect()
        current = connection
        let greeting = try await connection.greeting()
        guard greeting.code.isPositive else {
            throw AuditError(.connection, "the server greets with \(ProbeReply(greeting))")
        }
        if greets || usesTLS {
            try await hello(connection, settings.helo)
            if usesTLS {
                try await secure(connection)
                if greets { try await hello(connection, settings.helo) }
            }
        }
        return connection
    }

    /// MAIL, RCPT, RSET: nothing can be sent this way.
    private mutating func transaction(
        _ connection: ProbeConnection, _ sender: String, _ recipient: String
    ) async throws(AuditError) -> RelayOutcome {
        let mail = try await ask(connection, "MAIL FROM:\(sender)")
        guard mail.code.isPositive else {
            refusals += 1
            return try ended(mail) ?? .senderRefused(ProbeReply(mail))
        }
        let reply = try await ask(connection, "RCPT TO:\(recipient)")
        if !reply.code.isPositive { refusals += 1 }
        if let outcome = try ended(reply) { return outcome }
        _ = try await ask(connection, "RSET")
        return .recipient(ProbeReply(reply))
    }

    private func ended(_ reply: Reply) throws(AuditError) -> RelayOutcome? {
        guard reply.code.value == 421 else { return nil }
        throw AuditError(.connection, "the server hangs up: \(ProbeReply(reply))")
    }

    mutating func drop() async {
        refusals = 0
        tries = 0
        if let current { await current.close() }
        current = nil
    }

    // MARK: Logins

    private mutating func logIn(_ login: RelayProbeSettings.Login) async {
        var result = RelayFacts.Login(account: SafeText.printable(login.account))
        do throws(AuditError) {
            let isSecure = isImplicit || facts.tls == .works
            guard isSecure || settings.allowsClearLogin else {
                throw AuditError(.input, "no login is tried without TLS: the password would be anybody's")
            }
            usesTLS = facts.tls == .works
            let connection = try await session(greets: true)
            result.isAccepted = try await authenticate(connection, login)
            if result.isAccepted == true {
                let own =
                    login.account.utf8.contains(UInt8(ascii: "@"))
                    ? login.account : settings.ownDomain.map { "\(login.account)@\($0)" }
                let recipient = "<\(settings.recipient)>"
                if let own { result.ownSender = try await transaction(connection, "<\(own)>", recipient) }
                result.foreignSender = try await transaction(connection, "<\(settings.sender)>", recipient)
            }
        } catch {
            facts.problems.append(error.message)
        }
        await drop()
        facts.logins.append(result)
    }

    private func authenticate(
        _ connection: ProbeConnection, _ login: RelayProbeSettings.Login
    ) async throws(AuditError) -> Bool {
        let plain = Base64.encode([0] + Array(login.account.utf8) + [0] + Array(login.password.utf8))
        let reply = try await ask(connection, "AUTH PLAIN \(plain)")
        if reply.code.value == 235 { return true }
        guard reply.code.value == 504 || reply.code.value == 502 || reply.code.value == 503 else {
            return try decided(reply)
        }
        let first = try await ask(connection, "AUTH LOGIN")
        guard first.code.value == 334 else { throw AuditError(.malformed, "no login is offered: \(ProbeReply(first))") }
        _ = try await ask(connection, Base64.encode(Array(login.account.utf8)))
        let last = try await ask(connection, Base64.encode(Array(login.password.utf8)))
        return last.code.value == 235 ? true : try decided(last)
    }

    /// 535 says no; everything else says nothing about the password.
    private func decided(_ reply: Reply) throws(AuditError) -> Bool {
        if reply.code.value == 535 { return false }
        throw AuditError(.malformed, "the login was not decided: \(ProbeReply(reply))")
    }
}

extension ProbeReply {
    init(_ reply: Reply) {
        let text = reply.lines.joined(separator: " ")
        self.init(Int(reply.code.value), reply.enhanced.map { "\($0) \(text)" } ?? text)
    }
}
