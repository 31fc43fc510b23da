import Enforcement
import MailTypes
import Response

/// What the checks say, and what to do about them.
extension CaseTexts {
    func title(_ name: RequiredCheck.Name) -> String {
        guard language == .german else { return CaseWording.title(name) }
        return switch name {
        case .passwordChanged: "Das Passwort des Kontos wurde nach dem Vorfall geändert."
        case .noAlienLogin: "Niemand meldet sich von Orten an, an denen der Inhaber nie war."
        case .noForwarding: "Keine Regel leitet die Mail des Kontos weiter oder versteckt sie."
        case .relayClosed: "Fremde können nicht über den Server senden."
        case .portRules: "Die Firewall lässt nur die Netze des Anbieters an Port 25."
        case .portOutside: "Port 25 ist von anderswo nicht erreichbar."
        case .scriptRemoved: "Das Skript, das gesendet hat, ist gefunden und entfernt."
        case .noNullAccount: "Kein Skript oder Programm sendet ohne Konto."
        case .causeRemoved: "Die Ursache ist bekannt und beseitigt."
        case .queueClean: "In der Warteschlange des Servers liegt nichts mehr davon."
        case .campaignQuiet: "Eine Weile ist nichts dergleichen mehr gekommen."
        case .noListing: "Keine Sperrliste hat einen neuen Eintrag."
        case .namesMatch: "Die Namen des Servers im DNS führen zu seiner Adresse und zurück."
        case .serverUnlisted: "Keine Sperrliste hat einen Eintrag für den Server."
        }
    }

    func advice(_ check: RequiredCheck, link: String?) -> String {
        guard language == .german else { return CaseWording.advice(check.name, check.needs, link: link) }
        let link = link ?? "ADRESSE"
        switch check.name {
        case .passwordChanged:
            return "Ändern Sie es an einem Rechner, dem Sie trauen, beenden Sie alle Sitzungen, und sagen Sie es hier."
        case .noAlienLogin, .noNullAccount:
            return check.needs == .attested
                ? "Sehen Sie die letzten Anmeldungen des Kontos durch, und sagen Sie es hier."
                : "Auf dem Server ausführen: sluice logs --case \(link)"
        case .noForwarding:
            return
                "Sehen Sie Regeln und Weiterleitungen des Postfachs durch, entfernen Sie, was der Inhaber nicht angelegt hat, und sagen Sie es hier."
        case .relayClosed:
            return check.needs == .verified
                ? "Schließen Sie das Relay (sluice check relay zeigt, wie), dann „Jetzt prüfen“: Wir versuchen es von außen."
                : "Auf dem Server ausführen: sluice check --case \(link)"
        case .portRules: return "Auf dem Server ausführen: sluice check firewall --case \(link)"
        case .portOutside:
            return "Schließen Sie den Port für alle außer den Netzen des Anbieters, dann „Jetzt prüfen“."
        case .scriptRemoved:
            return check.needs == .attested
                ? "Entfernen Sie es, aktualisieren Sie die Software, die es hereinließ, und sagen Sie hier, was es war."
                : "Entfernen Sie es, dann auf dem Server ausführen: sluice logs --case \(link)"
        case .causeRemoved: return "Sagen Sie hier, was es war und was Sie getan haben."
        case .queueClean: return "Auf dem Server ausführen: sluice queue prove --case \(link)"
        case .campaignQuiet, .noListing: return "Nichts zu tun: Wir beobachten es."
        case .namesMatch:
            return
                "Den PTR-Eintrag der Adresse auf den eigenen Namen des Servers setzen (sluice check dns zeigt, wie), dann „jetzt prüfen“ wählen."
        case .serverUnlisted:
            return
                "Die Liste um Austragung bitten, sobald die Ursache beseitigt ist, dann „jetzt prüfen“ wählen: Wir fragen erneut."
        }
    }

    /// As `RequiredCheck.missing`, in the page's language.
    func missing(_ check: RequiredCheck, at time: Timestamp) -> String? {
        guard let english = check.missing(at: time), language == .german else { return check.missing(at: time) }
        let known = [
            "it failed when it was looked at": "es war bei der Prüfung nicht so",
            "nobody has looked yet": "noch hat niemand nachgesehen",
            "it could not be seen": "es war nicht zu erkennen",
            "the proof is too old": "der Nachweis ist zu alt",
        ]
        guard english.hasPrefix("what was said does not suffice") else { return known[english] ?? english }
        let needed =
            switch check.needs {
            case .verified: "unsere eigene Prüfung"
            case .reported: "ein signierter Bericht"
            case .attested: "das Wort eines Menschen"
            }
        return "das Gesagte genügt nicht: \(needed) ist nötig"
    }

    /// Why something was not done.
    func refusal(_ error: any Error, _ problem: Problem) -> String {
        guard language == .german else { return problem.detail }
        if let refusal = error as? CaseService.Refusal {
            return switch refusal.code {
            case .notFound: "Diesen Fall gibt es nicht."
            case .ended: "Der Fall ist schon beendet."
            case .notRequired: "Das wird in diesem Fall nicht verlangt."
            case .signature: "Der Bericht wird nicht angenommen: Er ist nicht mit dem Schlüssel dieses Falls signiert."
            case .otherCase: "Der Bericht wurde für einen anderen Fall gemacht."
            case .time:
                "Die Zeit des Berichts passt nicht: Stellen Sie die Uhr des Servers, und machen Sie einen neuen Bericht."
            case .replayed: "Dieser Bericht wurde schon angenommen."
            case .size: "Der Bericht ist zu groß."
            case .missing: "Es fehlt noch etwas."
            case .notAllowed: "Das ist in diesem Stand des Falls nicht möglich."
            }
        }
        return switch problem.kind {
        case .malformed: "Das Formular ist nicht vollständig: Laden Sie die Seite neu."
        case .unauthenticated, .forbidden:
            "Dieses Formular ist nicht von hier oder zu alt: Laden Sie die Seite neu."
        case .notFound: "Diesen Fall gibt es nicht, oder der Link ist abgelaufen oder wurde widerrufen."
        case .method, .conflict: "Das ist jetzt nicht möglich."
        case .tooLarge: "Das ist zu groß."
        case .mediaType: "Diese Art Datei wird nicht angenommen: Senden Sie den Bericht, wie er geschrieben wurde."
        case .invalid: "Es fehlt eine Angabe, oder sie kann nicht stimmen."
        case .tooMany: "Das war viel auf einmal: Bitte versuchen Sie es in einer Minute wieder."
        case .failed, .busy, .full: "Das hat gerade nicht geklappt: Bitte versuchen Sie es später wieder."
        }
    }
}
