import Crypto
import MailTypes
import SMTPProtocol

/// Schemes that only stored passwords of long ago and of challenge-response logins have: MD4, HMAC contexts (CRAM-MD5),
/// DIGEST-MD5, OTP (RFC 2289), SCRAM-SHA-1, Dovecot's PBKDF2. All can be guessed by the million a second, or nearly.
enum OldScheme: Sendable {
    case md4([UInt8])
    /// The states of MD5 after the outer and the inner pad (RFC 2195).
    case cram([UInt8])
    case digest([UInt8])
    case otp(sha1: Bool, steps: Int, seed: [UInt8], value: [UInt8])
    /// SCRAM's stored key, or PBKDF2 itself; with HMAC-SHA-1.
    case pbkdf2(salt: [UInt8], rounds: Int, value: [UInt8], isScram: Bool)

    /// Rounds and steps; more take too long for a guess.
    private static let maximumRounds = 1_000_000

    /// `nil`: none of these, or not whole.
    init?(_ name: String, _ text: String) {
        switch name {
        case "PLAIN-MD4", "MD4":
            guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else { return nil }
            self = .md4(bytes)
        case "CRAM-MD5", "HMAC-MD5":
            guard let bytes = Hexadecimal.bytes(text), bytes.count == 32 else { return nil }
            self = .cram(bytes)
        case "DIGEST-MD5":
            guard let bytes = Hexadecimal.bytes(text), bytes.count == 16 else { return nil }
            self = .digest(bytes)
        case "OTP", "SKEY":
            let parts = text.split(separator: " ")
            guard parts.count == 4, parts[0] == "sha1" || parts[0] == "md5", let steps = Int(parts[1]),
                (1...OldScheme.maximumRounds).contains(steps), let value = Hexadecimal.bytes(String(parts[3])),
                value.count == 8
            else { return nil }
            self = .otp(sha1: parts[0] == "sha1", steps: steps, seed: Array(parts[2].lowercased().utf8), value: value)
        case "SCRAM-SHA-1":
            let parts = text.split(separator: ",")
            guard parts.count == 4, let rounds = Int(parts[0]), (1...OldScheme.maximumRounds).contains(rounds),
                let salt = Base64.decode(parts[1].utf8), let value = Base64.decode(parts[2].utf8), value.count == 20
            else { return nil }
            self = .pbkdf2(salt: salt, rounds: rounds, value: value, isScram: true)
        case "PBKDF2":
            let parts = text.split(separator: "$")
            guard parts.count == 4, parts[0] == "1", let rounds = Int(parts[2]),
                (1...OldScheme.maximumRounds).contains(rounds), let value = Hexadecimal.bytes(String(parts[3])),
                value.count == 20
            else { return nil }
            self = .pbkdf2(salt: Array(parts[1].utf8), rounds: rounds, value: value, isScram: false)
        default: return nil
        }
    }

    /// - Parameter account: DIGEST-MD5 has the name in it.
    func matches(_ guess: [UInt8], account: String) -> Bool {
        switch self {
        case .md4(let value): return BlockDigest.md4(guess) == value
        case .cram(let value):
            let key = guess.count > 64 ? Array(Insecure.MD5.hash(data: guess)) : guess
            let block = key + [UInt8](repeating: 0, count: 64 - key.count)
            return BlockDigest.md5State(block.map { $0 ^ 0x5c }) + BlockDigest.md5State(block.map { $0 ^ 0x36 })
                == value
        case .digest(let value):
            let parts = account.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            let realm = parts.count > 1 ? parts[1] : ""
            let text = Array("\(parts.first ?? ""):\(realm):".utf8) + guess
            return Array(Insecure.MD5.hash(data: text)) == value
        case .otp(let isSHA1, let steps, let seed, let value):
            var hash = OldScheme.folded(seed + guess, isSHA1)
            for _ in 0..<steps { hash = OldScheme.folded(hash, isSHA1) }
            return hash == value
        case .pbkdf2(let salt, let rounds, let value, let isScram):
            let derived = OldScheme.pbkdf2(guess, salt, rounds)
            guard isScram else { return derived == value }
            let key = HMAC<Insecure.SHA1>.authenticationCode(
                for: Array("Client Key".utf8), using: SymmetricKey(data: derived))
            return Array(Insecure.SHA1.hash(data: Array(key))) == value
        }
    }

