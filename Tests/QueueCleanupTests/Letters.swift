/// Mail for the tests: personalised spam of three campaigns, and good mail of which some looks like it.
struct Letters {
    enum Kind: String, CaseIterable {
        case pharmacy, lottery, bank, letter, order, complaint, realBank

        var isSpam: Bool { self == .pharmacy || self == .lottery || self == .bank }
    }

    struct Letter {
        var kind: Kind
        var sender: String
        var recipient: String
        var text: String
    }

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private mutating func pick(_ words: [String]) -> String { words[random(words.count)] }

    private static let names = ["Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Henry", "Ida", "Jonas"]
    private static let noise = [
        "river", "window", "garden", "silver", "mountain", "letter", "yellow", "bridge", "market",
    ]
    private static let topics = [
        "the roof of the shed leaks again and somebody should look at it before the weekend",
        "our train leaves at half past seven so we will meet at the kiosk on platform four",
        "the dentist moved the appointment and I cannot come to choir practice on Thursday",
        "please send me the drawings of the second floor when the architect has signed them",
        "the committee agreed to plant two lime trees instead of the three that were planned",
        "I found your umbrella under the bench and left it with the caretaker downstairs",
        "the printer on the third floor eats every second page since it was repaired",
        "my brother can lend you his trailer if you bring it back before Sunday noon",
    ]

    private mutating func pitch(_ kind: Kind, _ name: String) -> String {
        let extra = (0..<6).map { _ in pick(Self.noise) }.joined(separator: " ")
        switch kind {
        case .pharmacy:
            return """
                Hello \(name),

                buy cheap viagra and cialis online without prescription. Our discount pharmacy ships worldwide within
                \(random(9)) days. Save up to \(60 + random(30))% on all pills today, guaranteed lowest price and money back.
                Click here to order now: http://pills\(random(4)).example/\(random(1_000_000))

                Limited offer, do not miss it! No doctor needed, discreet packaging.
                \(extra)

                """
        case .lottery:
            return """
                Dear \(name),

                CONGRATULATIONS! Your email address has won $\(random(900))0,000 USD in the international lottery promotion. You
                are one of the lucky winners selected this year. To claim your prize money contact our claims agent
                immediately with your full name, address, telephone number and bank account details. Act now, this offer
                expires soon. Claim here: http://prize\(random(4)).example/\(random(1_000_000))
                Keep this notification confidential. \(extra)

                """
        default:
            let link =
                kind == .bank
                ? "http://verify-\(random(3)).example/\(random(1_000_000))" : "https://www.savings.example/help"
            return """
                Dear customer \(name),

                we noticed unusual activity in your account and have limited access for your security. Please verify your
                identity within 24 hours, otherwise your account will be suspended permanently. See \(link)

                Thank you for your cooperation. Example Savings Bank security department, ticket \(random(1_000_000)).

                """
        }
    }

    mutating func letter(_ kind: Kind) -> Letter {
        let name = pick(Self.names)
        let recipient = "\(name.lowercased())\(random(9999))@dead\(random(50)).example"
        let (sender, subject, body): (String, String, String) =
            switch kind {
            case .pharmacy: ("promo@shop.example", "Buy pills, \(name)", pitch(kind, name))
            case .lottery:
                (pick(["joe", "ann"]) + "@customer.example", "You won \(random(9))00,000 USD", pitch(kind, name))
            case .bank: ("service@savings-secure.example", "Account limited, \(name)", pitch(kind, name))
            case .realBank: ("notice@savings.example", "Account limited", pitch(kind, name))
            case .order:
                (
                    "orders@garden.example", "Your order \(random(9999))",
                    "Dear \(name),\n\nthank you for your order number \(random(99999)). We packed the potting soil and will hand it to"
                        + " the carrier this afternoon. The invoice is attached to the parcel.\n\nYour garden centre\n"
                )
            case .complaint:
                (
                    "joe@customer.example", "Strange mail from my address",
                    "Hello helpdesk,\n\n\(pick(Self.topics)). But that is not why I write: people tell me that they got the"
                        + " following from my address. I did not send it, and I am worried that somebody knows my password."
                        + " What should I do, and whom do I have to tell? I have already run the virus scanner twice and found"
                        + " nothing at all. \(pick(Self.topics)).\n\n" + pitch(.lottery, "Joe")
                )
            case .letter:
                (
                    "\(pick(Self.names).lowercased())@customer.example", "Hello \(name)",
                    "Hi \(name),\n\n" + (0..<3).map { _ in pick(Self.topics) }.joined(separator: ".\n")
                        + ".\n.\nFrom me\n"
                )
            }
        return Letter(
            kind: kind, sender: sender, recipient: recipient,
            text: "From: <\(sender)>\nTo: <\(recipient)>\nSubject: \(subject)\nX-Kind: \(kind.rawValue)\n"
                + "Message-ID: <\(random(1 << 30)).\(random(1 << 30))@customer.example>\nDate: Wed, 25 Nov 2026 10:00:00 +0000\n"
                + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + body)
    }

    /// Nine of ten are spam; in a mixed order.
    mutating func mix(_ count: Int) -> [Letter] {
        let good: [Kind] = [.letter, .letter, .letter, .order, .order, .complaint, .realBank]
        return (0..<count).map { index in
            index % 10 == 9 ? letter(good[index / 10 % good.count]) : letter([.pharmacy, .lottery, .bank][random(3)])
        }
    }
}
