package import FirewallModel
import MailTypes
package import Posture

/// From exported objects to the findings of the group EXC.
package struct ExchangeExportChecks {
    let objects: [ExchangeObject]
    /// The provider's blocks; `nil`: not told.
    let ranges: AddressSet?
    let target: String

    /// Findings about what the export holds: an old IIS one is asked other questions than a new Exchange.
    package static func findings(_ objects: [ExchangeObject], ranges: AddressSet?, target: String) -> [Finding] {
        let checks = ExchangeExportChecks(objects: objects, ranges: ranges, target: target)
        var findings: [Finding] = []
        if objects.contains(where: { $0.kind != nil && $0.kind != .smtpServer }) {
            findings += checks.receiveFindings() + checks.flowFindings()
        }
        if objects.contains(where: { $0.kind == .smtpServer }) { findings += checks.metabaseFindings() }
        return findings
    }

    /// What one check saw.
    struct Sight {
        var bad: [(severity: Severity, text: String)] = []
        var good: [String] = []
        var missing: [String] = []
    }

    /// - Parameter source: the command whose export is missing when no object of `kind` is there.
    func judge(
        _ id: CheckID, _ kind: ExchangeObject.Kind, _ source: String,
        _ look: (ExchangeObject, inout Sight) -> Void
    ) -> Finding {
        let wanted = objects.filter { $0.kind == kind }
        guard !wanted.isEmpty else { return Finding(id, target: target, .unknown("the export of \(source)")) }
        var sight = Sight()
        for object in wanted { look(object, &sight) }
        return finding(id, sight)
    }

    func finding(_ id: CheckID, _ sight: Sight) -> Finding {
        if let worst = sight.bad.map(\.severity).max() {
            return Finding(id, target: target, .fail(worst), evidence: sight.bad.map(\.text) + sight.missing)
        }
        if let first = sight.missing.first {
            return Finding(id, target: target, .unknown(first), evidence: sight.missing)
        }
        return Finding(id, target: target, .pass, evidence: sight.good)
    }

    func describe(_ object: ExchangeObject) -> String {
        "\(object.place) \(SafeText.printable(object.name, limit: 80))"
    }

    /// Flags by name, or by the number that ConvertTo-Json makes of them. `nil`: not told.
    static func flags(_ object: ExchangeObject, _ property: String, _ names: [String]) -> Set<String>? {
        guard let text = object.text(property) else { return nil }
        if let number = Int(text) {
            return Set(names.enumerated().filter { number & 1 << $0.offset != 0 }.map { $0.element })
        }
        return Set(object.list(property).map { $0.lowercased() })
    }

    static let mechanisms = [
        "tls", "integrated", "basicauth", "basicauthrequiretls", "exchangeserver", "externalauthoritative",
    ]
    static let groups = [
        "anonymoususers", "exchangeusers", "exchangeservers", "exchangelegacyservers", "partners", "custom",
    ]
}

// MARK: Receive connectors
extension ExchangeExportChecks {
    private static let connectors = "Get-ReceiveConnector"

    private func eachConnector(
        _ id: CheckID, _ look: (ExchangeObject, _ reach: AddressSet, inout Sight) -> Void
    ) -> Finding {
        judge(id, .receiveConnector, Self.connectors) { object, sight in
            guard let enabled = object.truth("enabled") else {
                sight.missing.append("\(describe(object)): Enabled is not told")
                return
            }
            guard enabled else { return }
            let ranges = object.list("remoteipranges")
            guard !ranges.isEmpty, let reach = ConnectorRanges.read(ranges) else {
                sight.missing.append("\(describe(object)): RemoteIPRanges cannot be read")
                return
            }
            look(object, reach, &sight)
        }
    }

    private func known(
        _ object: ExchangeObject, _ property: String, _ names: [String], _ sight: inout Sight
    ) -> Set<String>? {
        let flags = Self.flags(object, property, names)
        if flags == nil { sight.missing.append("\(describe(object)): \(property) is not told") }
        return flags
    }

