// Writes a month of a busy mail server's logs with ten planted compromises, and the truth about them.
//
// usage: generate LINES FOLDER [SEED]
// Writes FOLDER/mail.log (syslog: Postfix, Dovecot, Roundcube) and FOLDER/truth.json. About LINES lines in all.
//
// Innocent: 50,000 accounts with a home address; phones whose addresses change within carriers' ranges; travellers in
// hotels; offices behind one address; monitors that log in every five minutes; newsletters; clients that keep an old
// password after it was changed; mailing shops on the web server. Guilty: ten compromises of different kinds, and the
// usual noise of guessing from everywhere that gets nowhere.
import Glibc

struct Random {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(max(1, n))) }
    mutating func chance(_ p: Double) -> Bool { Double(next() >> 11) / 9_007_199_254_740_992 < p }
}

var random = Random(state: 1)
let arguments = CommandLine.arguments
guard arguments.count >= 3, let wanted = Int(arguments[1]) else {
    fputs("usage: generate LINES FOLDER [SEED]\n", stderr)
    exit(2)
}
random.state = arguments.count > 3 ? UInt64(arguments[3]) ?? 1 : 1
let folder = arguments[2]
mkdir(folder, 0o755)

// MARK: output

func create(_ name: String) -> UnsafeMutablePointer<FILE> {
    guard let file = fopen(folder + "/" + name, "w") else {
        perror(folder + "/" + name)
        exit(2)
    }
    return file
}

let output = create("mail.log")
var buffer: [UInt8] = []
buffer.reserveCapacity(1 << 20)
var written = 0
func emit(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    buffer.append(10)
    written += 1
    if buffer.count > 1_000_000 { flush() }
}
func flush() {
    fwrite(buffer, 1, buffer.count, output)
    buffer.removeAll(keepingCapacity: true)
}

let start = 1_793_491_200  // 2026-11-01T00:00:00Z
let days = 30
var second = start
var stampSecond = -1
var stampText = ""
func stamp() -> String {
    if second != stampSecond {
        let t = second - start
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        let day = t / 86_400 + 1
        stampText = "Nov \(day < 10 ? " \(day)" : "\(day)") \(two(t / 3600 % 24)):\(two(t / 60 % 60)):\(two(t % 60))"
        stampSecond = second
    }
    return stampText
}
func iso(_ at: Int) -> String {
    let t = at - start
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return "2026-11-\(two(t / 86_400 + 1))T\(two(t / 3600 % 24)):\(two(t / 60 % 60)):\(two(t % 60))Z"
}

// MARK: people

