/// How an archive keeps messages.
package struct ArchiveForm: Hashable, Sendable {
    package enum Layout: String, Codable, Sendable, CaseIterable {
        /// One file, which any mail program opens once it is unpacked.
        case mbox
        /// A file a message; as Dovecot reads them, also compressed.
        case maildir
    }

    package enum Compression: String, Codable, Sendable, CaseIterable {
        case gzip, zstd, none

        var suffix: String {
            switch self {
            case .gzip: ".gz"
            case .zstd: ".zst"
            case .none: ""
            }
        }

        /// Packed pieces, one behind the other, are a file that `gunzip` and `unzstd` unpack.
        func packed(_ bytes: [UInt8]) throws(CleanupError) -> [UInt8] {
            switch self {
            case .gzip: try Gzip.member(bytes)
            case .zstd: try Zstd.frame(bytes)
            case .none: bytes
            }
        }

        /// - Parameter size: what it was before; another size is damage.
        func unpacked(_ bytes: ArraySlice<UInt8>, size: Int) throws(CleanupError) -> [UInt8] {
            switch self {
            case .gzip: return try Gzip.inflated(bytes, size: size)
            case .zstd: return try Zstd.unpacked(bytes, size: size)
            case .none:
                guard bytes.count == size else { throw CleanupError(.damaged, "another size than was written") }
                return Array(bytes)
            }
        }
    }

    package var layout: Layout
    package var compression: Compression

    package static let standard = ArchiveForm(layout: .mbox, compression: .gzip)

    package init(layout: Layout, compression: Compression) {
        self.layout = layout
        self.compression = compression
    }

    func mbox(in folder: String) -> String { folder + "/messages.mbox" + compression.suffix }
}
