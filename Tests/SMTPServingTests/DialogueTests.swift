import Foundation
import Testing

@testable import SMTPServing

/// The dialogues of `Dialogues/`, on an embedded channel: as they stand, split at every byte, byte by byte, and pipelined.
struct DialogueTests {
    @Test(arguments: Dialogue.all)
    func asItStands(dialogue: Dialogue) throws {
        let session = try dialogue.session()
        var reader = ReplyLines(session.received())
        for step in dialogue.steps { try dialogue.check(step, &reader) { session.ask($0) } }
        dialogue.checkTaken(session.policy.accepted)
    }

    @Test(arguments: Dialogue.all)
    func byteByByte(dialogue: Dialogue) throws {
        let session = try dialogue.session()
        var reader = ReplyLines(session.received())
        for step in dialogue.steps {
            try dialogue.check(step, &reader) { text in
                text.utf8.map { byte in
                    session.send([byte])
                    return session.received()
                }.joined()
            }
        }
        dialogue.checkTaken(session.policy.accepted)
    }

    @Test(arguments: Dialogue.all)
    func splitAtEveryByte(dialogue: Dialogue) throws {
        let longest = dialogue.steps.map(\.sent.utf8.count).max() ?? 0
        for cut in 1..<max(longest, 2) {
            let session = try dialogue.session()
            var reader = ReplyLines(session.received())
            for step in dialogue.steps {
                try dialogue.check(step, &reader) { text in
                    let bytes = Array(text.utf8)
                    session.send(bytes.prefix(cut))
                    if bytes.count > cut { session.send(bytes.dropFirst(cut)) }
                    return session.received()
                }
            }
            dialogue.checkTaken(session.policy.accepted)
        }
    }
}
