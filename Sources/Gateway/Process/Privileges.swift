import Foundation

/// Giving up root's rights, once and for all, after the sockets are bound.
package enum Privileges {
    /// Becomes the user: groups first, then the user, then a look whether the way back is closed.
    ///
    /// Does nothing without a user. Throws if the process is not root and not that user already.
    package static func drop(user: String?, group: String?) throws(GatewayError) {
        guard let user else { return }
        guard let entry = getpwnam(user)?.pointee else {
            throw GatewayError(.privileges, "there is no user \(user): make it, or change `user` in the configuration")
        }
        var groupID = entry.pw_gid
        if let group {
            guard let found = getgrnam(group)?.pointee else {
                throw GatewayError(
                    .privileges, "there is no group \(group): make it, or change `group` in the configuration")
            }
            groupID = found.gr_gid
        }
        if geteuid() == entry.pw_uid, getegid() == groupID { return }
        guard geteuid() == 0 else {
            throw GatewayError(.privileges, "only root can become \(user); start as root, or as \(user)")
        }
        guard initgroups(user, groupID) == 0, setgid(groupID) == 0, setuid(entry.pw_uid) == 0 else {
            throw GatewayError(.privileges, "the process cannot become \(user): \(String(cString: strerror(errno)))")
        }
        guard entry.pw_uid == 0 || (setuid(0) != 0 && geteuid() == entry.pw_uid) else {
            throw GatewayError(.privileges, "the process could become root again")
        }
    }

    /// Gives the state directory to the user that the gateway becomes, where root makes it.
    package static func prepareDirectory(_ path: String, user: String?) throws(GatewayError) {
        var isDirectory: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
            guard mkdir(path, 0o700) == 0 else {
                throw GatewayError(
                    .state, "the state directory \(path) cannot be made: \(String(cString: strerror(errno)))")
            }
            if geteuid() == 0, let user, let entry = getpwnam(user)?.pointee {
                guard chown(path, entry.pw_uid, entry.pw_gid) == 0 else {
                    throw GatewayError(
                        .state, "\(path) cannot be given to \(user): \(String(cString: strerror(errno)))")
                }
            }
        } else if !isDirectory.boolValue {
            throw GatewayError(.state, "the state directory \(path) is no directory")
        }
    }

    /// Raises the limit of open files to what the system lets us: each connection is one.
    package static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
