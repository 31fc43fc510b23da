import Enforcement
import MailTypes

/// All words of a customer's page, each in English with German beside it.
struct CaseTexts: Sendable {
    let language: PageLanguage

    static let english = CaseTexts(language: .english)

    func say(_ english: String, _ german: String) -> String { language == .german ? german : english }

    // MARK: - How it stands

    func headline(_ incident: IncidentCase) -> String {
        switch incident.state {
        case .closed: say("closed", "abgeschlossen")
        case .falseAlarm: say("it was a false alarm", "es war ein Fehlalarm")
        case .merged: say("part of another case now", "jetzt Teil eines anderen Falls")
        case .probation: say("sending again, under limits", "Versand wieder frei, mit Grenzen")
        case _ where !incident.stopped.isEmpty: say("mail is stopped", "der Versand ist gesperrt")
        default: say("mail is held for review", "Mail wird zur Prüfung zurückgehalten")
        }
    }

    func explanation(_ incident: IncidentCase) -> String {
        switch incident.state {
        case .closed:
            say(
                "The case is closed. Nothing is asked of you any more.",
                "Der Fall ist abgeschlossen. Es wird nichts mehr von Ihnen verlangt.")
        case .falseAlarm:
            say(
                "A person looked and found that it was no spam. Nothing is asked of you.",
                "Ein Mensch hat nachgesehen: Es war kein Spam. Es wird nichts von Ihnen verlangt.")
        case .merged:
            say(
                "The case is one with another of yours; what was asked here is asked there.",
                "Der Fall gehört jetzt zu einem anderen von Ihnen; was hier verlangt war, wird dort verlangt.")
        case .probation:
            say(
                "You are sending again. For a while there are limits, which end by themselves while all is well. If spam comes again, sending stops again at once.",
                "Sie können wieder senden. Eine Weile gelten Grenzen, die von selbst enden, solange alles gut geht. Kommt wieder Spam, wird der Versand sofort gesperrt."
            )
        case .verifying:
            say(
                "Reinstatement was asked for, and what is asked below is being looked at.",
                "Die Freigabe ist beantragt; was unten verlangt wird, wird gerade geprüft.")
        case _ where !incident.stopped.isEmpty:
            say(
                "What was sent looks like spam, and is stopped to protect you and others. What is to be done is below: find the cause, remove it, show it, and you are sending again.",
                "Was gesendet wurde, sieht wie Spam aus und ist gesperrt, um Sie und andere zu schützen. Was zu tun ist, steht unten: Finden Sie die Ursache, beseitigen Sie sie, weisen Sie es nach, und Sie senden wieder."
            )
        default:
            say(
                "Some mail looks like spam and is held until somebody has looked. Nothing is stopped.",
                "Einige Mail sieht wie Spam aus und wird zurückgehalten, bis jemand nachgesehen hat. Gesperrt ist nichts."
            )
        }
    }

    /// The way from the stop to the end, for the line of steps.
    var steps: [String] {
        [
            say("Stopped", "Gesperrt"), say("Clean up", "Aufräumen"), say("We look", "Wir prüfen"),
            say("Sending under limits", "Senden mit Grenzen"), say("Closed", "Abgeschlossen"),
        ]
    }

    var stepsLabel: String { say("How far it is", "Wie weit es ist") }
    var skip: String { say("Skip to the content", "Zum Inhalt springen") }
    var otherLanguage: String { say("Deutsch", "English") }
    var stillMissing: String { say("Still missing", "Was noch fehlt") }
    var nothingMissing: String { say("Nothing is missing any more.", "Es fehlt nichts mehr.") }

    // MARK: - What happened

    var whatHappened: String { say("What happened", "Was geschehen ist") }
    var whySpam: String { say("Why it looks like spam", "Warum es wie Spam aussieht") }
    var whyNote: String { say("", "Diese Begründungen schreibt die Erkennung auf Englisch.") }
    var stopped: String { say("stopped", "gesperrt") }
    var sources: String { say("From", "Von") }
    var time: String { say("When", "Wann") }
    var delivered: String { say("Delivered", "Zugestellt") }
    var held: String { say("Held", "Zurückgehalten") }
    var refused: String { say("Refused", "Abgewiesen") }

