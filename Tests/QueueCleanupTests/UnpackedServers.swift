import Foundation
import MTAControl
import MailTypes
import TestSupport

/// Programs that `scripts/unpack-mtas` unpacks beside the installed mail server.
enum Unpacked {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// `nil` where it cannot be had.
    static func program(_ name: String) -> String? {
        guard getuid() == 0, let result = try? Program(root + "/scripts/unpack-mtas").run([name], seconds: 600),
            result.status == 0
        else { return nil }
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    static func start(_ words: [String]) throws -> ChildProcess {
        guard let child = ChildProcess(words[0], Array(words.dropFirst())) else {
            throw MTAError(.program, "\(words[0]) does not start")
        }
        return child
    }
}

/// A real Sendmail that only queues. Blocking.
final class TestSendmail {
    let program: String
    let port: UInt16
    let configuration: String
    private let daemon: ChildProcess

    static let unpacked: String? = Program("/usr/bin/m4").isThere ? Unpacked.program("sendmail") : nil

    init(_ folder: String, program: String) throws {
        self.program = folder + "/sendmail"
        port = try TestPort.free()
        configuration = folder + "/sendmail.cf"
        // On a host whose name has no domain each of its programs sleeps for a minute, waiting for one.
        try
            "#!/bin/sh\nexec unshare --uts /bin/sh -c 'hostname mx.customer.example; exec \"$@\"' sh \(program) \"$@\"\n"
            .write(
                toFile: self.program, atomically: false, encoding: .utf8)
        chmod(self.program, 0o755)
        try FileManager.default.createDirectory(atPath: folder + "/queue", withIntermediateDirectories: true)
        for (name, text) in [
            ("aliases", "postmaster: root\n"), ("hosts", "127.0.0.1 localhost\n"),
            ("switch", "hosts files\naliases files\n"), ("sendmail.mc", Self.macros(folder, port)),
        ] { try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8) }
        let macros = String(program.dropLast("/usr/libexec/sendmail/sendmail".count)) + "/usr/share/sendmail/cf/"
        let built = try Program("/usr/bin/m4").run([
            "-D_CF_DIR_=\(macros)", macros + "m4/cf.m4", folder + "/sendmail.mc",
        ])
        try String(decoding: built.output, as: UTF8.self).write(
            toFile: configuration, atomically: false, encoding: .utf8)
        _ = try Program(self.program).run(["-C", configuration, "-bi"])
        daemon = try Unpacked.start([self.program, "-C", configuration, "-bD"])
    }

    private static func macros(_ folder: String, _ port: UInt16) -> String {
        """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mx.customer.example')dnl
        define(`confPID_FILE', `\(folder)/pid')dnl
        define(`QUEUE_DIR', `\(folder)/queue')dnl
        define(`STATUS_FILE', `\(folder)/status')dnl
        define(`ALIAS_FILE', `\(folder)/aliases')dnl
        define(`HELP_FILE', `\(folder)/help')dnl
        define(`confSERVICE_SWITCH_FILE', `\(folder)/switch')dnl
        define(`confHOSTS_FILE', `\(folder)/hosts')dnl
        define(`confDONT_PROBE_INTERFACES', `True')dnl
        define(`confDONT_BLAME_SENDMAIL', `GroupWritableDirPathSafe,MapInUnsafeDirPath,ClassFileInUnsafeDirPath')dnl
        define(`confTO_IDENT', `0s')dnl
        define(`confDELIVERY_MODE', `queueonly')dnl
        define(`confREFUSE_LA', `1000')dnl
        define(`confQUEUE_LA', `1000')dnl
        define(`confDELAY_LA', `1000')dnl
        FEATURE(`no_default_msa')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`promiscuous_relay')dnl
        DAEMON_OPTIONS(`Family=inet, Name=MTA, Addr=127.0.0.1, Port=\(port)')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl

        """
    }

    func stop() { daemon.stop() }

    deinit { stop() }
}

/// A real OpenSMTPD that can deliver nothing. Its folders are fixed: it has its own in a mount namespace. Blocking.
final class TestOpenSMTPD {
    let port: UInt16
    /// A `smtpctl` that runs in its namespace.
    let program: String
    /// The spool as it is seen from outside of the namespace.
    var spool: String { "/proc/\(daemon.identifier)/root/var/spool/smtpd" }
    private let daemon: ChildProcess

    static let unpacked: String? = Unpacked.program("opensmtpd")

    init(_ folder: String, program: String) throws {
        port = try TestPort.free()
        self.program = folder + "/smtpctl"
        try """
        listen on 127.0.0.1 port \(port) hostname mx.customer.example
        action "out" relay host "smtp://127.0.0.1:1"
        match from any for any action "out"

        """.write(toFile: folder + "/smtpd.conf", atomically: false, encoding: .utf8)
        chmod(folder + "/smtpd.conf", 0o600)
        let start = """
            for d in /var/lib /var/spool /run; do mount -t tmpfs none $d || exit 1; done
            mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd; chmod 711 /var/spool/smtpd
            cp "${1%smtpd}smtpctl" /run/smtpctl && chgrp opensmtpq /run/smtpctl && chmod 2555 /run/smtpctl
            exec "$@"
            """
        daemon = try Unpacked.start(
            ["/usr/bin/unshare", "-m", "/bin/sh", "-c", start, "sh", program, "-d", "-f", folder + "/smtpd.conf"])
        try "#!/bin/sh\nexec nsenter -t \(daemon.identifier) -m /run/smtpctl \"$@\"\n".write(
            toFile: self.program, atomically: false, encoding: .utf8)
        chmod(self.program, 0o755)
    }

    func stop() { daemon.terminate() }

    deinit { stop() }
}
