import Console
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

struct HealthServerTests {
    @Test func answersOnALiveSocket() async throws {
        let ready = NIOLockedValueBox(false)
        let (ports, found) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .error
        let server = HealthServer(
            host: "127.0.0.1", port: 0,
            sources: .init(
                unreadiness: { ready.withLockedValue { $0 } ? nil : "the spool is full" },
                metrics: { [MetricFamily("sluice_up", .gauge, "Up", [.init(1)])] }),
            logger: logger, onRunning: { if let port = $0 { found.yield(port) } })
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            #expect(try await get("/healthz", port).hasPrefix("HTTP/1.1 200"))
            let busy = try await get("/readyz", port)
            #expect(busy.hasPrefix("HTTP/1.1 503"))
            #expect(busy.contains("the spool is full"))
            ready.withLockedValue { $0 = true }
            #expect(try await get("/readyz", port).hasPrefix("HTTP/1.1 200"))
            #expect(try await get("/metrics", port).contains("sluice_up 1\n"))
            #expect(try await get("/nothing", port).hasPrefix("HTTP/1.1 404"))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// The whole answer to one request.
    private func get(_ path: String, _ port: Int) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(
                ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            return answer
        }
    }
}
