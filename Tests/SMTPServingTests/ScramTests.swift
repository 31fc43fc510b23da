import SMTPProtocol
import Testing

@testable import SMTPServing

struct ScramTests {
    /// The exchange of RFC 7677 §3, byte for byte.
    @Test func theExampleOfTheRFC() throws {
        var server = try #require(ScramServer(clientFirst: Array("n,,n=user,r=rOprNGfwEbeRWgbNEkqO".utf8)))
        #expect(server.user == "user")
        let salt = try #require(Base64.decode(Array("W22ZaJ0SNY7soEsUEjb6gQ==".utf8)))
        let functions = ScramFunctions.crypto
        var block = functions.hmac(Array("pencil".utf8), salt + [0, 0, 0, 1])
        var salted = block
        for _ in 1..<4096 {
            block = functions.hmac(Array("pencil".utf8), block)
            salted = zip(salted, block).map { $0 ^ $1 }
        }
        let credential = ScramCredential(
            salt: salt, iterations: 4096,
            storedKey: functions.hash(functions.hmac(salted, Array("Client Key".utf8))),
            serverKey: functions.hmac(salted, Array("Server Key".utf8)))
        let first = server.begin(credential, isKnown: true, nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        #expect(
            String(decoding: first, as: UTF8.self)
                == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")
        let final =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        #expect(
            server.finish(clientFinal: Array(final.utf8), functions)
                == .proved(serverFinal: Array("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=".utf8)))
        // A wrong proof, a nonce of another exchange, channel binding that was not agreed.
        let wrong = final.replacing("p=dHzb", with: "p=eHzb")
        #expect(server.finish(clientFinal: Array(wrong.utf8), functions) == .wrong)
        #expect(server.finish(clientFinal: Array(final.replacing("k0,p", with: "k1,p").utf8), functions) == nil)
        #expect(server.finish(clientFinal: Array(final.replacing("c=biws", with: "c=eSws").utf8), functions) == nil)
        // Nobody: the same proof fits nothing.
        _ = server.begin(credential, isKnown: false, nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        #expect(server.finish(clientFinal: Array(final.utf8), functions) == .wrong)
    }

    @Test(arguments: [
        "", "n", "n,,", "n,,n=user", "n,,n=,r=rOprNGfwEbeRWgbNEkqO", "p=tls-unique,,n=user,r=rOprNGfwEbeRWgbNEkqO",
        "n,a=other,n=user,r=rOprNGfwEbeRWgbNEkqO", "n,,m=x,n=user,r=rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=short",
        "n,,n=us=er,r=rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=with space in it", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO,x=y",
    ])
    func firstMessagesThatAreNone(text: String) {
        #expect(ScramServer(clientFirst: Array(text.utf8)) == nil)
    }
}
