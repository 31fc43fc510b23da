package import Enforcement

/// What each required check says in a plain sentence, and what to do about it, in English.
package enum CaseWording {
    package static func title(_ name: RequiredCheck.Name) -> String {
        switch name {
        case .passwordChanged: "The account's password was changed after the incident."
        case .noAlienLogin: "Nobody logs in from where the account's owner never was."
        case .noForwarding: "No rule forwards or hides the account's mail."
        case .relayClosed: "Strangers cannot send through the server."
        case .portRules: "The firewall lets only the provider's networks reach port 25."
        case .portOutside: "Port 25 cannot be reached from elsewhere."
        case .scriptRemoved: "The script that sent the mail is found and removed."
        case .noNullAccount: "No script or client sends mail without an account."
        case .causeRemoved: "The cause is known and removed."
        case .queueClean: "The server's queue holds nothing of the incident any more."
        case .campaignQuiet: "No such message has come for a while."
        case .noListing: "No blocklist has a new entry."
        case .namesMatch: "The server's names in DNS lead to its address and back."
        case .serverUnlisted: "No blocklist has an entry for the server."
        }
    }

    /// - Parameter link: the case's link for commands; `nil`: a placeholder.
    package static func advice(_ name: RequiredCheck.Name, _ needs: Assurance, link: String?) -> String {
        let link = link ?? "LINK"
        switch name {
        case .passwordChanged: return "Change it from a computer that you trust, end all sessions, then say so here."
        case .noAlienLogin, .noNullAccount:
            if needs == .attested { return "Look at the account's latest logins, then say so here." }
            return "Run on the server: sluice logs --case \(link)"
        case .noForwarding:
            return
                "Look through the mailbox's rules and forwards, remove what its owner did not make, then say so here."
        case .relayClosed:
            return needs == .verified
                ? "Close the relay (sluice check relay shows how), then choose “verify now”: we try it from outside."
                : "Run on the server: sluice check --case \(link)"
        case .portRules: return "Run on the server: sluice check firewall --case \(link)"
        case .portOutside: return "Close the port for all but the provider's networks, then choose “verify now”."
        case .scriptRemoved:
            return needs == .attested
                ? "Remove it, update the software that let it in, then say here what it was."
                : "Remove it, then run on the server: sluice logs --case \(link)"
        case .causeRemoved: return "Say here what it was and what you did."
        case .queueClean: return "Run on the server: sluice queue prove --case \(link)"
        case .campaignQuiet, .noListing: return "Nothing to do: we watch this."
        case .namesMatch:
            return
                "Set the address' PTR record to the server's own name (sluice check dns shows how), then choose “verify now”."
        case .serverUnlisted:
            return "Ask the list to remove it once the cause is gone, then choose “verify now”: we ask the lists again."
        }
    }
}
