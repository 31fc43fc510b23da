import ArgumentParser
import Credentials
import Foundation
import MailTypes
import SluiceConfiguration

/// `--config` and `--state`, which most commands share.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: [.customShort("c"), .customLong("config")],
        help: ArgumentHelp(
            "The configuration.",
            discussion: "Left out: ./sluice.yaml, else /etc/sluice/sluice.yaml, else the embedded default.",
            valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var path: String?

    private static let places = ["./sluice.yaml", "/etc/sluice/sluice.yaml"]

    /// The file that counts; `nil`: the embedded default.
    var file: String? {
        path ?? Self.places.first { access($0, F_OK) == 0 }
    }

    /// Reads it; problems go to standard error, one a line. Throws if there is an error among them.
    func load() throws -> Configuration {
        guard let file else { return Configuration.embedded() }
        let reading = Configuration.load(file, checkCredential: PasswordHash.problem)
        for problem in reading.problems { Terminal.error(problem.description, prefix: "") }
        guard let configuration = reading.configuration else {
            let count = reading.errors.count
            throw CommandFailure.input("\(count) error\(count == 1 ? "" : "s") in \(SafeText.printable(file))")
        }
        return configuration
    }
}