    /// 64 bits of a digest (RFC 2289 §A; SHA-1's words are written lowest byte first).
    private static func folded(_ bytes: [UInt8], _ isSHA1: Bool) -> [UInt8] {
        let digest = isSHA1 ? Array(Insecure.SHA1.hash(data: bytes)) : Array(Insecure.MD5.hash(data: bytes))
        guard isSHA1 else { return (0..<8).map { digest[$0] ^ digest[$0 + 8] } }
        let words = (0..<5).map { word in Array(digest[(word * 4)..<(word * 4 + 4)].reversed()) }
        let first = (0..<4).map { words[0][$0] ^ words[2][$0] ^ words[4][$0] }
        return first + (0..<4).map { words[1][$0] ^ words[3][$0] }
    }

    /// One block of PBKDF2 with HMAC-SHA-1 (RFC 8018 §5.2).
    private static func pbkdf2(_ password: [UInt8], _ salt: [UInt8], _ rounds: Int) -> [UInt8] {
        let key = SymmetricKey(data: password)
        var block = Array(HMAC<Insecure.SHA1>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
        var result = block
        for _ in 1..<max(rounds, 1) {
            block = Array(HMAC<Insecure.SHA1>.authenticationCode(for: block, using: key))
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}

/// MD4 (RFC 1320), and the state of MD5 (RFC 1321) after one block: what libraries do not give.
enum BlockDigest {
    private static let start: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]

    static func md4(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        let bits = UInt64(message.count) * 8
        padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        var state = start
        for at in stride(from: 0, to: padded.count, by: 64) { add4(words(padded[at..<(at + 64)]), to: &state) }
        return bytes(state)
    }

    /// - Parameter block: 64 bytes.
    static func md5State(_ block: [UInt8]) -> [UInt8] {
        var state = start
        add5(words(block[...]), to: &state)
        return bytes(state)
    }

    private static func words(_ block: ArraySlice<UInt8>) -> [UInt32] {
        let block = Array(block)
        return (0..<16).map { word in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(block[word * 4 + $1]) << (8 * UInt32($1)) }
        }
    }

    private static func bytes(_ state: [UInt32]) -> [UInt8] {
        state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    }

    private static func rotated(_ value: UInt32, _ by: UInt32) -> UInt32 { value << by | value >> (32 - by) }

    private static func add4(_ x: [UInt32], to state: inout [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        let shifts: [[UInt32]] = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]]
        let third = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]
        for step in 0..<48 {
            let (round, index) = (step / 16, step % 16)
            let f: UInt32
            let word: UInt32
            switch round {
            case 0: (f, word) = (b & c | ~b & d, x[index])
            case 1: (f, word) = ((b & c | b & d | c & d) &+ 0x5a82_7999, x[index % 4 * 4 + index / 4])
            default: (f, word) = ((b ^ c ^ d) &+ 0x6ed9_eba1, x[third[index]])
            }
            let sum = rotated(a &+ f &+ word, shifts[round][step % 4])
            (a, b, c, d) = (d, sum, b, c)
        }
        state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
    }

    private static let sines: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
        0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
        0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
        0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
        0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
        0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
    ]

    private static func add5(_ x: [UInt32], to state: inout [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        let shifts: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
        for step in 0..<64 {
            let f: UInt32
            let index: Int
            switch step / 16 {
            case 0: (f, index) = (b & c | ~b & d, step)
            case 1: (f, index) = (d & b | ~d & c, (5 * step + 1) % 16)
            case 2: (f, index) = (b ^ c ^ d, (3 * step + 5) % 16)
            default: (f, index) = (c ^ (b | ~d), 7 * step % 16)
            }
            let sum = b &+ rotated(a &+ f &+ sines[step] &+ x[index], shifts[step / 16][step % 4])
            (a, b, c, d) = (d, sum, b, c)
        }
        state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
    }
}
