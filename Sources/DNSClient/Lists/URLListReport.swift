package import MailTypes

/// What the lists said about a message's domains in the time that there was.
package struct URLListReport: Sendable, Hashable {
    package struct Listing: Sendable, Hashable {
        package var domain: DomainName
        /// The list's name.
        package var list: String
        package var meanings: [ListMeaning]

        package init(domain: DomainName, list: String, meanings: [ListMeaning]) {
            self.domain = domain
            self.list = list
            self.meanings = meanings
        }
    }

    package var listings: [Listing] = []
    /// Questions that were answered, listed or not.
    package var answered = 0
    /// Questions without an answer in time, refused, or not asked: these say nothing, in either direction.
    package var unanswered = 0
    /// Why a list said nothing, by its name; one reason each.
    package var problems: [String: String] = [:]

    package init() {}
}
