import Foundation
import MailTypes

/// Files given on the command line.
enum CheckFile {
    /// No account export or list of guesses is larger.
    static let maximum = 256 << 20

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure.input("\(SafeText.printable(path)) cannot be read")
        }
        defer { try? handle.close() }
        let data: Data
        do {
            data = try handle.read(upToCount: maximum + 1) ?? Data()
        } catch {
            throw CommandFailure.input("\(SafeText.printable(path)) cannot be read (is it a folder?)")
        }
        guard data.count <= maximum else {
            throw CommandFailure.input("\(SafeText.printable(path)) is larger than \(maximum >> 20) MiB")
        }
        return Array(data)
    }

    static func text(_ path: String) throws -> String {
        guard let text = String(validating: try bytes(path), as: UTF8.self) else {
            throw CommandFailure.input("\(SafeText.printable(path)) is not UTF-8")
        }
        return text
    }

    /// Reads with the file's name before the error.
    static func parse<Value, Failure: Error>(_ path: String, _ read: (String) throws(Failure) -> Value) throws -> Value
    {
        let text = try text(path)
        do {
            return try read(text)
        } catch {
            throw CommandFailure.input("\(SafeText.printable(path)): \(error)")
        }
    }
}
