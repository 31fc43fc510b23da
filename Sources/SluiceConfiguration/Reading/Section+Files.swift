extension Section {
    /// Secrets are short; a wrong path must not fill the memory.
    static let maximumSecretSize = 65_536

    /// The name of a file that must be readable; as it is to be opened.
    func file(_ name: String, example: String, isSecret: Bool = false, isRequired: Bool, _ about: String) -> String? {
        let given =
            isRequired
            ? required(name, .path, example: example, about) : optional(name, .path, example: example, about)
        guard let given, !decoding.isDocumenting else { return given }
        let path = decoding.resolved(given)
        switch decoding.files.read(path, 0) {
        case .success(let content): if isSecret { checkMode(name, path, content.mode) }
        case .failure(let failure): error(name, "cannot read \(SafeName.of(path)): \(failure.reason)")
        }
        return path
    }

    /// The content of a file that holds one secret, without the line end behind it.
    func secretFile(_ name: String, example: String, isAlternative: Bool = false, _ about: String) -> Secret? {
        guard let given = optional(name, .path, example: example, isAlternative: isAlternative, about),
            !decoding.isDocumenting
        else { return nil }
        let path = decoding.resolved(given)
        switch decoding.files.read(path, Self.maximumSecretSize) {
        case .failure(let failure):
            error(name, "cannot read \(SafeName.of(path)): \(failure.reason)")
            return nil
        case .success(let content):
            checkMode(name, path, content.mode)
            var bytes = content.bytes[...]
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            guard !bytes.isEmpty, !bytes.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") }) else {
                error(name, "\(SafeName.of(path)) must hold one line with the secret and nothing else")
                return nil
            }
            return Secret(Array(bytes))
        }
    }

    /// The content of a file of text; at most 256 KiB.
    func textFile(_ name: String, example: String, _ about: String) -> String? {
        guard let given = optional(name, .path, example: example, about), !decoding.isDocumenting else { return nil }
        let path = decoding.resolved(given)
        switch decoding.files.read(path, 256 * 1024) {
        case .failure(let failure):
            error(name, "cannot read \(SafeName.of(path)): \(failure.reason)")
            return nil
        case .success(let content): return String(decoding: content.bytes, as: UTF8.self)
        }
    }

    func checkMode(_ name: String, _ path: String, _ mode: UInt32) {
        guard mode & 0o077 != 0, mode & 0o077 != 0o040 else { return }
        let octal = String(mode, radix: 8)
        warning(
            name,
            "\(SafeName.of(path)) has mode \(octal), so that others can read it; chmod 600, or 640 with its own group")
    }
}
