package import MailTypes

extension Configuration {
    /// Bounds of the accepted mail on the disk.
    package struct SpoolLimits: Hashable, Sendable {
        package var maximumSize: ByteCount
        package var minimumFree: ByteCount

        init(_ section: Section) {
            maximumSize = section.value(
                "maximum-size", .size(.mib(1)...(.mib(1_048_576))), default: .mib(20_480),
                "Content in the spool; beyond it new mail is asked to come later (452).")
            minimumFree = section.value(
                "minimum-free", .size(ByteCount(0)...(.mib(1_048_576))), default: .mib(256),
                "Room that stays free on the file system; below it new mail is asked to come later (452).")
        }
    }
}
