import MailTypes
import NIOCore
import SMTPProtocol

/// A SCRAM exchange between lookup and proof: whose login it will be.
struct LoginUnderWay {
    var customer: CustomerID
    var account: AccountName
}

extension SMTPServerHandler {
    /// Bytes of the server's part of a SCRAM nonce (RFC 5802 §5.1 wants it unpredictable).
    private static let nonceLength = 18

    func verify(_ user: String, _ password: [UInt8]) {
        guard let authenticator = service.authenticator else {
            return perform(session.authenticationAnswered(.unavailable))
        }
        let number = wait(.login)
        let future = authenticator.verify(user: user, password: password, peer: info.peer, on: loop.eventLoop)
        future.hop(to: loop.eventLoop).assumeIsolated().whenComplete { result in
            guard self.isWaiting(number) else { return }
            switch result {
            case .success(.accepted(let customer, let account)): self.accept(customer, account)
            case .success(.rejected): self.reject(user, mechanism: "PLAIN or LOGIN")
            case .success(.unavailable), .failure: self.answerLogin(.unavailable)
            }
            self.resume()
        }
    }

    func lookUp(_ user: String) {
        guard let authenticator = service.authenticator else {
            return perform(session.authenticationAnswered(.unavailable))
        }
        let number = wait(.login)
        let future = authenticator.scramCredential(user: user, peer: info.peer, on: loop.eventLoop)
        future.hop(to: loop.eventLoop).assumeIsolated().whenComplete { result in
            guard self.isWaiting(number) else { return }
            self.enterCommands()
            self.login = nil
            switch result {
            case .success(.found(let credential, let customer, let account)):
                self.login = LoginUnderWay(customer: customer, account: account)
                self.perform(self.session.scramAnswered(credential, isKnown: true, nonce: Self.nonce()))
            case .success(.unknown(let credential)):
                self.perform(self.session.scramAnswered(credential, isKnown: false, nonce: Self.nonce()))
            case .success(.unavailable), .failure:
                self.perform(self.session.scramAnswered(nil, isKnown: false, nonce: ""))
            }
            self.resume()
        }
    }

    func scramFinished(_ user: String, succeeded: Bool) {
        service.authenticator?.scramFinished(user: user, peer: info.peer, succeeded: succeeded)
        guard succeeded, let login else { return reject(user, mechanism: "SCRAM-SHA-256") }
        self.login = nil
        accept(login.customer, login.account)
    }

    private func accept(_ customer: CustomerID, _ account: AccountName) {
        guard enter(customer) else { return answerLogin(.unavailable) }
        info = SessionInfo(
            connection: info.connection, peer: info.peer, hostName: info.hostName, helloName: info.helloName,
            isESMTP: info.isESMTP, security: info.security,
            identity: SubmissionIdentity(
                customer: customer, server: info.peer.address, account: account, evidence: .login))
        service.policy.note(.authenticated, info)
        answerLogin(.accepted)
    }

    private func reject(_ user: String, mechanism: String) {
        login = nil
        service.policy.note(.authenticationFailed(mechanism: mechanism, user: user), info)
        answerLogin(.rejected)
    }

    private func answerLogin(_ outcome: ServerSession.LoginOutcome) {
        enterCommands()
        perform(session.authenticationAnswered(outcome))
    }

    private static func nonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64.encode((0..<nonceLength).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
