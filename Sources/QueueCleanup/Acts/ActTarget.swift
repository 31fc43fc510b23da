import ContentAnalysis
package import MTAControl

/// A message that something is to be done with: its id and what it must be.
package struct ActTarget: Codable, Hashable, Sendable {
    package var id: QueueID
    package var identity: MessageIdentity
    package var group: String
    /// See `ArchiveLine.Message`.
    package var fingerprint: String?
    package var subject: String

    package init(id: QueueID, identity: MessageIdentity, group: String, fingerprint: String?, subject: String) {
        self.id = id
        self.identity = identity
        self.group = group
        self.fingerprint = fingerprint
        self.subject = subject
    }
}

extension QueueScan {
    /// The messages at these indices, as targets.
    package func targets(_ indices: [Int]) -> [ActTarget] {
        let centres = groups.map { $0.isPool ? nil : $0.centre?.text }
        return indices.map { index in
            let message = survey.messages[index]
            let group = groupOf[index]
            return ActTarget(
                id: message.id, identity: message.identity, group: groups[group].name,
                fingerprint: centres[group] ?? message.fingerprint?.text, subject: message.subject)
        }
    }
}
