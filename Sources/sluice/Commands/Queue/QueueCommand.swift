import ArgumentParser

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Spam out of a mail server's queue: look, hold, archive, delete, restore, prove.",
        discussion: """
            Works on the queue of this host's Postfix, Exim, Sendmail, OpenSMTPD or Sluice while it goes on delivering; needs root, and no gateway.
            The way of a clean-up:

              scan                               what is in the queue, in groups
              show g1                            one group, or one message
              review                             look at the groups and mark them
              hold --group g1 --yes              nothing more of it goes out
              archive --group g1 --to DIR --yes  a copy that can be restored (`verify DIR` reads it back)
              delete --archive DIR --yes         what is archived, nothing else
              prove --archive DIR                nothing like it is left
              restore --archive DIR --all --yes  back, with its envelope

            Without --yes each tells what it would do. Interrupted runs go on with `sluice queue resume`.
            """,
        subcommands: [
            QueueScanCommand.self, QueueShowCommand.self, QueueReviewCommand.self, QueueMarkCommand.self,
            QueueHoldCommand.self,
            QueueReleaseCommand.self, QueueArchiveCommand.self, QueueDeleteCommand.self, QueueRestoreCommand.self,
            QueueProveCommand.self, QueueVerifyCommand.self, QueueResumeCommand.self, QueueExchangeCommand.self,
        ], defaultSubcommand: QueueScanCommand.self)
}
