import Enforcement

/// What can be done on a case's page: plain forms, no script.
extension CasePage {
    func forms(_ checks: [CheckView]) -> Markup {
        guard !incident.state.isFinal else { return "" }
        return """
            <h2>\(texts.forms)</h2>
            <div class="cards">
            \(verify)
            \(upload)
            \(attestations(checks))
            \(words("reinstatement", texts.ask, texts.askLabel, texts.askNote, texts.ask))
            \(words("appeal", texts.appeal, texts.appealLabel, texts.appealNote, texts.appealButton))
            </div>
            """
    }

    private func hidden(_ act: String) -> Markup {
        "<input type=\"hidden\" name=\"form\" value=\"\(code(act))\">"
    }

    private var upload: Markup {
        """
        <form class="card" method="post" action="\(path)/reports\(choice)" enctype="multipart/form-data">
        <h3>\(texts.upload)</h3>
        \(hidden("reports"))
        <label for="report">\(texts.uploadLabel)</label>
        <input type="file" id="report" name="report" accept="application/json,.json" required>
        <button>\(texts.uploadButton)</button>
        </form>
        """
    }

    private var verify: Markup {
        """
        <form class="card" method="post" action="\(path)/verify\(choice)">
        <h3>\(texts.verify)</h3>
        <p>\(texts.verifyNote)</p>
        \(hidden("verify"))
        <button>\(texts.verifyButton)</button>
        </form>
        """
    }

    private func words(
        _ act: String, _ heading: String, _ question: String, _ explanation: String, _ label: String
    ) -> Markup {
        """
        <form class="card" method="post" action="\(path)/\(act)\(choice)">
        <h3>\(heading)</h3>
        <p id="\(act)-note">\(explanation)</p>
        \(hidden(act))
        <label for="\(act)-text">\(question)</label>
        <textarea id="\(act)-text" name="text" rows="4" maxlength="900" aria-describedby="\(act)-note" required></textarea>
        <button>\(label)</button>
        </form>
        """
    }

    /// Checks for which a person's word is worth something, and which are not done.
    private func attestations(_ checks: [CheckView]) -> Markup {
        let open = checks.filter { $0.missing != nil && $0.needs == "attested" }
        guard !open.isEmpty else { return "" }
        let options = open.map { "<option value=\"\($0.name)\">\($0.title)</option>" as Markup }
        return """
            <form class="card" method="post" action="\(path)/attest\(choice)">
            <h3>\(texts.attest)</h3>
            <p>\(texts.attestNote)</p>
            \(hidden("attest"))
            <label for="attest-check">\(texts.attestCheck)</label>
            <select id="attest-check" name="check">\(options)</select>
            <label for="attest-name">\(texts.attestName)</label>
            <input type="text" id="attest-name" name="name" maxlength="100" autocomplete="name" required>
            <label for="attest-text">\(texts.attestText)</label>
            <textarea id="attest-text" name="text" rows="3" maxlength="900" required></textarea>
            <button>\(texts.attestButton)</button>
            </form>
            """
    }
}
