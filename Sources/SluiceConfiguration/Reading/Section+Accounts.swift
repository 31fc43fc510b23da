import MailTypes

extension Section {
    /// 100,000 accounts need some 20 MB.
    static let maximumAccountsSize = 64 << 20

    /// The accounts of a file with one `name:credential` a line, as Dovecot's passwd-file has them without its other fields.
    func accountsFile() -> [Configuration.Account] {
        let name = "accounts-file"
        let given = optional(
            name, .path, example: "/etc/sluice/acme.accounts",
            "More logins: a file with one name:credential a line; empty lines and those that begin with # are skipped.")
        guard let given, !decoding.isDocumenting else { return [] }
        let path = decoding.resolved(given)
        switch decoding.files.read(path, Self.maximumAccountsSize) {
        case .failure(let failure):
            error(name, "cannot read \(SafeName.of(path)): \(failure.reason)")
            return []
        case .success(let content):
            checkMode(name, path, content.mode)
            return accounts(content.bytes, name, path)
        }
    }

    private func accounts(_ bytes: [UInt8], _ name: String, _ path: String) -> [Configuration.Account] {
        var accounts: [Configuration.Account] = []
        for (index, raw) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            func wrong(_ message: String) { error(name, "\(SafeName.of(path)), line \(index + 1): \(message)") }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                let login = String(validating: line[..<colon], as: UTF8.self).flatMap(AccountName.init)
            else {
                wrong("expected name:credential")
                continue
            }
            let credential = Array(line[(colon + 1)...])
            if credential.isEmpty || credential.count > 1024 {
                wrong("expected a stored password of 1 to 1024 bytes behind the name")
            } else if let problem = decoding.checkCredential(String(decoding: credential, as: UTF8.self)) {
                wrong(problem)
            } else {
                accounts.append(.init(name: login, credential: Secret(credential), place: place(of: name)))
            }
        }
        return accounts
    }
}
