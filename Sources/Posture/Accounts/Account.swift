/// One account, as an export tells it. What the export does not tell is `nil`.
package struct Account: Sendable, Hashable {
    package enum LastUse: Sendable, Hashable {
        case never
        case used
    }

    package var name: String
    package var fullName: String = ""
    package var isEnabled: Bool?
    package var uid: Int?
    /// The last part of a Windows SID: 501 is the guest in every language.
    package var rid: Int?
    package var shell: String?
    package var lastUse: LastUse?
    package var needsNoPassword = false
    /// Told by Windows and AD only.
    package var neverExpires: Bool?
    /// As stored, with its scheme; never shown. Empty: there is none, and anybody may log in.
    package var stored: String?
    /// Where it stands in its file, from 1.
    package var line: Int

    package init(name: String, line: Int) {
        self.name = name
        self.line = line
    }

    /// A stored text that no password matches: locked, or without one.
    package var isLocked: Bool {
        guard let stored else { return false }
        // NP, NL, UP: Solaris' words for no password that anybody could give.
        return stored.hasPrefix("!") || stored.hasPrefix("*") || ["x", "NP", "NL", "UP"].contains(stored)
    }

    /// Of a person, and not one that ends every session at once. An empty field means /bin/sh (passwd(5)).
    package var hasLoginShell: Bool {
        guard let shell, let uid, uid >= 1000, uid != 65534 else { return false }
        let name = shell.split(separator: "/").last.map(String.init) ?? ""
        return !["nologin", "false", "true", "sync"].contains(name)
    }

    package var canLogIn: Bool { isEnabled ?? !isLocked }

    /// The part before an `@`, or behind a backslash, in lower case.
    package var shortName: String {
        let last = name.split(separator: "\\").last.map(String.init) ?? name
        return (last.split(separator: "@").first.map(String.init) ?? last).lowercased()
    }
}
