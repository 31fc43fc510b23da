package import MailTypes

extension Configuration {
    /// What came of reading: the configuration, unless there is an error; and all errors and warnings in the file's order.
    package struct Reading: Sendable {
        package var configuration: Configuration?
        package var problems: [Problem]

        package var errors: [Problem] { problems.filter { $0.severity == .error } }
        package var warnings: [Problem] { problems.filter { $0.severity == .warning } }
    }

    /// More than 100,000 customers need; a bound against a wrong path.
    package static let maximumFileSize = ByteCount.mib(4)

    /// Reads the file. Blocks.
    ///
    /// `checkCredential` says what is wrong with a stored password, `nil` if nothing is.
    package static func load(
        _ path: String, files: FileAccess = .system, checkCredential: (String) -> String? = { _ in nil }
    ) -> Reading {
        switch files.read(path, maximumFileSize.bytes) {
        case .failure(let failure):
            let problem = Problem(
                severity: .error, file: path, place: nil, keyPath: "", message: "cannot be read: \(failure.reason)")
            return Reading(configuration: nil, problems: [problem])
        case .success(let content):
            return parse(
                bytes: content.bytes, mode: content.mode, path: path, files: files, checkCredential: checkCredential)
        }
    }

    /// Reads a text; `path` is for messages and for the directory of relative file names.
    package static func parse(
        text: String, path: String? = nil, files: FileAccess = .none,
        checkCredential: (String) -> String? = { _ in nil }
    ) -> Reading {
        parse(bytes: Array(text.utf8), path: path, files: files, checkCredential: checkCredential)
    }

    /// As `parse(text:)`, for bytes that may be anything.
    ///
    /// `mode`: the file's permission bits, so that stored passwords that everybody can read are told.
    package static func parse(
        bytes: [UInt8], mode: UInt32 = 0o600, path: String?, files: FileAccess, checkCredential: (String) -> String?
    ) -> Reading {
        withoutActuallyEscaping(checkCredential) { check in
            let decoding = Decoding(file: path, files: files, checkCredential: check)
            guard bytes.count <= maximumFileSize.bytes else {
                decoding.report(.error, nil, "", "larger than \(maximumFileSize)")
                return Reading(configuration: nil, problems: decoding.problems)
            }
            let (root, issues) = YAMLReader.read(bytes)
            for issue in issues { decoding.report(.error, issue.place, "", issue.message) }
            guard root != nil || issues.isEmpty else {
                return Reading(configuration: nil, problems: decoding.problems)
            }
            let section = Section(decoding, path: "", node: root)
            let configuration = Configuration(section)
            section.reportUnknownKeys()
            configuration.check(decoding)
            if decoding.hasInlineCredentials, mode & 0o004 != 0 {
                decoding.report(
                    .warning, nil, "",
                    "mode \(String(mode, radix: 8)) lets everybody read the stored passwords in it; chmod 640")
            }
            let problems = decoding.problems.sorted { ($0.place ?? .start) < ($1.place ?? .start) }
            let isUsable = !problems.contains { $0.severity == .error }
            return Reading(configuration: isUsable ? configuration : nil, problems: problems)
        }
    }

    /// What `sluice serve` uses without a file: takes mail from this machine on 127.0.0.1:2525 as customer `local`, delivers
    /// by MX, state in `./var`, HTTP on 127.0.0.1:8025.
    package static func embedded(files: FileAccess = .system) -> Configuration {
        let reading = parse(text: embeddedText, path: nil, files: files)
        guard let configuration = reading.configuration else {
            preconditionFailure("the embedded configuration is wrong: \(reading.problems)")
        }
        return configuration
    }

    /// The embedded default as a file.
    package static let embeddedText = """
        customers:
          - id: local
            name: This machine
            servers: [127.0.0.0/8, "::1"]

        """
}

extension Place {
    /// Before everything: problems of the file as a whole come first.
    fileprivate static let start = Place(line: 0, column: 0)
}
