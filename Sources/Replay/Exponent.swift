import Glibc

enum Exponent {
    static func of(_ value: Double) -> Double { exp(value) }
}
