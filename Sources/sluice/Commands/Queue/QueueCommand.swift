import ArgumentParser

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Spam out of a mail server's queue: look, hold, archive, delete, restore, prove.",
        discussion: """
            Works on the queue of the Postfix or Exim on this host while it goes on delivering; needs root, and no gateway.
            The way of a clean-up:

              sluice queue scan                                   what is in the queue, in groups
              sluice queue show g1                                one group, or one message
              sluice queue review                                 look at each group and mark it
              sluice queue hold --group g1 --yes                  nothing more of it goes out
              sluice queue archive --group g1 --to DIR --yes      a copy with everything that is needed to bring it back
              sluice queue delete --archive DIR --yes             what is in the archive, and nothing else
              sluice queue prove --archive DIR                    nothing like it is in the queue any more
              sluice queue restore --archive DIR --id ID --yes    back into the queue, with its envelope

            Without --yes each tells what it would do. Interrupted runs go on with `sluice queue resume`.
            """,
        subcommands: [
            QueueScanCommand.self, QueueShowCommand.self, QueueReviewCommand.self, QueueMarkCommand.self,
            QueueHoldCommand.self,
            QueueReleaseCommand.self, QueueArchiveCommand.self, QueueDeleteCommand.self, QueueRestoreCommand.self,
            QueueProveCommand.self, QueueResumeCommand.self, QueueExchangeCommand.self,
        ], defaultSubcommand: QueueScanCommand.self)
}