    func period(_ from: String, _ to: String) -> String { say("\(from) to \(to)", "\(from) bis \(to)") }

    func name(_ source: SourceID) -> String {
        switch source {
        case .campaign(let campaign, _):
            say(
                "Messages of nearly the same text (campaign \(campaign))",
                "Nachrichten mit beinahe gleichem Text (Aussendung \(campaign))")
        case .account(let account, _): say("Account \(account)", "Konto \(account)")
        case .server(let address, _): "Server \(address)"
        case .customer(let customer): say("All mail of \(customer)", "Alle Mail von \(customer)")
        }
    }

    var samples: String { say("Samples of what was sent", "Beispiele des Gesendeten") }
    func sample(_ id: String, _ time: String) -> String { say("Message \(id), \(time)", "Nachricht \(id), \(time)") }

    // MARK: - What got out

    var damage: String { say("What got out", "Was hinausging") }
    var gotOut: String { say("Messages sent", "Gesendete Nachrichten") }
    var suspect: String { say("of them suspect", "davon verdächtig") }
    var taken: String { say("Recipients reached", "Erreichte Empfänger") }
    var refusedBy: String { say("Refused by receivers", "Von Empfängern abgewiesen") }
    var unknownTo: String { say("Unknown recipients", "Unbekannte Empfänger") }
    var complaints: String { say("Complaints", "Beschwerden") }
    var listings: String { say("Our addresses on blocklists since", "Unsere Adressen seither auf Sperrlisten") }
    var receiverHeads: [String] {
        [
            say("Receiver", "Empfänger"), say("Reached", "Erreicht"), say("Refused", "Abgewiesen"),
            say("Unknown", "Unbekannt"), complaints,
        ]
    }

    func damageNote(_ time: String, isCut: Bool) -> String {
        say("As counted at \(time).", "Gezählt um \(time).")
            + (isCut
                ? say(" There was more than is followed: it is more than this.", " Es war mehr, als verfolgt wird.")
                : "")
    }

    func listing(_ address: String, _ list: String, _ since: String) -> String {
        say("\(address) on \(list) since \(since)", "\(address) auf \(list) seit \(since)")
    }

    // MARK: - Checks

    var checks: String { say("What is asked, and how far it is", "Was verlangt wird, und wie weit es ist") }
    var checkHeads: [String] {
        [
            say("What must be so", "Was gelten muss"), say("State", "Stand"), say("Verified by us", "Von uns geprüft"),
            say("Your server's signed report", "Signierter Bericht Ihres Servers"),
            say("Attested by a person", "Von einem Menschen versichert"), say("What counts", "Was zählt"),
        ]
    }

    func word(_ result: String) -> String {
        switch result {
        case "pass": say("done", "erledigt")
        case "fail": say("failed", "nicht bestanden")
        default: say("not known yet", "noch nicht bekannt")
        }
    }

    func needed(_ needs: String) -> String {
        switch needs {
        case "verified": say("We look ourselves.", "Wir prüfen es selbst.")
        case "reported":
            say(
                "A signed report of your server, or our own look.",
                "Ein signierter Bericht Ihres Servers oder unsere eigene Prüfung.")
        default:
            say(
                "A person's word, a report, or our own look.",
                "Das Wort eines Menschen, ein Bericht oder unsere eigene Prüfung.")
        }
    }

    func waived(_ reason: String) -> String {
        say("Waived by the operator: \(reason)", "Vom Betreiber erlassen: \(reason)")
    }

    // MARK: - The end of the page

    func privacy(_ day: String) -> String {
        say(
            "This page shows this case only, to whoever has its address: pass it on only to those who are to help. It works until \(day).",
            "Diese Seite zeigt nur diesen Fall, und zwar jedem, der ihre Adresse hat: Geben Sie sie nur an die weiter, die helfen sollen. Sie gilt bis \(day)."
        )
    }
}
