/// What `/openapi.json` answers: the API as OpenAPI 3.1 describes it. Tests call every operation and check every answer against
/// it, so it says what the server does.
package enum OpenAPIDocument {
    package static let text = "{\n" + head + ",\n\"paths\": {\n" + paths + "\n},\n" + components + "\n}\n"

    private static let head = #"""
        "openapi": "3.1.0", "info": {"title": "Sluice", "version": "1", "description": "The operator's API of the gateway, and the one address that customers' servers send signed reports to. See Documentation/api.md.", "license": {"name": "see the repository"}}, "servers": [{"url": "/"}]
        """#
}
