import Glibc

/// The buffers that features are gathered in: allocated once a thread and used again for each message, since clearing a
/// table of all features for each message would cost as much as reading it.
final class FeatureMemory {
    /// No message gives more features than these, whatever it holds.
    static let tokenLimit = 12_000
    static let pairLimit = 16_000
    static let gramLimit = ContentSample.Bounds.gramBytes

    let tokens = UnsafeMutablePointer<UInt32>.allocate(capacity: tokenLimit)
    let pairs = UnsafeMutablePointer<UInt32>.allocate(capacity: pairLimit)
    let grams = UnsafeMutablePointer<UInt32>.allocate(capacity: gramLimit)
    /// One bit a feature: whether it was seen in this message. All zero between messages.
    let seen = UnsafeMutablePointer<UInt64>.allocate(capacity: FeatureSet.count / 64)
    let seenGrams = UnsafeMutablePointer<UInt64>.allocate(capacity: FeatureSet.gramCount / 64)

    init() {
        seen.initialize(repeating: 0, count: FeatureSet.count / 64)
        seenGrams.initialize(repeating: 0, count: FeatureSet.gramCount / 64)
    }

    deinit {
        tokens.deallocate()
        pairs.deallocate()
        grams.deallocate()
        seen.deallocate()
        seenGrams.deallocate()
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
