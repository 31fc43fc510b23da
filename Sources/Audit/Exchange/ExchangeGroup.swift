package import FirewallModel
package import Posture

/// `sluice check exchange`: from exports only; on a host without any there is nothing to ask.
package struct ExchangeGroup: AuditGroup {
    package let group = CheckGroup.exchange
    private let given: [ExchangeExport]
    private let ranges: AddressSet?

    package init(_ given: [ExchangeExport] = [], ranges: AddressSet?) {
        self.given = given
        self.ranges = ranges
    }

    package func findings(_ request: AuditRequest) async throws -> [Finding] {
        var exports = given
        if exports.isEmpty {
            for name in request.facts.names(under: "exchange") {
                guard let bytes = request.facts.content(name) else { continue }
                exports.append(
                    try await FactGatherer.onThread {
                        Result { () throws(AuditError) in try ExchangeReader.read(name, bytes) }
                    }
                    .get())
            }
        }
        return ExchangeExportChecks.findings(exports.flatMap(\.objects), ranges: ranges, target: request.target)
    }
}
