package import MailTypes

/// One connection of a mail server, as a pure machine: commands in, what is to be done out.
///
/// The server tells of one client after another, and of one message after another, each step by step. What the shell has to
/// decide it tells with `take` (the sender), `takeRecipient`, `refuse` (the message could not be opened) and `decide` (its
/// end); they give what to answer.
package struct MilterSession: Sendable {
    /// What the shell does, in order.
    package enum Step: Hashable, Sendable {
        case answer(MilterAnswer)
        /// A sender: look who it is, then call `take`.
        case mail([[UInt8]])
        /// A recipient: call `takeRecipient`.
        case recipient([[UInt8]])
        /// The envelope is complete and content follows: open a message, or call `refuse`.
        case open
        /// Bytes of the message as the client sent it.
        case content([UInt8])
        /// The message is complete: call `decide` when it is known what becomes of it.
        case end
        /// The message is given up.
        case forget
        case close
    }

    /// Whether a sender or recipient is taken.
    package enum Taking: Hashable, Sendable {
        case taken
        /// Nobody's mail that is looked after here: it passes.
        case passed
        case refused(Reply)
    }

    /// What becomes of a message.
    package enum Fate: Hashable, Sendable {
        /// The mail server keeps it and sends it on, with these fields above it.
        case accepted([Field])
        /// It is kept here: the mail server forgets it.
        case kept
        case refused(Reply)
    }

    package struct Field: Hashable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is known of the client.
    package struct Client: Hashable, Sendable {
        package var hostName = ""
        package var peer = MilterPeer.unknown
        package var helloName: String?
        /// The login that the mail server accepted (`{auth_authen}`).
        package var login: String?
        /// `{tls_version}`, such as `TLSv1.3`.
        package var tlsVersion: String?
        /// The mail server's number of the message (`i`).
        package var queueID: String?

        package init() {}
    }

    enum State: Hashable, Sendable {
        case fresh
        /// Between messages.
        case ready
        case askingSender
        case envelope
        case askingRecipient
        case content
        /// The message is refused, which can be said only at its end.
        case refused(Reply)
    }

    package private(set) var client = Client()
    private(set) var state = State.fresh
    private var options = MilterOptions(version: 0, actions: 0, steps: 0)
    private static let lookedAt: Set<UInt8> = [UInt8(ascii: "H"), UInt8(ascii: "M")]
    private var macros: [UInt8: [String: String]] = [:]

    package init() {}

    /// Between messages: the connection can be closed without harm to any.
    package var isIdle: Bool { state == .fresh || state == .ready }

    package mutating func receive(_ command: MilterCommand) throws(MilterError) -> [Step] {
        if state == .fresh {
            guard case .negotiate(let offer) = command else {
                throw MilterError(.order, "the connection does not begin with a negotiation")
            }
            return [.answer(.negotiate(try negotiate(offer)))]
        }
        switch command {
        case .negotiate: throw MilterError(.order, "a second negotiation")
        case .macros(let letter, let values):
            // Only what is looked at is kept, and only for the next command of its kind.
            if Self.lookedAt.contains(letter) { macros[letter] = values }
            return []
        case .quit: return (isIdle ? [] : [.forget]) + [.close]
        case .quitClient:
            let steps: [Step] = isIdle ? [] : [.forget]
            client = Client()
            macros = [:]
            state = .ready
            return steps
        case .abort:
            // Also between messages: RSET, and after a refused sender.
            let steps: [Step] = isIdle ? [] : [.forget]
            state = .ready
            return steps
        case .unknown: return [.answer(.goOn)]
        case .connect(let host, let peer):
            try expect(state == .ready, "a client within a message")
            client = Client()
            client.hostName = host
            client.peer = peer
            return options.has(MilterOptions.Step.silentConnect) ? [] : [.answer(.goOn)]
        case .hello(let name):
            client.helloName = name
            client.tlsVersion = macro("{tls_version}", of: "H") ?? client.tlsVersion
            return options.has(MilterOptions.Step.silentHello) ? [] : [.answer(.goOn)]
        case .mail(let arguments):
            try expect(state == .ready, "a sender within a message")
            client.login = macro("{auth_authen}", of: "M")
            client.queueID = macro("i", of: "M")
            client.tlsVersion = macro("{tls_version}", of: "M") ?? client.tlsVersion
            // Another message's sender may be somebody else, or nobody who logged in.
            macros[UInt8(ascii: "M")] = nil
            state = .askingSender
            return [.mail(arguments)]
        case .recipient(let arguments):
            try expect(state == .envelope, "a recipient outside an envelope")
            state = .askingRecipient
            return [.recipient(arguments)]
        case .data:
            try expect(state == .envelope, "content outside an envelope")
            return [.answer(.goOn)]
        case .header, .endOfHeader, .body, .endOfMessage: return try content(command)
        }
    }

    private mutating func negotiate(_ offer: MilterOptions) throws(MilterError) -> MilterOptions {
        guard offer.version >= 2 else { throw MilterError(.unsupported, "version \(offer.version) of the protocol") }
        options = offer.agreed
        state = .ready
        return options
    }

    private mutating func content(_ command: MilterCommand) throws(MilterError) -> [Step] {
        var steps: [Step] = []
        switch state {
        case .envelope:
            steps.append(.open)
            state = .content
        case .content, .refused: break
        default: throw MilterError(.order, "content outside a message")
        }
        var bytes: [UInt8] = []
        var isSilent = false
        switch command {
        case .header(let name, let value):
            bytes = field(name, value)
            isSilent = options.has(MilterOptions.Step.silentHeader)
        case .endOfHeader:
            bytes = [0x0d, 0x0a]
            isSilent = options.has(MilterOptions.Step.silentEndOfHeader)
        case .body(let part):
            bytes = part
            isSilent = options.has(MilterOptions.Step.silentBody)
        case .endOfMessage(let part): bytes = part
        default: break
        }
        if !bytes.isEmpty { steps.append(.content(bytes)) }
        guard case .endOfMessage = command else { return steps + (isSilent ? [] : [.answer(.goOn)]) }
        return steps + [.end]
    }

    /// A field as the client sent it: line ends of SMTP, and the space behind the colon.
    private func field(_ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
        var line = name + [UInt8(ascii: ":")]
        line.reserveCapacity(name.count + value.count + 8)
        if !options.has(MilterOptions.Step.leadingSpace) { line.append(0x20) }
        var last: UInt8 = 0
        for byte in value {
            if byte == 0x0a, last != 0x0d { line.append(0x0d) }
            line.append(byte)
            last = byte
        }
        return line + [0x0d, 0x0a]
    }

    // MARK: - Decisions

    /// Answers a sender.
    package mutating func take(_ taking: Taking) -> MilterAnswer {
        guard state == .askingSender else { return .temporaryFailure }
        switch taking {
        case .taken:
            state = .envelope
            return .goOn
        case .passed:
            state = .ready
            return .accept
        case .refused(let reply):
            state = .ready
            return .refuse(reply)
        }
    }

    /// Answers a recipient; one that is refused does not end the message.
    package mutating func takeRecipient(_ taking: Taking) -> MilterAnswer {
        guard state == .askingRecipient else { return .temporaryFailure }
        state = .envelope
        switch taking {
        case .taken, .passed: return .goOn
        case .refused(let reply): return .refuse(reply)
        }
    }

    /// The message will be refused at its end; what comes until then is for nobody.
    package mutating func refuse(_ reply: Reply) {
        if state == .content { state = .refused(reply) }
    }

    /// Whether the end of the message is only to be answered with what `refuse` said.
    package var refusal: Reply? {
        if case .refused(let reply) = state { return reply }
        return nil
    }

    /// Ends a message.
    package mutating func decide(_ fate: Fate) -> [MilterAnswer] {
        state = .ready
        switch fate {
        case .accepted(let fields):
            guard options.mayAddFields else { return [.accept] }
            // As values come, so they go: where the space behind the colon is told, it has to be.
            let space = options.has(MilterOptions.Step.leadingSpace) ? " " : ""
            let added = fields.map { MilterAnswer.addField(name: $0.name, value: space + $0.value) }
            return added + [.accept]
        case .kept: return [.discard]
        case .refused(let reply): return [.refuse(reply)]
        }
    }

    // MARK: - Pieces

    private func macro(_ name: String, of letter: Unicode.Scalar) -> String? {
        guard let value = macros[UInt8(ascii: letter)]?[name], !value.isEmpty else { return nil }
        return value
    }

    private func expect(_ condition: Bool, _ what: String) throws(MilterError) {
        guard condition else { throw MilterError(.order, what) }
    }
}