    func receiveFindings() -> [Finding] {
        [
            anonymousRelay(),
            eachConnector(.externalAuthoritative) { object, reach, sight in
                guard let mechanisms = known(object, "authmechanism", Self.mechanisms, &sight),
                    mechanisms.contains("externalauthoritative")
                else { return }
                note(object, "ExternalAuthoritative", reach, .critical, &sight)
            },
            eachConnector(.connectorRanges) { object, reach, sight in
                guard let groups = known(object, "permissiongroups", Self.groups, &sight),
                    groups.contains("anonymoususers")
                else { return }
                let outside = ConnectorRanges.outside(reach)
                guard let ranges else {
                    if !outside.isEmpty {
                        sight.missing.append(
                            "the provider's ranges (--ranges): \(describe(object)) takes mail from \(ConnectorRanges.described(reach))"
                        )
                    }
                    return
                }
                let excess = outside.subtracting(ranges)
                if !excess.isEmpty {
                    sight.bad.append(
                        (.high, "\(describe(object)): takes mail from \(ConnectorRanges.described(excess))"))
                }
            },
            eachConnector(.basicWithoutTLS) { object, reach, sight in
                guard let mechanisms = known(object, "authmechanism", Self.mechanisms, &sight) else { return }
                if mechanisms.contains("basicauth"), !mechanisms.contains("basicauthrequiretls") {
                    let severity = ConnectorRanges.outside(reach).isEmpty ? Severity.medium : .high
                    sight.bad.append((severity, "\(describe(object)): BasicAuth without BasicAuthRequireTLS"))
                }
            },
            eachConnector(.loginOnPort25) { object, reach, sight in
                guard let groups = known(object, "permissiongroups", Self.groups, &sight) else { return }
                let bindings = object.list("bindings")
                guard !bindings.isEmpty else {
                    sight.missing.append("\(describe(object)): Bindings is not told")
                    return
                }
                let isOpen = !ConnectorRanges.outside(reach).isEmpty
                if groups.contains("exchangeusers"), bindings.contains(where: { $0.hasSuffix(":25") }), isOpen {
                    sight.bad.append(
                        (
                            .medium,
                            "\(describe(object)): logins on \(bindings.joined(separator: ", ")) from \(ConnectorRanges.described(reach))"
                        ))
                }
            },
        ]
    }

    /// Relaying for a network: how bad depends on how large it is. A few own hosts are what such connectors are for.
    private func note(
        _ object: ExchangeObject, _ what: String, _ reach: AddressSet, _ worst: Severity, _ sight: inout Sight
    ) {
        let outside = ConnectorRanges.outside(reach)
        if ConnectorRanges.isWorld(outside) {
            sight.bad.append((worst, "\(describe(object)): \(what) for the whole internet"))
        } else if outside.networks.contains(where: { $0.first.bitWidth - $0.prefixLength > 4 }) {
            sight.bad.append((.high, "\(describe(object)): \(what) for \(ConnectorRanges.described(reach))"))
        } else if reach.networks.contains(where: { $0.first.bitWidth - $0.prefixLength > 8 }) {
            let (blocks, _) = reach.listed(limit: 10)
            sight.bad.append((.medium, "\(describe(object)): \(what) for \(blocks.joined(separator: ", "))"))
        } else {
            let (blocks, _) = reach.listed(limit: 10)
            sight.good.append("\(describe(object)): \(what) only for \(blocks.joined(separator: ", "))")
        }
    }

    private func anonymousRelay() -> Finding {
        let permissions = objects.filter { $0.kind == .permission }
        return eachConnector(.anonymousRelay) { object, reach, sight in
            guard let groups = known(object, "permissiongroups", Self.groups, &sight) else { return }
            let own = permissions.filter { Self.isSame($0, object) }
            let rights = own.filter { permission in
                permission.truth("deny") != true && Self.isAnybody(permission.text("user") ?? "")
                    && permission.list("extendedrights").contains {
                        $0.lowercased().contains("smtp-accept-any-recipient")
                    }
            }
            if let right = rights.first {
                note(object, "anonymous relay (\(right.place))", reach, .critical, &sight)
            } else if own.isEmpty, !groups.isDisjoint(with: ["anonymoususers", "custom"]) {
                sight.missing.append("the rights on \(describe(object)): Get-ReceiveConnector | Get-ADPermission")
            }
        }
    }

    /// A permission's Identity is the connector's, by name or distinguished name.
    private static func isSame(_ permission: ExchangeObject, _ connector: ExchangeObject) -> Bool {
        guard let identity = permission.text("identity")?.lowercased() else { return false }
        return ["identity", "distinguishedname", "guid"].contains { connector.text($0)?.lowercased() == identity }
    }

    /// ANONYMOUS LOGON (S-1-5-7) and Everyone (S-1-1-0), in several languages' names.
    private static func isAnybody(_ user: String) -> Bool {
        let user = user.lowercased()
        return user.contains("anonym") || user.contains("анонимн") || user == "s-1-5-7" || user == "s-1-1-0"
            || ["everyone", "jeder", "tout le monde", "todos", "iedereen", "все", "alla", "alle", "kaikki", "wszyscy"]
                .contains(user.split(separator: "\\").last.map(String.init) ?? user)
    }
}
