/// What a mail server offers at the beginning of a connection, and what is agreed on: the version, what a filter may do to
/// a message, and which steps are told and answered.
package struct MilterOptions: Hashable, Sendable {
    package var version: UInt32
    package var actions: UInt32
    package var steps: UInt32

    package init(version: UInt32, actions: UInt32, steps: UInt32) {
        self.version = version
        self.actions = actions
        self.steps = steps
    }

    /// `SMFIF_…`: what a filter may do.
    package enum Action {
        package static let addFields: UInt32 = 0x01
    }

    /// `SMFIP_…`: steps that are left out, or not answered.
    package enum Step {
        package static let silentHeader: UInt32 = 0x80
        package static let noUnknown: UInt32 = 0x100
        package static let noData: UInt32 = 0x200
        package static let silentConnect: UInt32 = 0x1000
        package static let silentHello: UInt32 = 0x2000
        package static let silentEndOfHeader: UInt32 = 0x4_0000
        package static let silentBody: UInt32 = 0x8_0000
        /// Header values come with the space behind the colon as it was.
        package static let leadingSpace: UInt32 = 0x10_0000
    }

    /// The newest version that is spoken.
    package static let newest: UInt32 = 6

    /// What to agree on: all that is needed, nothing that is not, and no answers where none can matter, since each costs
    /// the mail server a wait.
    package var agreed: MilterOptions {
        let wanted =
            Step.silentHeader | Step.noUnknown | Step.noData | Step.silentConnect | Step.silentHello
            | Step.silentEndOfHeader | Step.silentBody | Step.leadingSpace
        return MilterOptions(
            version: min(version, Self.newest), actions: actions & Action.addFields, steps: steps & wanted)
    }

    func has(_ step: UInt32) -> Bool { steps & step != 0 }
    package var mayAddFields: Bool { actions & Action.addFields != 0 }
}
