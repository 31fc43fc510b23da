import MailTypes

extension ContentModel {
    /// The words, hosts, fields and markup that moved a score most, strongest first. For people who ask why; several
    /// times as slow as the score. 4-grams cannot be shown and are not in it, so that the reasons never add up to all.
    ///
    /// - Parameter limit: reasons at most; 0…64.
    package func reasons(_ sample: ContentSample, limit: Int = 8) -> [ContentReason] {
        let (features, labels) = FeatureExtractor.labelledFeatures(of: sample)
        let gains = (1...3).map { calibration.gain(of: $0) }
        let scales = [features.headEnd, features.tokens.count, features.head.count].map(LinearScale.unit)
        var best: [String: ContentReason] = [:]
        for (position, index) in features.tokens.enumerated() {
            guard let label = labels[index] else { continue }
            let weights = tokens.weights[Int(index)]
            var sum = gains[1] * Double(weights.y * scales[1])
            if position < features.headEnd { sum += gains[0] * Double(weights.x * scales[0]) }
            if features.head.contains(position) { sum += gains[2] * Double(weights.z * scales[2]) }
            let reason = ContentReason(
                kind: label.kind.shown, text: SafeText.printable(bytes: label.text, limit: 40), logOdds: sum)
            let key = reason.kind.rawValue + " " + reason.text
            if abs(sum) > abs(best[key]?.logOdds ?? 0) { best[key] = reason }
        }
        let sorted = best.values.sorted { (abs($0.logOdds), $0.text) > (abs($1.logOdds), $1.text) }
        return Array(sorted.prefix(min(max(limit, 0), 64)))
    }
}

extension FeatureLabel.Kind {
    fileprivate var shown: ContentReason.Kind {
        switch self {
        case .field, .fieldWord: .field
        case .subjectWord: .subject
        case .word: .word
        case .markup: .markup
        case .host: .host
        case .urlWord: .url
        case .attachment: .attachment
        }
    }
}
