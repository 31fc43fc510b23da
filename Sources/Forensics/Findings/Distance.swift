import Glibc

extension Travel {
    /// Kilometres on the great circle.
    static func distance(_ lat1: Double, _ lon1: Double, _ lat2: Double, _ lon2: Double) -> Double {
        let rad = Double.pi / 180
        let a =
            pow(sin((lat2 - lat1) * rad / 2), 2) + cos(lat1 * rad) * cos(lat2 * rad)
            * pow(sin((lon2 - lon1) * rad / 2), 2)
        return 12_742 * asin(min(1, sqrt(a)))
    }
}