func ip(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> String { "\(a).\(b).\(c).\(d)" }
func within(_ region: (Int, Int)) -> String { ip(region.0, region.1, random.below(256), 1 + random.below(254)) }
/// Ranges of access providers at home, of phone carriers, and of the rest of the world.
let providers = (0..<60).map { (78 + $0 % 17, ($0 * 37) % 256) }
let carriers = (0..<4).map { c in (0..<3).map { (46 + c, ($0 * 51 + c * 17) % 256) } }
func world() -> (Int, Int) { (128 + random.below(60), random.below(256)) }

struct Account {
    var name: String
    var home: String
    var carrier = -1
    var travelFrom = Int.max
    var travelTo = 0
    var hotel = ""
    var newsletter = false
    var changed = Int.max
    /// Day of the last phone address, and the address.
    var phoneDay = -1
    var phone = ""
}

let accountCount = 50_000
let offices = (0..<200).map { _ in within(providers[random.below(60)]) }
var accounts: [Account] = (0..<accountCount).map { i in
    let domain = "d\(i % 900).example"
    var account = Account(name: "user\(i)@\(domain)", home: within(providers[i * 7 % 60]))
    if i % 20 == 3 { account.home = offices[i / 20 % 200] }
    if i % 3 == 0 { account.carrier = i % 4 }
    if i % 50 == 7 {
        account.travelFrom = start + (3 + random.below(22)) * 86_400 + random.below(86_400)
        account.travelTo = account.travelFrom + (2 + random.below(4)) * 86_400
        account.hotel = within(world())
    }
    account.newsletter = i % 400 == 11
    if i % 200 == 5 { account.changed = start + (2 + random.below(25)) * 86_400 + random.below(80_000) }
    return account
}
let monitors = (0..<20).map { "monitor\($0)@watch.example" }
let monitorHome = "203.0.113.9"

func place(_ i: Int) -> String {
    if second >= accounts[i].travelFrom, second < accounts[i].travelTo, random.chance(0.8) { return accounts[i].hotel }
    if accounts[i].carrier >= 0, random.chance(0.3) {
        let day = second / 43_200
        if accounts[i].phoneDay != day {
            accounts[i].phoneDay = day
            accounts[i].phone = within(carriers[accounts[i].carrier][random.below(3)])
        }
        return accounts[i].phone
    }
    return accounts[i].home
}

// MARK: lines

var sequence = 0x10_000_000
func queueID() -> String {
    sequence += 1 + random.below(7)
    let digits = Array("0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz")
    var n = sequence
    var text = "4"
    for _ in 0..<11 {
        text.append(digits[n % 52])
        n = n / 52 + n % 7 * 1_000_003
    }
    return text
}
var pid = 20_000
let receivers = (0..<3000).map { ("mx\($0).r\($0).example", ip(192 + $0 % 20, $0 % 256, $0 / 256, 25)) }

/// One message through Postfix. `bad`: shares of unknown recipients and of refusals as spam, in percent.
func message(
    from account: String, at address: String, sender: String? = nil, recipients: Int,
    bad: (unknown: Int, spam: Int) = (1, 0), local: String? = nil
) {
    let id = queueID()
    pid = 20_000 + (pid + 7) % 9000
    let t = stamp()
    if let local {
        emit("\(t) mail postfix/pickup[\(pid)]: \(id): uid=33 from=<www-data>")
        emit(
            "\(t) mail postfix/cleanup[\(pid)]: \(id): warning: header X-PHP-Originating-Script: \(local) from local; from=<www-data@mail.example>"
        )
    } else {
        emit("\(t) mail postfix/submission/smtpd[\(pid)]: connect from unknown[\(address)]")
        emit(
            "\(t) mail postfix/submission/smtpd[\(pid)]: \(id): client=unknown[\(address)], sasl_method=PLAIN, sasl_username=\(account)"
        )
    }
    emit("\(t) mail postfix/cleanup[\(pid)]: \(id): message-id=<\(id).\(second)@mail.example>")
    emit(
        "\(t) mail postfix/qmgr[900]: \(id): from=<\(sender ?? account)>, size=\(900 + random.below(90_000)), nrcpt=\(recipients) (queue active)"
    )
    for _ in 0..<recipients {
        let (host, relay) = receivers[random.below(3000)]
        let to = "r\(random.below(9_000_000))@\(host.dropFirst(4))"
        let roll = random.below(100)
        if roll < bad.unknown {
            emit(
                "\(t) mail postfix/smtp[\(pid)]: \(id): to=<\(to)>, relay=\(host)[\(relay)]:25, delay=1.1, delays=0.1/0/0.6/0.4, dsn=5.1.1, status=bounced (host \(host)[\(relay)] said: 550 5.1.1 <\(to)>: Recipient address rejected: User unknown (in reply to RCPT TO command))"
            )
        } else if roll < bad.unknown + bad.spam {
            emit(
                "\(t) mail postfix/smtp[\(pid)]: \(id): to=<\(to)>, relay=\(host)[\(relay)]:25, delay=1.3, delays=0.1/0/0.7/0.5, dsn=5.7.1, status=bounced (host \(host)[\(relay)] said: 554 5.7.1 Message rejected as spam by content filter (in reply to end of DATA command))"
            )
        } else {
            emit(
                "\(t) mail postfix/smtp[\(pid)]: \(id): to=<\(to)>, relay=\(host)[\(relay)]:25, delay=0.9, delays=0.1/0/0.4/0.4, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as \(id.suffix(9)))"
            )
        }
    }
    emit("\(t) mail postfix/qmgr[900]: \(id): removed")
    if local == nil {
        emit(
            "\(t) mail postfix/submission/smtpd[\(pid)]: disconnect from unknown[\(address)] ehlo=2 starttls=1 auth=1 mail=1 rcpt=\(recipients) data=1 quit=1 commands=8"
        )
    }
}

func imap(_ account: String, _ address: String) {
    let t = stamp()
    emit(
        "\(t) mail dovecot: imap-login: Login: user=<\(account)>, method=PLAIN, rip=\(address), lip=198.51.100.5, mpid=\(pid), TLS, session=<\(random.next() % 0xffff_ffff)>"
    )
    emit("\(t) mail dovecot: imap(\(account))<\(pid)><x>: Disconnected: Logged out in=312 out=\(random.below(90_000))")
}
func imapFailure(_ account: String, _ address: String, attempts: Int = 1) {
    emit(
        "\(stamp()) mail dovecot: imap-login: Disconnected: Connection closed (auth failed, \(attempts) attempts in \(attempts * 2) secs): user=<\(account)>, method=PLAIN, rip=\(address), lip=198.51.100.5, TLS, session=<\(random.next() % 0xffff_ffff)>"
    )
}
func smtpFailure(_ address: String, _ account: String) {
    emit(
        "\(stamp()) mail postfix/submission/smtpd[\(pid)]: warning: unknown[\(address)]: SASL LOGIN authentication failed: authentication failure, sasl_username=\(account)"
    )
}
func webmail(_ account: String, _ address: String) {
    emit(
        "\(stamp()) mail roundcube: <a1b2c3d4> Successful login for \(account) (ID: 7) from \(address) in session a1b2c3d4e5f6"
    )
}

// MARK: the ten

struct Truth {
    var kind: String
    var account: String
    var start: Int
    var addresses: [String] = []
}
var truths: [Truth] = []
/// What an attacker does at a second.
var plan: [Int: [() -> Void]] = [:]
func at(_ when: Int, _ act: @escaping () -> Void) {
    plan[min(when, start + days * 86_400 - 1), default: []].append(act)
}
func moment(_ day: Int) -> Int { start + day * 86_400 + 3600 + random.below(70_000) }
func spam(
    _ account: String, _ address: String, from: Int, count: Int, every: Int, recipients: Int,
    bad: (unknown: Int, spam: Int) = (14, 6), sender: String? = nil
) {
    for i in 0..<count {
        at(from + i * every + random.below(max(1, every / 2))) {
            message(from: account, at: address, sender: sender, recipients: recipients, bad: bad)
        }
    }
}
func victim(_ i: Int) -> String { accounts[i].name }

do {  // one address guesses one account until it is in
    let v = victim(1201), a = within(world()), t = moment(9)
    for i in 0..<400 { at(t - 3600 + i * 9) { smtpFailure(a, v) } }
    truths.append(Truth(kind: "brute-force", account: v, start: t + 30, addresses: [a]))
    at(t + 30) { message(from: v, at: a, recipients: 1) }
    spam(v, a, from: t + 400, count: 500, every: 12, recipients: 4)
}
do {  // one address tries many accounts; another sends
    let v = victim(2402), a = within(world()), b = within(world()), t = moment(12)
    for i in 0..<900 { at(t - 9000 + i * 10) { imapFailure(victim(4000 + i * 11), a) } }
    truths.append(Truth(kind: "spraying", account: v, start: t + 60, addresses: [a, b]))
    at(t + 60) { imap(v, a) }
    spam(v, b, from: t + 9000, count: 300, every: 20, recipients: 6)
}
do {  // many addresses guess one account
    let v = victim(3601), t = moment(14)
    let bots = (0..<120).map { _ in within(world()) }
    for i in 0..<360 { at(t - 40_000 + i * 110) { imapFailure(v, bots[i % 120]) } }
    var truth = Truth(kind: "distributed", account: v, start: t + 90, addresses: [])
    let senders = (0..<40).map { _ in within(world()) }
    at(t + 90) { imap(v, senders[0]) }
    for (i, b) in senders.enumerated() { spam(v, b, from: t + 1200 + i * 200, count: 12, every: 60, recipients: 3) }
    truth.addresses = senders
    truths.append(truth)
}
do {  // a stolen password, one address, at full speed
    let v = victim(4801), a = within(world()), t = moment(17)
    truths.append(Truth(kind: "stolen-fast", account: v, start: t, addresses: [a]))
    at(t) { message(from: v, at: a, recipients: 1) }
    spam(v, a, from: t + 20, count: 700, every: 6, recipients: 2, sender: "offers@shop.example")
}
do {  // a stolen password, a botnet, each address a few
    let v = victim(6002), t = moment(18)
    let bots = (0..<60).map { _ in within(world()) }
    truths.append(Truth(kind: "botnet", account: v, start: t, addresses: bots))
    for (i, b) in bots.enumerated() {
        at(t + i * 400) { message(from: v, at: b, recipients: 1, bad: (12, 4)) }
        spam(v, b, from: t + i * 400 + 60, count: 3, every: 500, recipients: 2)
    }
}
do {  // low and slow for days
    let v = victim(7201), t = moment(11)
    let bots = (0..<3).map { _ in within(world()) }
    truths.append(Truth(kind: "slow", account: v, start: t, addresses: bots))
    at(t) { imap(v, bots[0]) }
    for (i, b) in bots.enumerated() {
        spam(v, b, from: t + 900 + i * 40_000, count: 400, every: 900, recipients: 1, bad: (10, 3))
    }
}
do {  // tested two days before it is used
    let v = victim(8401), t = moment(20)
    let all = (0..<3).map { _ in within(world()) }
    truths.append(Truth(kind: "tested-before", account: v, start: t, addresses: all))
    at(t) { imap(v, all[0]) }
    at(t + 3000) { imap(v, all[0]) }
    spam(v, all[1], from: t + 2 * 86_400, count: 250, every: 15, recipients: 5)
    spam(v, all[2], from: t + 2 * 86_400 + 1800, count: 250, every: 15, recipients: 5)
}
do {  // a script on the web server
    let t = moment(15)
    truths.append(Truth(kind: "script", account: "33:wp-mailer.php", start: t, addresses: []))
    for i in 0..<900 {
        at(t + i * 7) {
            message(
                from: "", at: "", sender: "www-data@mail.example", recipients: 1, bad: (15, 8),
                local: "33:wp-mailer.php")
        }
    }
}
do {  // the user's own computer, from home
    let v = victim(9601), t = moment(22)
    truths.append(Truth(kind: "infected", account: v, start: t, addresses: [accounts[9601].home]))
    spam(v, accounts[9601].home, from: t, count: 600, every: 8, recipients: 3)
}
do {  // by webmail: the stranger shows only in the webmail's log
    let v = victim(10_801), a = within(world()), t = moment(24)
    truths.append(Truth(kind: "webmail", account: v, start: t, addresses: [a]))
    at(t) { webmail(v, a) }
    spam(v, "198.51.100.20", from: t + 300, count: 300, every: 20, recipients: 10)
}

// MARK: noise

let hostile = (0..<4000).map { _ in within(world()) }
let popular = ["info", "admin", "sales", "contact", "office", "test", "postmaster", "support"]
func noise() {
    let address = hostile[random.below(hostile.count)]
    if random.chance(0.5) {
        smtpFailure(address, "\(popular[random.below(8)])@d\(random.below(900)).example")
    } else {
        imapFailure(
            random.chance(0.1)
                ? accounts[random.below(accountCount)].name
                : "\(popular[random.below(8)])@d\(random.below(900)).example", address)
    }
}

func innocent() {
    let i = random.below(accountCount)
    let roll = random.below(100)
    if second >= accounts[i].changed, second < accounts[i].changed + 86_400 {
        for _ in 0..<4 { imapFailure(accounts[i].name, accounts[i].home, attempts: 1 + random.below(3)) }
    }
    if roll < 45 {
        imap(accounts[i].name, place(i))
    } else if roll < 46, random.chance(0.3) {
        imapFailure(accounts[i].name, place(i))
        imap(accounts[i].name, place(i))
    } else if roll < 52 {
        webmail(accounts[i].name, place(i))
        message(from: accounts[i].name, at: "198.51.100.20", recipients: 1 + random.below(2))
    } else if roll < 54 {
        message(from: "", at: "", sender: "www-data@mail.example", recipients: 1, local: "33:shop-order.php")
    } else {
        message(from: accounts[i].name, at: place(i), recipients: random.chance(0.1) ? 2 + random.below(6) : 1)
    }
}
for i in accounts.indices where accounts[i].newsletter {
    for week in 0..<4 {
        let when = start + (week * 7 + i % 5) * 86_400 + 32_400 + i % 7200
        at(when) { message(from: accounts[i].name, at: accounts[i].home, recipients: 60 + i % 240, bad: (2, 0)) }
    }
}

// MARK: the month

let total = days * 86_400
let perSecond = Double(wanted) / Double(total) / 6.4
var carry = 0.0
for _ in 0..<total {
    let hour = second / 3600 % 24
    let weight = hour < 6 ? 0.4 : hour < 8 || hour > 20 ? 0.8 : 1.4
    if let acts = plan.removeValue(forKey: second) { for act in acts { act() } }
    if second % 300 == 0, perSecond > 0.02 { for m in monitors { imap(m, monitorHome) } }
    if random.chance(min(0.5, perSecond * 0.3)) { noise() }
    carry += perSecond * weight
    while carry >= 1 {
        innocent()
        carry -= 1
    }
    second += 1
}
flush()
fclose(output)

let truth = create("truth.json")
var json = "[\n"
for (i, t) in truths.enumerated() {
    let list = t.addresses.map { "\"\($0)\"" }.joined(separator: ", ")
    json +=
        "{\"kind\": \"\(t.kind)\", \"account\": \"\(t.account)\", \"start\": \"\(iso(t.start))\", \"addresses\": [\(list)]}\(i + 1 < truths.count ? "," : "")\n"
}
json += "]\n"
fputs(json, truth)
fclose(truth)
print("\(written) lines")
