import CPwquality
import Foundation
import NIOConcurrencyHelpers

/// How strong a password is that is stored in plain text, by libpwquality: the same that PAM asks on Debian and Red Hat.
package enum PasswordStrength {
    /// cracklib's dictionary, which libpwquality looks into when it is installed (cracklib-runtime).
    private static let dictionary = "/var/cache/cracklib/cracklib_dict.pwd"

    package static let hasDictionary = access(dictionary, R_OK) == 0

    /// cracklib keeps state of its own: one caller at a time.
    private static let lock = NIOLock()

    /// What is wrong with it, in libpwquality's words, which never hold the password; `nil`: nothing.
    ///
    /// - Parameter account: a password that contains it is weak.
    package static func weakness(_ password: [UInt8], account: String) -> String? {
        guard !password.isEmpty else { return "it is empty" }
        // No C string; nobody guesses it either.
        guard !password.contains(0), password.count <= 1024 else { return nil }
        return lock.withLock {
            guard let settings = pwquality_default_settings() else { return nil }
            defer { pwquality_free_settings(settings) }
            pwquality_set_int_value(settings, PWQ_SETTING_DICT_CHECK, hasDictionary ? 1 : 0)
            pwquality_set_int_value(settings, PWQ_SETTING_MAX_SEQUENCE, 4)
            let text = password.map { CChar(bitPattern: $0) } + [0]
            var detail: UnsafeMutableRawPointer?
            let result = pwquality_check(settings, text, nil, account, &detail)
            guard result < 0 else { return nil }
            var buffer = [CChar](repeating: 0, count: Int(PWQ_MAX_ERROR_MESSAGE_LEN))
            guard let message = pwquality_strerror(&buffer, buffer.count, result, detail) else { return "it is weak" }
            return String(cString: message)
        }
    }
}
