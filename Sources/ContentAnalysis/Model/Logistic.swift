import Glibc

/// The few transcendental functions in use, so that only this file needs the C library.
package enum Logistic {
    /// The probability of log-odds.
    package static func probability(_ logOdds: Double) -> Double { 1 / (1 + exp(-logOdds)) }

    static func probability(_ logOdds: Float) -> Float { 1 / (1 + expf(-logOdds)) }
    /// What an event of this probability tells, in bits; at most 40.
    package static func bits(ofProbability p: Double) -> Double { -log2(max(p, 1e-12)) }

    static func naturalLog(_ x: Double) -> Double { log(max(x, 1e-12)) }
    static func cubeRoot(_ x: Double) -> Double { cbrt(x) }
}
