package import NIOCore
import SMTPProtocol

/// How long each step may take. The defaults are RFC 5321 §4.5.3.2's, unless another reason is given.
package struct SendingTimeouts: Sendable, Hashable {
    /// As Postfix: a host that has not answered a SYN after five tries will not.
    package var connect: TimeAmount = .seconds(30)
    package var greeting: TimeAmount = .minutes(5)
    package var hello: TimeAmount = .minutes(5)
    package var startTLS: TimeAmount = .minutes(2)
    package var authentication: TimeAmount = .minutes(5)
    package var mail: TimeAmount = .minutes(5)
    package var recipient: TimeAmount = .minutes(5)
    package var data: TimeAmount = .minutes(2)
    /// Without progress of the message's bytes.
    package var content: TimeAmount = .minutes(3)
    package var final: TimeAmount = .minutes(10)
    /// The answer to QUIT is a courtesy.
    package var quit: TimeAmount = .seconds(5)
    /// No further host is tried after this time.
    package var overall: TimeAmount = .minutes(10)

    package init() {}

    /// All the same, for servers that are known to be near.
    package init(all limit: TimeAmount) {
        connect = limit
        greeting = limit
        hello = limit
        startTLS = limit
        authentication = limit
        mail = limit
        recipient = limit
        data = limit
        content = limit
        final = limit
        quit = min(limit, quit)
        overall = .nanoseconds(limit.nanoseconds.multipliedReportingOverflow(by: 4).partialValue)
    }

    /// `nil`: no limit of the session's own. An idle connection's end is its owner's decision.
    subscript(phase: ClientPhase) -> TimeAmount? {
        switch phase {
        case .greeting: greeting
        case .hello: hello
        case .startTLS, .tlsHandshake: startTLS
        case .authentication: authentication
        case .mail: mail
        case .recipient: recipient
        case .data: data
        case .content: content
        case .final: final
        case .quit: quit
        case .idle, .closed: nil
        }
    }

    /// How often deadlines are looked at: one timer a connection instead of one a command, which costs more than the command.
    var tick: TimeAmount {
        let shortest = [greeting, hello, startTLS, authentication, mail, recipient, data, content, final, quit].min()
        return max(.milliseconds(10), min(.seconds(5), .nanoseconds((shortest ?? quit).nanoseconds / 4)))
    }
}
