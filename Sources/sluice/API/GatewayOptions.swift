import ArgumentParser
import Console
import ControlStore
import Foundation
import MailTypes
import SluiceConfiguration

/// Which gateway a command talks to: one elsewhere by its address and a token; else the one that runs here, by the socket in its
/// state directory; else, where none runs, its databases.
struct GatewayOptions: ParsableArguments {
    @OptionGroup var config: ConfigurationOption

    @Option(
        name: .customLong("api"),
        help: ArgumentHelp(
            "The API of a gateway elsewhere, such as https://sluice.example.net. Left out: the gateway of this machine.",
            valueName: "url"))
    var address: String?

    @Option(
        name: .customLong("api-token-file"), help: "A file with the token for --api; - is standard input.",
        completion: .file())
    var tokenFile: String?

    func validate() throws {
        guard (address == nil) == (tokenFile == nil) else {
            throw ValidationError("--api and --api-token-file go together.")
        }
        if let address, !RemoteAPI.isProtected(address) {
            throw ValidationError("--api must begin with https://, or all on the way could read the token.")
        }
    }

    /// Finds the gateway, and says so where there is none.
    func connect() throws -> GatewayAPI {
        if let address, let tokenFile {
            let bytes = tokenFile == "-" ? Terminal.input(limit: 4096) : try CheckFile.bytes(tokenFile)
            guard let token = CapabilityToken(String(decoding: bytes.filter { $0 > 0x20 && $0 < 0x7f }, as: UTF8.self))
            else { throw CommandFailure.input("\(SafeText.printable(tokenFile)) holds no token") }
            return GatewayAPI(RemoteAPI(base: address, token: token))
        }
        let configuration = try config.load()
        if let socket = try SocketAPI.connect(configuration.stateDirectory) { return GatewayAPI(socket) }
        let api = GatewayAPI(try DatabaseAPI(configuration))
        Terminal.error("no gateway runs here: working on its databases")
        return api
    }
}

/// The ways to the API.
protocol APITransport {
    /// Blocks until the answer is there.
    func send(_ request: APIRequest) throws -> APIReply
}

/// The API as commands use it: views out of answers, and failures out of problems.
struct GatewayAPI {
    private let transport: any APITransport

    init(_ transport: any APITransport) { self.transport = transport }

    func get<T: Decodable>(_ type: T.Type, _ path: String..., query: [(String, String?)] = []) throws -> T {
        try read(APIRequest(.get, path, query: query))
    }

    func post<T: Decodable>(_ path: String..., body: some Encodable) throws -> T {
        try read(APIRequest(.post, path, body: Array(try JSONEncoder().encode(body))))
    }

    func delete<T: Decodable>(_ type: T.Type, _ path: String...) throws -> T {
        try read(APIRequest(.delete, path))
    }

    /// All pages of a list, up to so many.
    func list<T: Codable & Sendable>(
        _ type: T.Type, _ path: String..., query: [(String, String?)] = [], after: String? = nil, limit: Int
    ) throws -> [T] {
        var (items, next): ([T], String?) = ([], after)
        repeat {
            let count = min(200, limit - items.count)
            let page: PageView<T> = try read(
                APIRequest(.get, path, query: query + [("after", next), ("limit", String(count))]))
            items += page.items.prefix(count)
            next = page.next
        } while next != nil && items.count < limit
        return items
    }

    private struct Refusal: Decodable {
        var detail: String
    }

    private func read<T: Decodable>(_ request: APIRequest) throws -> T {
        let reply = try transport.send(request)
        guard (200..<300).contains(reply.status) else {
            let detail = (try? JSONDecoder().decode(Refusal.self, from: Data(reply.body)))?.detail
            let message = SafeText.printable(detail ?? "the gateway answered \(reply.status)", limit: 1000)
            let isInput = [400, 413, 415, 422].contains(reply.status)
            throw isInput ? CommandFailure.input(message) : CommandFailure.cannot(message)
        }
        do {
            return try JSONDecoder().decode(T.self, from: Data(reply.body))
        } catch {
            throw CommandFailure.cannot("the gateway's answer cannot be read: is it of another version?")
        }
    }
}
