import Glibc

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm2(_ x: Double) -> Double { log2(x) }
