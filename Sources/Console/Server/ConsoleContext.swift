import Hummingbird
import MailTypes
import NIOCore

/// What a request carries along: the peer's address.
struct ConsoleContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The socket's peer: a proxy, where there is one.
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}
