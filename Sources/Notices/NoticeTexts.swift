import MailTypes

/// All words of the notices in English. Another language is another file like this one.
enum NoticeTexts {
    static let senderName = "Sluice"

    static func title(_ stage: NoticeContent.Stage, _ source: String) -> String {
        switch stage {
        case .held: "Suspicious mail of \(source) is held"
        case .doubted: "Mail of \(source) is put off"
        case .stopped: "\(source) may not send for now"
        case .lifted: "\(source) may send again"
        case .relapsed: "\(source) is stopped again"
        case .closed: "The case about \(source) is closed"
        }
    }

    static func source(_ source: SourceID) -> String {
        switch source {
        case .campaign(_, let customer): "one mailing of \(customer)"
        case .account(let account, _): "account \(account)"
        case .server(let address, _): "server \(address)"
        case .customer(let customer): "all servers of \(customer)"
        }
    }

    static func whatHappened(_ stage: NoticeContent.Stage) -> String {
        switch stage {
        case .held:
            "Mail was submitted that looks like spam. It was accepted and is kept, not delivered. New mail is still "
                + "accepted and judged message by message."
        case .doubted:
            "Mail was submitted that looks like spam. New mail from there is refused for the time being with a temporary "
                + "error (451 4.7.1): the sending server keeps it and tries again, so nothing is lost."
        case .stopped:
            "Mail was submitted that is spam by all signs. New mail from there is refused (550 5.7.1) until the cause is "
                + "found and removed. Mail from elsewhere is not affected."
        case .lifted: "The stop was lifted. New mail is accepted again and watched more closely for a while."
        case .relapsed:
            "While it was watched more closely, mail like that of the incident came again. New mail from there is refused "
                + "(550 5.7.1). All proof from before counts for nothing now: the cause was not found, or there is another."
        case .closed: "All checks hold, and the time of closer watch is over. Nothing is left to be done."
        }
    }

    static let who = "Who"
    static let customer = "Customer"
    static let since = "Since"
    static let until = "Held until"
    static let delivered = "Sent before"
    static let held = "Held"
    static let refused = "Refused"
    static let caseLabel = "Case"
    static let unitMessages = "messages"

    static let evidence = "Why we think so"
    static let samples = "Examples"
    static let samplesNote =
        "Links and names below are made unclickable on purpose. Do not visit them."
    static let nextSteps = "What to do now"
    static let operatorSteps = "What you can do"
    static let casePage = "The case"
    static let sampleID = "Message"
    static let answer = "If this mail was legitimate, or you need help, answer to this message and name the case."

    static func steps(_ source: SourceID, _ stage: NoticeContent.Stage) -> [String] {
        guard stage != .lifted, stage != .closed else {
            return ["Keep watching the account's and the server's mail log for mail that nobody there wrote."]
        }
        switch source {
        case .account(let account, _):
            return [
                "Change the password of \(account) now, from a computer that you trust. A stolen password is the usual "
                    + "cause.",
                "End all sessions of the account, and look for forwarding rules, app passwords and devices that its owner "
                    + "does not know.",
                "Ask the owner whether the password was entered on a page that came by mail, and whether it is used "
                    + "elsewhere; check their computer for malware.",
                "If the account belongs to a web site or a script, update it and look for files that do not belong there.",
                "Delete what still waits in your server's queue from this account, before it is sent again.",
            ]
        case .server(let address, _):
            return [
                "Check the server \(address) with `sluice check`: open relay, weak passwords, outdated web software.",
                "Find the account or the script that sends: `sluice logs` groups the mail log by login and by script.",
                "Change the passwords concerned, and remove files and jobs that do not belong there.",
                "Delete what still waits in the server's queue, before it is sent again.",
            ]
        case .campaign:
            return [
                "Find out who sent the mailing shown below, and whether its recipients asked for it.",
                "If nobody there wrote it, an account or a script was taken over: change its password, update the software.",
                "If it is your newsletter, answer with how the addresses were collected and how one unsubscribes.",
            ]
        case .customer:
            return [
                "Several of your accounts or servers send spam. Begin with the ones in the examples below.",
                "Change the passwords of the accounts concerned, and check every server with `sluice check`.",
                "Delete what still waits in your servers' queues, before it is sent again.",
            ]
        }
    }

    static let listing =
        "If other receivers refuse your mail meanwhile, your address may be on a blocklist. Remove the cause first; "
        + "then follow the link in the receiver's refusal."

    static func digestTitle(_ count: Int) -> String { count == 1 ? "1 case" : "\(count) cases" }
    static let digestOpening = "What happened since the last digest:"
    static func digestMore(_ count: Int) -> String {
        "… and \(count) more. See `sluice stop list` and `sluice held list`."
    }

    static func stage(_ stage: NoticeContent.Stage) -> String {
        switch stage {
        case .held: "held"
        case .doubted: "put off"
        case .stopped: "stopped"
        case .lifted: "lifted"
        case .relapsed: "stopped again"
        case .closed: "closed"
        }
    }

    static func counts(_ counts: NoticeContent.Counts) -> String {
        "\(counts.delivered) sent before, \(counts.held) held, \(counts.refused) refused"
    }
}
