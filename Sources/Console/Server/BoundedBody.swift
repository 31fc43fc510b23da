import Hummingbird
import NIOCore

/// Reads a request's body with a bound and a deadline.
enum BoundedBody {
    /// A body that is not there by then is not waited for: forms and reports are small.
    static let deadline = Duration.seconds(60)

    static func collect(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Problem(.tooLarge, "at most \(limit) bytes are taken")
        }
        return try await withThrowingTaskGroup(of: [UInt8]?.self) { tasks in
            tasks.addTask {
                var bytes: [UInt8] = []
                for try await part in request.body {
                    guard bytes.count + part.readableBytes <= limit else {
                        throw Problem(.tooLarge, "at most \(limit) bytes are taken")
                    }
                    bytes.append(contentsOf: part.readableBytesView)
                }
                return bytes
            }
            tasks.addTask {
                try await Task.sleep(for: deadline)
                return nil
            }
            defer { tasks.cancelAll() }
            guard let bytes = try await tasks.next() ?? nil else {
                throw Problem(.malformed, "the request's body did not come in time")
            }
            return bytes
        }
    }
}
