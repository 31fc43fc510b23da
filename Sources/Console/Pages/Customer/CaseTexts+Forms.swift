/// What can be done on the page.
extension CaseTexts {
    var toRun: String { say("What to run on your server", "Was auf Ihrem Server auszuführen ist") }
    var toRunNote: String {
        say(
            "These commands look for the hole, and send a signed report to this page. They change nothing.",
            "Diese Befehle suchen die Lücke und senden einen signierten Bericht an diese Seite. Sie ändern nichts.")
    }
    var forms: String { say("What you can do here", "Was Sie hier tun können") }

    var upload: String { say("Send a signed report", "Signierten Bericht senden") }
    var uploadLabel: String {
        say(
            "Report file, as the commands above write it (JSON, at most 8 MB, not compressed)",
            "Berichtsdatei, wie die Befehle oben sie schreiben (JSON, höchstens 8 MB, nicht komprimiert)")
    }
    var uploadButton: String { say("Send the report", "Bericht senden") }

    var verify: String { say("Look again", "Noch einmal prüfen") }
    var verifyNote: String {
        say(
            "We look again at once at all that we can verify ourselves.",
            "Wir prüfen sofort noch einmal alles, was wir selbst prüfen können.")
    }
    var verifyButton: String { say("Verify now", "Jetzt prüfen") }

    var ask: String { say("Ask for reinstatement", "Freigabe beantragen") }
    var askNote: String {
        say(
            "Where all that is asked is there, you are sending again at once; else a person looks at it.",
            "Liegt alles Verlangte vor, senden Sie sofort wieder; sonst sieht ein Mensch es sich an.")
    }
    var askLabel: String {
        say("What was the cause, and what have you done?", "Was war die Ursache, und was haben Sie getan?")
    }

    var appeal: String { say("This is not spam", "Das ist kein Spam") }
    var appealNote: String {
        say(
            "A person looks at it, with the messages that are kept as evidence.",
            "Ein Mensch sieht es sich an, mit den als Beleg aufbewahrten Nachrichten.")
    }
    var appealLabel: String { say("Why is it not spam?", "Warum ist es kein Spam?") }
    var appealButton: String { say("Send to a person", "An einen Menschen senden") }

    var attest: String { say("Give your word", "Ihr Wort geben") }
    var attestNote: String {
        say(
            "For these a person's word is taken. It is kept with your name.",
            "Hierfür gilt das Wort eines Menschen. Es wird mit Ihrem Namen aufbewahrt.")
    }
    var attestCheck: String { say("What is so now", "Was jetzt gilt") }
    var attestName: String { say("Your name", "Ihr Name") }
    var attestText: String { say("What was done", "Was getan wurde") }
    var attestButton: String { say("Confirm", "Versichern") }

    // MARK: - What came of it

    func reportTaken(_ answers: [(title: String, result: String)]) -> String {
        let taken = say("The report was taken. ", "Der Bericht wurde angenommen. ")
        guard !answers.isEmpty else {
            return taken
                + say("It says nothing about what is asked here.", "Er sagt nichts zu dem, was hier verlangt wird.")
        }
        return taken + answers.map { "\(Self.bare($0.title)): \(word($0.result))" }.joined(separator: "; ") + "."
    }

    func looks(_ isAgain: Bool) -> String {
        isAgain
            ? say(
                "We look again within a minute: load this page again then.",
                "Wir prüfen innerhalb einer Minute noch einmal: Laden Sie diese Seite dann neu.")
            : say(
                "There is nothing more to look at from outside now: either it was just done, or no outside look is asked for.",
                "Von außen ist jetzt nichts weiter zu prüfen: Es wurde gerade getan, oder es wird keine solche Prüfung verlangt."
            )
    }

    func wordNoted(suffices: Bool) -> String {
        say("Your word was noted.", "Ihr Wort ist vermerkt.")
            + (suffices
                ? "" : say(" It does not suffice for this check.", " Für diesen Punkt genügt es allein nicht."))
    }

    var appealTaken: String {
        say(
            "A person will look at it, with the messages that are kept.",
            "Ein Mensch wird es sich ansehen, mit den aufbewahrten Nachrichten.")
    }

    func asked(missing: [String]) -> String {
        missing.isEmpty
            ? say(
                "All that is asked is there: you are sending again within a minute.",
                "Alles Verlangte liegt vor: Sie senden innerhalb einer Minute wieder.")
            : say("Asked for. Still missing: ", "Beantragt. Es fehlt noch: ")
                + missing.map(Self.bare).joined(separator: "; ") + "."
    }

    /// Without the full stop, for the middle of a sentence.
    static func bare(_ sentence: String) -> String { sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence }
}
