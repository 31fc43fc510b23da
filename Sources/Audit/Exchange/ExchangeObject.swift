import MailTypes

/// One object of an export, as any of the formats tells it.
package struct ExchangeObject: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case text(String)
        case list([String])
        case none
    }

    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case receiveConnector, sendConnector, acceptedDomain, remoteDomain, permission, mailbox, transportConfig,
            throttlingPolicy, smtpServer
    }

    /// By name in small letters.
    package var properties: [String: Value]
    package var file: String
    package var line: Int

    /// By the properties that only this kind has; `nil`: something else, not looked at.
    package var kind: Kind? {
        func has(_ names: String...) -> Bool { names.allSatisfy { properties[$0] != nil } }
        if has("extendedrights", "user") { return .permission }
        if has("remoteipranges") { return .receiveConnector }
        if has("addressspaces") { return .sendConnector }
        if has("domainname", "domaintype") { return .acceptedDomain }
        if has("domainname", "autoforwardenabled") { return .remoteDomain }
        if has("relayforauth") || has("relayiplist") || has("smtpservice") { return .smtpServer }
        if has("throttlingpolicyscope") { return .throttlingPolicy }
        if has("maxrecipientenvelopelimit") { return .transportConfig }
        if has("recipienttypedetails") || has("forwardingsmtpaddress") { return .mailbox }
        return nil
    }

    package func text(_ name: String) -> String? {
        switch properties[name] {
        case .text(let text): text.isEmpty ? nil : text
        case .list(let items): items.isEmpty ? nil : items.joined(separator: ", ")
        case nil, .some(.none): nil
        }
    }

    /// A list, a lone value as one; a text with commas taken apart.
    package func list(_ name: String) -> [String] {
        switch properties[name] {
        case .text(let text): text.split(separator: ",").map { String($0.trimmed) }.filter { !$0.isEmpty }
        case .list(let items): items
        case nil, .some(.none): []
        }
    }

    /// `nil`: not there, or neither.
    package func truth(_ name: String) -> Bool? {
        switch text(name).map(ASCII.lowercased) {
        case "true", "1", "-1", "$true": true
        case "false", "0", "$false": false
        default: nil
        }
    }

    /// What people call it.
    package var name: String {
        text("identity") ?? text("name") ?? text("location") ?? text("domainname") ?? "(no name)"
    }

    package var place: String { "\(file):\(line)" }
}

/// One file of an export, read.
package struct ExchangeExport: Sendable {
    package var name: String
    package var objects: [ExchangeObject]
}
