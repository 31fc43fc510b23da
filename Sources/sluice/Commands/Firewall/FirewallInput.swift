import ArgumentParser
import FirewallModel
import Foundation
import MailTypes

extension Dialect: ExpressibleByArgument {}
extension IPAddress: ExpressibleByArgument {
    /// Reads one argument.
    public init?(argument: String) { self.init(argument) }
}

/// What `reach` and `diff` ask.
struct FirewallQuestionOptions: ParsableArguments {
    enum Direction: String, ExpressibleByArgument, CaseIterable { case `in`, out }

    @Option(help: "The TCP port: 25, or 465, 587.") var port: UInt16 = 25
    @Option(help: "in: who can reach the port here. out: who can reach it on the internet, from here or through here.")
    var direction = Direction.in
    @Option(help: "Only this destination address.") var destination: IPAddress?
    @Option(
        help: "The interface that packets come in by (out: leave by); also a zone, Windows profile, ACL or NSG by name."
    )
    var interface: String?
    @Option(help: "An address of this host (several times), where a redirection needs it.") var local: [IPAddress] = []
    @Option(help: "The files' dialect; left out: recognised.") var dialect: Dialect?

    /// The questions, each with its name.
    var questions: [(name: String, question: FirewallQuestion)] {
        let directions: [(String, FirewallQuestion.Direction)] =
            direction == .in
            ? [("in", .inbound)] : [("out, from this host", .local), ("out, through this host", .forwarded)]
        return directions.map { name, direction in
            var question = FirewallQuestion(
                port: port, direction: direction, destination: destination, localAddresses: local)
            if self.direction == .in { question.incoming = interface } else { question.outgoing = interface }
            return (name, question)
        }
    }
}

enum FirewallInput {
    /// Reads rule files; `-` is standard input.
    static func rules(_ paths: [String], _ dialect: Dialect?) throws -> [RuleSet] {
        do {
            return try RuleSetReader.read(try paths.map(file), as: dialect)
        } catch let error as FirewallError {
            throw CommandFailure.input(error.description)
        }
    }

    static func file(_ path: String) throws -> SourceFile {
        do {
            let data: Data
            if path == "-" {
                data = try FileHandle.standardInput.read(upToCount: SourceFile.sizeBound.bytes + 1) ?? Data()
            } else {
                let attributes = (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
                if let size = attributes[.size] as? Int, size > SourceFile.sizeBound.bytes {
                    throw CommandFailure.input(
                        "\(SafeText.printable(path)): \(size) bytes; at most \(SourceFile.sizeBound.bytes) are read")
                }
                guard let handle = FileHandle(forReadingAtPath: path) else {
                    throw CommandFailure.input("\(SafeText.printable(path)): cannot be opened")
                }
                data = try handle.read(upToCount: SourceFile.sizeBound.bytes + 1) ?? Data()
            }
            return SourceFile(name: path == "-" ? "(standard input)" : path, bytes: Array(data))
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.input("\(SafeText.printable(path)): cannot be read (\(error.localizedDescription))")
        }
    }

    /// Reads a list of blocks.
    static func ranges(_ path: String?) throws -> AddressSet {
        guard let path else { return AddressSet() }
        do {
            return try RangesReader.read(try file(path))
        } catch let error as FirewallError {
            throw CommandFailure.input(error.description)
        }
    }
}
