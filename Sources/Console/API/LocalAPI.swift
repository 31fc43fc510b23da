package import ControlStore
import HTTPTypes
package import MailTypes

/// A request to the API, whatever way it takes: a gateway's socket, its address, or the databases where no gateway runs.
package struct APIRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    package struct Value: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package var method: Method
    /// Behind `/api/v1`: `["cases", "case-17", "notes"]`.
    package var path: [String]
    package var query: [Value]
    /// JSON; empty for none.
    package var body: [UInt8]

    package init(_ method: Method, _ path: [String], query: [(String, String?)] = [], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query.compactMap { name, value in value.map { Value(name: name, value: $0) } }
        self.body = body
    }

    /// Path and query as they stand in a request line.
    package var target: String {
        let path = (["api", "v1"] + path).map { "/" + Self.encoded($0) }.joined()
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.properties.isAlphabetic && byte < 0x80 || (0x30...0x39).contains(byte)
                || "-._~:".utf8.contains(byte)
            {
                result.append(byte)
            } else {
                result += [0x25] + Array(Hexadecimal.text([byte]).uppercased().utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

package struct APIReply: Sendable {
    package var status: Int
    package var body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// The API without a socket, on the databases themselves: for commands where no gateway runs. The same operations, the same
/// answers, the same entries in the audit log. Blocks.
package struct LocalAPI: Sendable {
    private let operations: APIOperations
    private let stores: ConsoleStores
    private let caller: OperatorTokens.Entry

    /// - Parameter name: who asks; for the audit log.
    package init(
        stores: ConsoleStores, name: String, baseURL: String?, newToken: @escaping @Sendable () -> CapabilityToken
    ) {
        operations = APIOperations(baseURL: baseURL, newToken: newToken)
        self.stores = stores
        caller = OperatorTokens.Entry(name: name, role: .admin, digest: [])
    }

    package func answer(_ request: APIRequest, at time: Timestamp) throws -> APIReply {
        do {
            let answer = try operations.answer(request, by: caller, stores, at: time)
            return APIReply(status: answer.status.code, body: answer.body)
        } catch {
            guard let problem = Problem(error) else { throw error }
            return APIReply(status: problem.status.code, body: problem.body)
        }
    }
}
