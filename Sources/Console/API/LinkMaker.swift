import ControlStore
import MailTypes

/// Makes links of cases.
struct LinkMaker: Sendable {
    let baseURL: String?
    let newToken: @Sendable () -> CapabilityToken

    func make(for id: CaseID, lifetime: Duration, author: String, at time: Timestamp, in control: ControlDatabase)
        throws
        -> (link: LinkView, url: String)
    {
        let token = newToken()
        let made = try control.mintCaseToken(token, for: id, lifetime: lifetime, author: author, at: time)
        return (LinkView(made), CaseLink.url(base: baseURL, caseID: made.caseID, token: token))
    }
}
