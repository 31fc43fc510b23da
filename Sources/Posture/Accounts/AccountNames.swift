/// Names of accounts that nobody answers for.
package enum AccountNames {
    /// Guest in the languages that Windows and people use; accents as written.
    static let guests: Set<String> = [
        "guest", "guests", "guestuser", "guest1", "gast", "gæst", "gaest", "gäst", "gjest", "gestur", "vieras",
        "invité",
        "invite", "invitado", "convidado", "convidat", "ospite", "oaspete", "gość", "gosc", "host", "hosť", "vendég",
        "vendeg",
        "gost", "гость", "гост", "гість", "госць", "svečias", "svecias", "viesis", "külaline", "konuk", "misafir",
        "επισκέπτης", "אורח", "ضيف", "مهمان", "अतिथि", "ゲスト", "来宾", "訪客", "来賓", "게스트", "ผู้เยี่ยมชม", "khách",
        "tamu", "tetamu", "mysafir", "gonbidatua", "aoi", "gwestai", "qonaq", "anonymous", "anonym", "anonymus",
        "visitor",
        "besucher",
    ]

    /// What tests, demonstrations and products' defaults are called; also with digits behind.
    static let tests: Set<String> = [
        "test", "tester", "testuser", "testing", "testmail", "test.test", "tests", "demo", "demouser", "demonstration",
        "example",
        "sample", "temp", "tmp", "temporary", "default", "defaultaccount", "dummy", "foo", "bar", "foobar", "asdf",
        "qwerty",
        "abc", "user", "username", "admin", "administrator", "scan", "scanner", "scan2mail", "scantomail", "copier",
        "kopierer",
        "printer", "drucker", "fax", "xerox", "ricoh", "canon", "kyocera", "backup", "oracle", "mysql", "postgres",
        "ftp",
        "ftpuser", "upload", "training", "schulung", "trainee", "praktikant", "azubi", "student", "prueba", "teste",
        "prova",
        "essai", "probe", "usuario", "usuario1", "utilisateur", "benutzer", "pi", "ubuntu", "vagrant", "ec2-user",
        "newsletter",
        "noreply", "no-reply", "webmaster", "www", "mailtest", "smtptest", "spam", "service", "svc",
    ]

    /// Of them, those that are meant with digits behind, too; `user17` may be anybody's.
    private static let numbered: Set<String> = [
        "test", "tester", "testuser", "testing", "testmail", "demo", "demouser", "temp", "tmp", "dummy", "sample",
        "example", "scan",
        "scanner", "guest", "default",
    ]

    package static func isGuest(_ account: Account) -> Bool { account.rid == 501 || guests.contains(account.shortName) }

    package static func isTest(_ account: Account) -> Bool {
        let name = account.shortName
        if tests.contains(name) { return true }
        let base = String(name.reversed().drop { $0.isNumber || $0 == "-" || $0 == "_" }.reversed())
        return base != name && numbered.contains(base)
    }
}
