import Foundation
import HTTPTypes
import MailTypes

/// What customers' servers report: `sluice logs --follow --customer ID`.
extension APIOperations {
    /// Events in one request.
    static let reportLimit = 1000
    /// A thousand events with long names.
    private static let reportBytes = 1 << 20
    /// What is older tells nothing of now; what is of the future comes from a clock that is wrong.
    private static let reportAge = (past: Int64(86_400), future: Int64(300))

    static let events: [APIOperation] = [
        APIOperation(.post, "/api/v1/events", .act, bodyLimit: reportBytes) { call, stores in
            let body: Reports
            do { body = try JSONDecoder().decode(Reports.self, from: Data(call.body)) } catch {
                throw Problem(.invalid, "the body is no object with customer and events, each with time and event")
            }
            guard (1...reportLimit).contains(body.events.count) else {
                throw Problem(.invalid, "'events' has \(body.events.count) elements: 1 to \(reportLimit) are taken")
            }
            guard let customer = CustomerID(body.customer), stores.customers().contains(where: { $0.id == customer })
            else { throw Problem(.invalid, "there is no customer '\(SafeText.printable(body.customer, limit: 80))'") }
            let server = try body.server.map { text in
                guard let address = IPAddress(text) else {
                    throw Problem(.invalid, "'\(SafeText.printable(text, limit: 80))' is no address of a server")
                }
                return address
            }
            let taken = body.events.compactMap { $0.event(of: customer, at: server, now: call.now) }
            guard stores.report(taken) else { throw Problem(.busy, "no gateway runs here", retryAfter: 60) }
            return try APIAnswer(ReportsTaken(taken: taken.count, ignored: body.events.count - taken.count))
        }
    ]

    private static func isTimely(_ time: Timestamp, now: Timestamp) -> Bool {
        time.seconds >= now.seconds - reportAge.past && time.seconds <= now.seconds + reportAge.future
    }

    /// The request. Members that are not known are left alone: servers may tell more than this version reads.
    private struct Reports: Decodable {
        var customer: String
        var server: String?
        var events: [Report]
    }

    /// One event, as `sluice logs` writes them.
    private struct Report: Decodable {
        var time: String
        var event: String
        var account: String?
        var address: String?
        var success: Bool?
        var outcome: String?
        var receiver: String?

        /// `nil` for what is neither a login nor an outcome, is incomplete, or is not of now.
        func event(of customer: CustomerID, at server: IPAddress?, now: Timestamp) -> ReportedEvent? {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: time.contains("."))
            guard time.utf8.count <= 40, let date = try? Date(time, strategy: style),
                case let time = Timestamp(seconds: Int64(date.timeIntervalSince1970)),
                APIOperations.isTimely(time, now: now), let account = account.flatMap({ AccountName($0) })
            else { return nil }
            let kind: ReportedEvent.Kind
            switch event {
            case "login":
                guard let address = address.flatMap({ IPAddress($0) }), let success else { return nil }
                kind = .login(address: address, succeeded: success)
            case "outcome":
                guard let outcome = outcome.flatMap({ ReportedEvent.Outcome(rawValue: $0) }) else { return nil }
                kind = .outcome(outcome, receiver: receiver.flatMap { DomainName($0) })
            default: return nil
            }
            return ReportedEvent(time: min(time, now), customer: customer, account: account, server: server, kind: kind)
        }
    }
}

/// How many of the reported events count.
package struct ReportsTaken: Codable, Sendable, Hashable {
    package var taken: Int
    /// Of another kind, incomplete, too old, or of the future.
    package var ignored: Int
}
