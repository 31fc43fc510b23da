import Testing

@testable import Response
