/// One reading of a configuration: what it may look at, and what it found wrong.
final class Decoding {
    /// Problems kept: a file that is wrong throughout needs no list of all that is.
    static let maximumProblems = 200

    let file: String?
    let files: FileAccess
    /// Says what is wrong with a stored credential, `nil` if nothing is.
    let checkCredential: (String) -> String?
    private(set) var problems: [Problem] = []
    /// The file itself holds stored passwords.
    var hasInlineCredentials = false
    /// Filled instead of reading, when this is a run for the documentation.
    var catalogue: Catalogue?

    init(file: String?, files: FileAccess, checkCredential: @escaping (String) -> String?) {
        self.file = file
        self.files = files
        self.checkCredential = checkCredential
    }

    var isDocumenting: Bool { catalogue != nil }
    /// No further problem is kept: looking for more is in vain.
    var isFull: Bool { problems.count >= Self.maximumProblems }

    func report(_ severity: Problem.Severity, _ place: Place?, _ keyPath: String, _ message: String) {
        guard !isDocumenting, !isFull else { return }
        problems.append(
            Problem(severity: severity, file: file, place: place, keyPath: keyPath, message: message))
    }

    /// A relative file name is taken from the configuration file's directory, so that the working directory does not matter.
    func resolved(_ path: String) -> String {
        guard !path.hasPrefix("/"), let file, let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return path
        }
        return file[...slash] + path
    }
}
