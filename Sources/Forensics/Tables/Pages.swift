import Glibc

/// Memory of the tables, straight from the system: zero at first, and only what was touched is really used.
///
/// Asked for in huge pages, since the tables are looked up at random: with small pages nearly each look-up misses the
/// processor's table of pages as well as its cache.
enum Pages {
    /// `deallocate` takes it back with the same size. Without memory the program ends, as with any other allocation.
    static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
        let size = max(1, bytes)
        let got = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let got, got != MAP_FAILED else { preconditionFailure("no memory for \(size) bytes of tables") }
        if size >= Pages.hugeFrom { madvise(got, size, Int32(MADV_HUGEPAGE)) }
        return got
    }

    static func deallocate(_ memory: UnsafeMutableRawPointer, _ bytes: Int) { munmap(memory, max(1, bytes)) }

    /// Smaller ones would waste the rest of a huge page.
    private static let hugeFrom = 4 << 20
}
