import MailTypes

extension ContentModel {
    /// The words, hosts, fields and markup that moved a score most, strongest first. For people who ask why; several
    /// times as slow as the score. Pairs and structure are not in it, so that the reasons never add up to all.
    ///
    /// - Parameter limit: reasons at most; 0…64.
    package func reasons(_ sample: ContentSample, limit: Int = 8) -> [ContentReason] {
        var best: [String: ContentReason] = [:]
        FeatureExtractor.withFeatures(of: sample, labelled: true) { view, labels in
            for (position, index) in view.tokens.enumerated() {
                guard let label = labels[index] else { continue }
                let reason = ContentReason(
                    kind: label.kind.shown, text: SafeText.printable(bytes: label.text, limit: 40),
                    logOdds: contribution(of: index, at: position, in: view))
                let key = reason.kind.rawValue + " " + reason.text
                if abs(reason.logOdds) > abs(best[key]?.logOdds ?? 0) { best[key] = reason }
            }
        }
        let sorted = best.values.sorted { (abs($0.logOdds), $0.text) > (abs($1.logOdds), $1.text) }
        return Array(sorted.prefix(min(max(limit, 0), 64)))
    }

    /// What one token adds to the sum through the linear views and through the count's level.
    private func contribution(of index: UInt32, at position: Int, in view: FeatureView) -> Double {
        let weights = tokens.weights[Int(index)]
        let scale = tokens.scale(view)
        var sum = calibration.gain(of: 2) * Double(weights.y * scale.y)
        if position < view.segments.headEnd { sum += calibration.gain(of: 1) * Double(weights.x * scale.x) }
        if position >= view.segments.headerEnd { sum += calibration.gain(of: 3) * Double(weights.z * scale.z) }
        return sum
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
        case .trait: .trait
        }
    }
}
