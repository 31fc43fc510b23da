import Hummingbird
import MailTypes
import NIOConcurrencyHelpers

/// How often who may ask; one for all routes, so that nobody has twice the share by asking elsewhere.
struct ConsoleLimits: Sendable {
    /// Wrong tokens of one address: ten, then one each six seconds.
    let guesses = RateLimiter<String>(every: .seconds(6), burst: 10)
    /// Calls of one operator's token: fifty a second, four hundred at once.
    let calls = RateLimiter<String>(every: .milliseconds(20), burst: 400)
    /// Requests with one case's link: two a second, sixty at once.
    let links = RateLimiter<[UInt8]>(every: .milliseconds(500), burst: 60)
    /// What a case's link may have done: an upload, a look, an appeal each minute, ten at once.
    let acts = RateLimiter<[UInt8]>(every: .seconds(60), burst: 10)
    let streams = StreamCount()
    let address: ClientAddress

    func client(_ request: Request, _ context: ConsoleContext) -> String {
        address.address(peer: context.peer, forwardedFor: request.headers[.xForwardedFor])
    }

    static func tooMany(_ seconds: Int) -> Problem { Problem(.tooMany, "too many requests", retryAfter: seconds) }
}

/// Event streams that are open.
final class StreamCount: Sendable {
    static let limit = 32

    private let count = NIOLockedValueBox(0)

    func enter() -> Bool {
        count.withLockedValue { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
    }

    func leave() { count.withLockedValue { $0 -= 1 } }

    /// A place that was entered, left when nobody holds it any more.
    final class Seat: Sendable {
        private let streams: StreamCount

        init(_ streams: StreamCount) { self.streams = streams }

        deinit { streams.leave() }
    }
}
