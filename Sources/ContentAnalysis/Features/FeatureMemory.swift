import Glibc

/// The buffers that features are gathered in: allocated once a thread and used again for each message, since clearing a
/// table of all features for each message would cost as much as reading it.
final class FeatureMemory {
    /// No message gives more features than these, whatever it holds.
    static let tokenLimit = 12_000
    static let pairLimit = 16_000
    static let structureLimit = StructureTraits.limit * (StructureTraits.limit + 1) / 2

    let tokens = UnsafeMutablePointer<UInt32>.allocate(capacity: tokenLimit)
    let pairs = UnsafeMutablePointer<UInt32>.allocate(capacity: pairLimit)
    let structure = UnsafeMutablePointer<UInt32>.allocate(capacity: structureLimit)
    let traits = UnsafeMutablePointer<UInt64>.allocate(capacity: StructureTraits.limit)
    /// One bit a feature: whether it was seen in this message. All zero between messages.
    let seen = UnsafeMutablePointer<UInt64>.allocate(capacity: FeatureSet.count / 64)
    let seenStructure = UnsafeMutablePointer<UInt64>.allocate(capacity: FeatureSet.structureCount / 64)

    init() {
        seen.initialize(repeating: 0, count: FeatureSet.count / 64)
        seenStructure.initialize(repeating: 0, count: FeatureSet.structureCount / 64)
    }

    deinit {
        tokens.deallocate()
        pairs.deallocate()
        structure.deallocate()
        traits.deallocate()
        seen.deallocate()
        seenStructure.deallocate()
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { memory in
            guard let memory else { return }
            Unmanaged<FeatureMemory>.fromOpaque(memory).release()
        }
        return key
    }()

    /// This thread's.
    static var current: FeatureMemory {
        if let memory = pthread_getspecific(key) {
            return Unmanaged<FeatureMemory>.fromOpaque(memory).takeUnretainedValue()
        }
        let memory = FeatureMemory()
        pthread_setspecific(key, Unmanaged.passRetained(memory).toOpaque())
        return memory
    }
}
