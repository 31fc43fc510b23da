import Enforcement

/// What can be done on a case's page: plain forms, no script.
extension CasePage {
    var forms: Markup {
        guard !incident.state.isFinal else { return "" }
        return """
            <h2>What you can do here</h2>
            \(upload)
            \(attestations)
            \(button("verify", "Look again", "We look again at once at all that we can verify ourselves.", "Verify now"))
            \(words(
                "reinstatement", "Ask for reinstatement", "What was the cause, and what have you done?",
                "Where all that is asked is there, you are sending again at once; else a person looks at it.",
                "Ask for reinstatement"))
            \(words(
                "appeal", "This is not spam", "Why is it not spam?",
                "A person looks at it, with the messages that are kept as evidence.", "Send to a person"))
            """
    }

    private func hidden(_ act: String) -> Markup {
        "<input type=\"hidden\" name=\"form\" value=\"\(code(act))\">"
    }

    private var upload: Markup {
        """
        <form method="post" action="\(path)/reports" enctype="multipart/form-data">
        <h3>Send a signed report</h3>
        \(hidden("reports"))
        <label for="report">Report file, as the commands above write it (JSON, at most 8 MB, not compressed)</label>
        <input type="file" id="report" name="report" accept="application/json,.json" required>
        <button>Send the report</button>
        </form>
        """
    }

    private func button(_ act: String, _ heading: Markup, _ explanation: Markup, _ label: Markup) -> Markup {
        """
        <form method="post" action="\(path)/\(act)">
        <h3>\(heading)</h3>
        <p>\(explanation)</p>
        \(hidden(act))
        <button>\(label)</button>
        </form>
        """
    }

    private func words(
        _ act: String, _ heading: Markup, _ question: Markup, _ explanation: Markup, _ label: Markup
    ) -> Markup {
        """
        <form method="post" action="\(path)/\(act)">
        <h3>\(heading)</h3>
        <p>\(explanation)</p>
        \(hidden(act))
        <label for="\(act)-text">\(question)</label>
        <textarea id="\(act)-text" name="text" rows="4" maxlength="900" required></textarea>
        <button>\(label)</button>
        </form>
        """
    }

    /// Checks for which a person's word is worth something, and which are not done.
    private var attestations: Markup {
        let open = checks.filter { $0.missing != nil && $0.needs == "attested" }
        guard !open.isEmpty else { return "" }
        let options = open.map { "<option value=\"\($0.id)\">\($0.title)</option>" as Markup }
        return """
            <form method="post" action="\(path)/attest">
            <h3>Give your word</h3>
            <p>For these a person&#39;s word is taken. It is kept with your name.</p>
            \(hidden("attest"))
            <label for="attest-check">What is so now</label>
            <select id="attest-check" name="check">\(options)</select>
            <label for="attest-name">Your name</label>
            <input type="text" id="attest-name" name="name" maxlength="100" autocomplete="name" required>
            <label for="attest-text">What was done</label>
            <textarea id="attest-text" name="text" rows="3" maxlength="900" required></textarea>
            <button>Confirm</button>
            </form>
            """
    }
}
