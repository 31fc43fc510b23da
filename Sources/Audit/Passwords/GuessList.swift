package import Posture

/// Guesses made for one account, the likeliest first.
package struct GuessList: Sendable {
    /// Where a guess comes from: what a finding may tell, instead of the guess.
    package enum Origin: String, Sendable, Hashable {
        case common = "a common password"
        case name = "made of the account's own name"
        case company = "made of the domain's or company's name"
        case season = "a season, month or day with a year"
        case keyboard = "a walk on the keyboard"
        case wordlist = "in the wordlist"
    }

    package struct Guess: Sendable, Hashable {
        package var text: String
        package var origin: Origin
    }

    /// Words of the operator's own: the company, the city, the products.
    package var words: [String]
    package var wordlist: [String]
    /// This year, as in passwords.
    package var year: Int

    package init(words: [String] = [], wordlist: [String] = [], year: Int) {
        self.words = words
        self.wordlist = wordlist
        self.year = year
    }

    /// Guesses for one account without those that are the same for each.
    package func own(_ account: Account) -> [Guess] {
        var names = [account.shortName]
        names += Self.parts(account.shortName) + Self.parts(account.fullName.lowercased())
        if let first = names.dropFirst().first, let last = names.last, first != last {
            names += [first + last, last + first]
        }
        var company: [String] = words.map { $0.lowercased() }
        if let at = account.name.firstIndex(of: "@") {
            let labels = account.name[account.name.index(after: at)...].lowercased().split(separator: ".").map(
                String.init)
            company += labels.dropLast() + Self.parts(labels.first ?? "")
        }
        var seen: Set<String> = []
        var guesses: [Guess] = []
        for (list, origin) in [(names, Origin.name), (company, Origin.company)] {
            for word in list where word.count >= 2 && word.utf8.count <= 64 {
                for text in decorated(word) where seen.insert(text).inserted {
                    guesses.append(Guess(text: text, origin: origin))
                }
            }
        }
        return guesses
    }

    /// Guesses that are the same for each account.
    package func shared() -> [Guess] {
        var seen: Set<String> = []
        var guesses: [Guess] = []
        func add(_ texts: some Sequence<String>, _ origin: Origin) {
            for text in texts where seen.insert(text).inserted { guesses.append(Guess(text: text, origin: origin)) }
        }
        add(CommonPasswords.all, .common)
        add(CommonPasswords.walks, .keyboard)
        add(CommonPasswords.words.flatMap { decorated($0) }, .common)
        for word in CommonPasswords.seasons {
            for year in years {
                for written in [word, Self.capital(word)] {
                    add([written + year, written + year + "!", written + "@" + year, written + "-" + year], .season)
                }
            }
        }
        add(wordlist, .wordlist)
        return guesses
    }

    private var years: [String] { ((year - 6)...(year + 1)).reversed().map(String.init) }

    private func decorated(_ word: String) -> [String] {
        var result: [String] = []
        for written in [word, Self.capital(word)] {
            result += [
                "", "1", "12", "123", "1234", "12345", "123456", "!", "1!", "12!", "123!", "1234!", "?", ".", "#1",
                "@1", "@123", "01",
            ]
            .map { written + $0 }
            result += years.flatMap { [written + $0, written + $0 + "!", written + "@" + $0] }
            result += years.map { written + $0.suffix(2) }
        }
        return result + [word.uppercased(), String(word.reversed()), word + word]
    }

    static func capital(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    private static func parts(_ text: String) -> [String] {
        text.split { !$0.isLetter }.prefix(6).map(String.init).filter { $0.count >= 3 }
    }
}

/// What is tried for each account. Chosen by hand: the forms that such lists have in common.
enum CommonPasswords {
    static let all = [
        "", "123456", "password", "12345678", "123456789", "12345", "1234567890", "1234567", "1234", "111111", "000000",
        "123123", "654321", "666666", "888888", "121212", "112233", "987654321", "password1", "Password1", "Password1!",
        "password123", "Password123", "Password123!", "passw0rd", "Passw0rd", "P@ssw0rd", "P@ssword1", "p@ssw0rd123",
        "Passwort1",
        "passwort", "Passwort123", "geheim", "hallo", "hallo123", "Welcome1", "Welcome123", "welcome", "Willkommen1",
        "changeme",
        "ChangeMe1!", "letmein", "admin", "admin123", "administrator", "root", "toor", "guest", "test", "test123",
        "Test1234",
        "demo", "user", "login", "secret", "master", "superman", "dragon", "monkey", "football", "baseball", "shadow",
        "sunshine",
        "princess", "iloveyou", "trustno1", "abc123", "Abc12345", "a1b2c3d4", "aa123456", "Aa123456!", "temp",
        "temp123",
        "default", "mail", "mail123", "smtp", "info", "info123", "office", "office123", "sales", "support", "contact",
        "scanner",
        "scan", "copier", "printer", "backup", "service", "newsletter", "webmaster", "postmaster", "mypassword",
        "motdepasse",
        "contraseña", "contrasena", "senha", "senha123", "haslo", "heslo", "parola", "parool", "пароль", "salasana",
        "jelszo",
    ]

    static let words = [
        "password", "passwort", "welcome", "willkommen", "admin", "test", "mail", "office", "login", "secret",
        "changeme", "hello",
        "company", "server",
    ]

    static let seasons = [
        "spring", "summer", "autumn", "fall", "winter", "january", "february", "march", "april", "may", "june", "july",
        "august",
        "september", "october", "november", "december", "monday", "friday", "frühling", "fruehling", "sommer", "herbst",
        "januar",
        "februar", "märz", "maerz", "mai", "juni", "juli", "oktober", "dezember", "montag", "printemps", "été", "ete",
        "automne",
        "hiver", "primavera", "verano", "otoño", "otono", "invierno", "estate", "autunno", "inverno", "zima", "wiosna",
        "lato",
        "jesien", "easter", "ostern", "christmas", "weihnachten",
    ]

    static let walks = [
        "qwerty", "qwertz", "azerty", "qwerty123", "qwertz123", "qwerty1", "qwertyuiop", "qwertzuiop", "asdfgh",
        "asdfghjkl",
        "asdf1234", "asdf", "asdfasdf", "yxcvbnm", "zxcvbnm", "zxcvbn", "1q2w3e4r", "1q2w3e", "1q2w3e4r5t", "q1w2e3r4",
        "1qaz2wsx",
        "1qaz2wsx3edc", "qazwsx", "qazwsxedc", "zaq12wsx", "!QAZ2wsx", "1qaz@WSX", "qwe123", "123qwe", "qweasd",
        "qweasdzxc",
        "poiuytrewq", "147258369", "159753", "789456123", "741852963", "asd123", "123asd", "zxc123", "qwer1234",
        "1234qwer",
    ]
}
