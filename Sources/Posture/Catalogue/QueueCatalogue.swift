extension CheckID {
    package static let queueCase = CheckID(.queue, 1)
    package static let queueSpam = CheckID(.queue, 2)
}

extension Check {
    static let queue: [Check] = [
        Check(
            .queue, 1, "nothing in the queue matches the case",
            why: "What is left goes out as soon as the server may send again, and it is stopped again.",
            verified: "sluice queue prove: fingerprints and SHA-256 of the case's messages against the whole queue.",
            remedies: ["all": "sluice queue scan, archive, delete; then sluice queue prove with the case's token"],
            reference: "Documentation/queue.md"),
        Check(
            .queue, 2, "no group of messages in the queue is surely spam",
            why: "Spam waits in the queue long after its source is closed.",
            verified:
                "The whole queue is read, grouped by likeness, and judged by the content model that comes with Sluice.",
            remedies: ["Postfix, Exim": "sluice queue scan shows the groups; archive before you delete"],
            reference: "Documentation/queue.md"),
    ]
}
