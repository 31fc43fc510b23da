// ContentAnalysis
