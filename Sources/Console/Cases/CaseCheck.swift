import MailTypes

/// One check that a case asks for, as people are shown it.
struct CaseCheck: Sendable, Hashable {
    /// What is known by one assurance: `verified` by us, `reported` by the server and signed, `attested` by a person. Shown
    /// apart, as they are not worth the same.
    struct Statement: Sendable, Hashable {
        var assurance: String
        /// `pass`, `fail` or `unknown`; unknown is never a pass.
        var result: String
        var time: Timestamp
        var author: String
        var detail: String

        init(assurance: String, result: String, time: Timestamp, author: String, detail: String) {
            self.assurance = assurance
            self.result = result
            self.time = time
            self.author = author
            self.detail = detail
        }
    }

    var id: String
    /// What is to be true, in a plain sentence.
    var title: String
    var result: String
    /// The weakest assurance that will do.
    var needs: String
    var statements: [Statement]
    /// An operator took it upon themselves: why.
    var waiver: String?
    /// What is missing, exactly; `nil` when it is done.
    var missing: String?
    /// What to do about it: a command for the server, or a sentence.
    var advice: String

    init(
        id: String, title: String, result: String, needs: String, statements: [Statement] = [], waiver: String? = nil,
        missing: String?, advice: String
    ) {
        self.id = id
        self.title = title
        self.result = result
        self.needs = needs
        self.statements = statements
        self.waiver = waiver
        self.missing = missing
        self.advice = advice
    }
}
