import Enforcement

/// The forms of a case's page.
enum OperatorCaseActs {
    static func content(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        guard desk.mayAct else { return "" }
        let forms: [Markup] =
            view.isFinal
            ? [note(view, desk), view.mergedInto == nil ? reopen(view, desk) : ""]
            : [
                note(view, desk), checks(view, desk), reinstate(view, desk), close(view, desk), falseAlarm(view, desk),
                kind(view, desk), merge(view, desk),
            ]
        return "<h2>What to do</h2><div class=\"cards\">\(forms)</div>"
    }

    private static func reason(_ act: String, _ label: Markup = "Why", name: String = "reason") -> Markup {
        """
        <label for="\(act)-\(name)">\(label)</label>
        <textarea id="\(act)-\(name)" name="\(name)" rows="2" maxlength="900" required></textarea>
        """
    }

    private static func note(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        desk.form(
            "case-notes", on: view.id,
            """
            <h3>Note</h3>
            \(reason("note", "What is to be remembered", name: "text"))
            <button>Add the note</button>
            """)
    }

    private static func reopen(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        desk.form(
            "case-reopen", on: view.id,
            """
            <h3>Open again</h3><p>Everything is asked again. Nothing is stopped by it.</p>
            \(reason("reopen"))
            <button>Open again</button>
            """)
    }

    /// Look again, take a word, waive.
    private static func checks(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        guard !view.checks.isEmpty else { return "" }
        let options = view.checks.filter { $0.missing != nil }.map { check -> Markup in
            "<option value=\"\(check.name)\">\(check.title)</option>"
        }
        let look = desk.form(
            "case-verify", on: view.id,
            "<h3>Look again</h3><p>At all that the gateway can see itself.</p><button>Verify now</button>")
        guard !options.isEmpty else { return look }
        let attest = desk.form(
            "case-attest", on: view.id,
            """
            <h3>Take a person's word</h3>
            <label for="attest-check">For what</label><select id="attest-check" name="check">\(options)</select>
            \(reason("attest", "Whose word, and what was done", name: "detail"))
            <button>Take it</button>
            """)
        let waive = desk.form(
            "case-waive", on: view.id,
            """
            <h3>Waive a check</h3><p>It counts as done, with your name and reason beside it.</p>
            <label for="waive-check">Which</label><select id="waive-check" name="check">\(options)</select>
            \(reason("waive"))
            <button class="danger">Waive</button>
            """)
        return look.joined(attest).joined(waive)
    }

    private static func reinstate(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        guard !view.stopped.isEmpty else { return "" }
        return desk.form(
            "case-reinstate", on: view.id,
            """
            <h3>Reinstate</h3><p>Its sources send again, on probation.</p>
            \(reason("reinstate"))
            <p class="inline"><input type="checkbox" id="reinstate-force" name="force" value="yes">
            <label for="reinstate-force">Although checks are missing</label></p>
            <button>Reinstate</button>
            """)
    }

    private static func close(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        desk.form(
            "case-close", on: view.id,
            """
            <h3>Close</h3><p>All checks must hold or be waived; stops are lifted with it.</p>
            \(reason("close"))
            <button>Close the case</button>
            """)
    }

    private static func falseAlarm(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        desk.form(
            "case-false-alarm", on: view.id,
            """
            <h3>False alarm</h3><p>It was no spam: stops are lifted and held mail goes out.</p>
            \(reason("false-alarm"))
            <button class="danger">It was no spam</button>
            """)
    }

    private static func kind(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        let options = IncidentKind.allCases.map { kind -> Markup in
            let chosen: Markup = view.kinds.contains(kind.rawValue) ? " selected" : ""
            return "<option\(chosen)>\(kind.rawValue)</option>"
        }
        return desk.form(
            "case-kind", on: view.id,
            """
            <h3>Kind of incident</h3><p>What that kind asks is added.</p>
            <label for="kind">Kind</label><select id="kind" name="kind">\(options)</select>
            <button class="plain">Set</button>
            """)
    }

    private static func merge(_ view: CaseView, _ desk: OperatorDesk) -> Markup {
        desk.form(
            "case-merge", on: view.id,
            """
            <h3>Merge</h3><p>Another case of the same customer becomes part of this one.</p>
            <label for="merge-case">The other case</label>
            <input id="merge-case" name="case" placeholder="case-17" pattern="case-[1-9][0-9]*" maxlength="24" required>
            <button class="plain">Merge it into this one</button>
            """)
    }
}
