package import MailTypes

/// What kind of hole an incident came through, as far as is known. It decides what is asked before the source may send again.
package enum IncidentKind: String, Hashable, Sendable, CaseIterable, Comparable {
    /// Somebody else knows an account's password.
    case stolenPassword = "stolen-password"
    /// A server passes on whatever strangers give it.
    case openRelay = "open-relay"
    /// A server takes mail from the whole internet although only its provider's filter should reach it.
    case openPort = "open-port-25"
    /// A web application or a file on the server sends.
    case script
    /// Not known yet.
    case unknown

    package static func < (a: IncidentKind, b: IncidentKind) -> Bool { a.rawValue < b.rawValue }

    /// What the source alone suggests: an account is a stolen password unless its name is a script's, the identity that web
    /// servers write into `X-PHP-Originating-Script`. A person, or a report of the server, may know better.
    package static func suggested(by source: SourceID) -> IncidentKind {
        guard case .account(let account, _) = source else { return .unknown }
        let name = account.description
        let isScript = [".php", ".pl", ".cgi", ".py", ".sh"].contains { name.hasSuffix($0) }
        return isScript ? .script : .stolenPassword
    }
}
