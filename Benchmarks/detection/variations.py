"""Variations of a tape: each changes one thing that another relay, another year or another thief would have different."""
from tape import DAY, Contacts, network, stranger

ALL = {}


def variation(function):
    ALL[function.__name__.replace("_", "-")] = function
    return function


@variation
def as_recorded(tape, rng):
    """Nothing is changed."""


# What thieves do.


@variation
def moved(tape, rng):
    """Every incident begins at another time, from the second day on."""
    for incident in tape.incidents.values():
        spam, logins = tape.spam(incident["id"]), tape.thief_logins(incident)
        length = max(message.time for message in spam) - incident["first"]
        first = rng.uniform(tape.start + DAY, max(tape.start + 2 * DAY, tape.end - length))
        _shift(incident, spam, logins, first - incident["first"])


def _shift(incident, spam, logins, by):
    for message in spam:
        message.time += by
    for login in logins:
        login["t"] += by
    for key in ("compromise", "first", "start", "end"):
        if key in incident:
            incident[key] += by


def _stretch(tape, factor):
    for incident in tape.incidents.values():
        for message in tape.spam(incident["id"]):
            message.time = incident["first"] + (message.time - incident["first"]) * factor


@variation
def slow(tape, rng):
    """Spam comes at 0.3 of the rate."""
    _stretch(tape, 1 / 0.3)


@variation
def fast(tape, rng):
    """Spam comes at three times the rate."""
    _stretch(tape, 1 / 3)


@variation
def elsewhere(tape, rng):
    """Every incident happens to other accounts of another customer who submits in the same way."""
    contacts = Contacts(tape)
    taken = {incident["customer"] for incident in tape.incidents.values()}
    for incident in sorted(tape.incidents.values(), key=lambda i: -len(i["accounts"])):
        old = incident["customer"]
        mode, count = tape.customers[old]["submission"], max(1, len(incident["accounts"]))
        fits = [
            c for c in sorted(tape.customers)
            if c not in taken and tape.customers[c]["submission"] == mode and not tape.is_bulk(c)
            and c in contacts.servers
            and (not incident["accounts"] or len(contacts.accounts.get(c, ())) >= count)]
        if fits:
            new = rng.choice(fits)
            taken.add(new)
            _splice(tape, contacts, incident, new, rng)


def _splice(tape, contacts, incident, customer, rng):
    old = incident["customer"]
    logins = tape.thief_logins(incident)
    accounts = dict(zip(incident["accounts"], rng.sample(
        sorted(contacts.accounts.get(customer, {})), len(incident["accounts"])))) if incident["accounts"] else {}
    ours = {ip for ip, _ in contacts.servers.get(old, ())}
    known = {a: set(contacts.recipients.get(a, ())) for a in incident["accounts"]}
    for message in tape.spam(incident["id"]):
        account = message["account"]
        message.fields["customer"] = customer
        if message["ip"] in ours or (tape.customers[customer]["submission"] != "direct" and not account):
            message.fields["ip"], message.fields["helo"] = rng.choice(contacts.servers[customer])
        if account not in accounts:
            continue
        new = accounts[account]
        sender = max(contacts.senders[new], key=contacts.senders[new].count)
        changes = [(a.encode(), sender.encode()) for a in {message["from"], account}]
        message.fields["account"], message.fields["from"] = new, sender
        own = contacts.recipients[new]
        recipients = []
        for recipient in message["rcpts"]:
            other = rng.choice(own) if recipient in known[account] else recipient
            if other not in recipients:
                recipients.append(other)
                if other != recipient:
                    changes.append((recipient.encode(), other.encode()))
        message.address_to(recipients)
        message.edits = (message["msg"], changes)
    for login in logins:
        login["customer"], login["account"] = customer, accounts[login["account"]]
    incident["customer"], incident["accounts"] = customer, list(accounts.values())


@variation
def strangers_only(tape, rng):
    """Spam goes to nobody that the sender ever wrote to."""
    for message in tape.submissions:
        if message.is_spam:
            message.address_to([stranger(rng) for _ in message["rcpts"]])


@variation
def contacts_only(tape, rng):
    """Spam goes to the sender's own contacts only."""
    contacts = Contacts(tape)
    for message in tape.submissions:
        own = sorted(set(contacts.recipients.get(message["account"] or message["customer"], ())))
        if message.is_spam and own:
            count = min(len(own), len(message["rcpts"]))
            message.address_to(rng.sample(own, count))


@variation
def one_network(tape, rng):
    """Each thief comes from one network, without failed logins before, and not at once."""
    for incident in tape.incidents.values():
        thief = network(rng)
        logins = tape.thief_logins(incident)
        ours = set(incident["ips"])
        for message in tape.spam(incident["id"]):
            if message["ip"] in ours:
                message.fields["ip"] = thief
        dropped = [id(login) for login in logins if not login["ok"]]
        tape.logins = [login for login in tape.logins if id(login) not in set(dropped)]
        for login in logins:
            login["ip"] = thief
        incident["ips"] = [thief]


@variation
def no_logins(tape, rng):
    """Nobody tells the gateway about logins, as with servers that relay."""
    tape.logins = []


# What lawful senders do.


@variation
def busy(tape, rng):
    """From the third week on three in ten accounts send three times as much."""
    accounts = sorted({message["account"] or message["customer"] for message in tape.lawful()})
    chosen = set(rng.sample(accounts, len(accounts) * 3 // 10))
    own = {}
    for message in tape.lawful():
        own.setdefault(message["account"] or message["customer"], []).append(message)
    for account in chosen:
        for message in own[account]:
            if message.time - tape.start > 14 * DAY:
                for _ in range(2):
                    other = rng.choice(own[account])
                    copy = other.copy(message.time + rng.uniform(60, 7200))
                    copy.fields["ip"], copy.fields["helo"] = message["ip"], message["helo"]
                    tape.submissions.append(copy)


@variation
def newsletters(tape, rng):
    """Eight companies begin, one day, to send a weekly newsletter to hundreds; half from an account made for it."""
    contacts = Contacts(tape)
    texts = [m for m in tape.lawful() if tape.is_bulk(m["customer"])]
    fits = [c for c in sorted(contacts.accounts) if not tape.is_bulk(c) and sum(contacts.accounts[c].values()) > 30
            and c not in {i["customer"] for i in tape.incidents.values()}]
    for index, customer in enumerate(rng.sample(fits, min(8, len(fits)))):
        ip, helo = rng.choice(contacts.servers[customer])
        account = max(contacts.accounts[customer], key=contacts.accounts[customer].get)
        sender = max(contacts.senders[account], key=contacts.senders[account].count)
        if index % 2:
            account = sender = "news@%s" % sender.split("@")[1]
        readers = [stranger(rng) for _ in range(rng.randrange(300, 900))]
        begin = tape.start + rng.uniform(10, 24) * DAY
        while begin < tape.end - DAY:
            issue = rng.choice(texts)
            time = begin
            for reader in readers:
                if rng.random() < 0.02:
                    continue
                time += rng.expovariate(5)
                copy = issue.copy(time)
                copy.fields.update({"customer": customer, "account": account, "ip": ip, "helo": helo, "from": sender})
                copy.fields["rcpts"] = [reader]
                copy.answers = [(3.0, reader, 250, "2.0.0 Ok")] if rng.random() > 0.005 else [
                    (3.0, reader, 550, "5.1.1 unknown")]
                copy.complaints = [(9000.0, reader)] if rng.random() < 0.0002 else []
                copy.edits = (issue["msg"], [(issue["from"].encode(), sender.encode())])
                tape.submissions.append(copy)
            begin += 7 * DAY


@variation
def holidays(tape, rng):
    """Half of the customers are away for twelve days."""
    customers = sorted(tape.customers)
    away = set(rng.sample(customers, len(customers) // 2))
    begin = tape.start + 15 * DAY
    tape.submissions = [
        m for m in tape.submissions
        if m.is_spam or m["customer"] not in away or not begin <= m.time < begin + 12 * DAY]


@variation
def joiners(tape, rng):
    """Three in ten customers join in the middle, with four times their mail from the first day on."""
    free = sorted(set(tape.customers) - {incident["customer"] for incident in tape.incidents.values()})
    joins = {c: tape.start + rng.uniform(7, 28) * DAY for c in rng.sample(free, len(free) * 3 // 10)}
    for event in tape.submissions:
        if event["customer"] in joins:
            event.time = joins[event["customer"]] + (event.time - tape.start) / 4
    for login in tape.logins:
        if login["customer"] in joins:
            login["t"] = joins[login["customer"]] + (login["t"] - tape.start) / 4


@variation
def cold(tape, rng):
    """The gateway is new: it saw nothing of the first nine days, and has no history when incidents begin."""
    begin = tape.start + 9 * DAY
    tape.incidents = {k: i for k, i in tape.incidents.items() if i["first"] >= begin}
    tape.submissions = [
        m for m in tape.submissions if m.time >= begin and (not m.is_spam or m["incident"] in tape.incidents)]
    tape.logins = [login for login in tape.logins if login["t"] >= begin]


@variation
def harsh_receivers(tape, rng):
    """Receivers refuse 5 % of honest mail by policy, do not know 3 %, and complain of one in two thousand."""
    for message in tape.lawful():
        answers = []
        for delay, recipient, code, text in message.answers:
            chance = rng.random()
            if chance < 0.05:
                code, text = rng.choice([(421, "4.7.0 rate limited by policy"), (550, "5.7.1 rejected by policy")])
            elif chance < 0.08:
                code, text = 550, "5.1.1 unknown user"
            answers.append((delay, recipient, code, text))
            if rng.random() < 0.0005:
                message.complaints.append((7200.0, recipient))
        message.answers = answers


@variation
def travellers(tape, rng):
    """A quarter of the accounts log in, and send where they submit themselves, from other networks on three days in ten;
    some mistype their password before."""
    accounts = sorted({m["account"] for m in tape.lawful() if m["account"]})
    away = set(rng.sample(accounts, len(accounts) // 4))
    places = {}

    def place(account, time):
        day = int(time // DAY)
        if (account, day) not in places:
            places[account, day] = network(rng) if rng.random() < 0.3 else None
            ip = places[account, day]
            if ip:
                customer = customers[account]
                moment = max(tape.start, day * DAY)
                if rng.random() < 0.2:
                    for _ in range(rng.randrange(1, 5)):
                        tape.logins.append(dict(t=moment, customer=customer, account=account, ip=ip, ok=False))
                tape.logins.append(dict(t=moment + 30, customer=customer, account=account, ip=ip, ok=True))
        return places[account, day]

    customers = {m["account"]: m["customer"] for m in tape.lawful() if m["account"]}
    for message in tape.lawful():
        if message["account"] in away:
            ip = place(message["account"], message.time)
            if ip and tape.customers[message["customer"]]["submission"] == "direct":
                message.fields["ip"] = ip


@variation
def migrations(tape, rng):
    """A fifth of the customers move: all networks and host names are others from one day on."""
    free = sorted(set(tape.customers) - {incident["customer"] for incident in tape.incidents.values()})
    moves = {c: tape.start + rng.uniform(8, 35) * DAY for c in rng.sample(free, len(free) // 5)}
    places = {}
    for message in tape.submissions:
        day = moves.get(message["customer"])
        if day and message.time >= day:
            message.fields["ip"] = places.setdefault((message["customer"], message["ip"]), network(rng))
            message.fields["helo"] = "new-" + message["helo"].strip("[]")
    for login in tape.logins:
        day = moves.get(login["customer"])
        if day and login["t"] >= day:
            login["ip"] = places.setdefault((login["customer"], login["ip"]), network(rng))


# What the text says.


def _content(message, scale, add):
    message.fields["content_scale"], message.fields["content_add"] = scale, add


@variation
def weak_content(tape, rng):
    """The content model is half as sure, with noise."""
    for message in tape.submissions:
        _content(message, 0.5, rng.gauss(0, 1.5))


@variation
def spammy_customers(tape, rng):
    """What one in ten customers writes looks like spam to the content model."""
    customers = sorted(tape.customers)
    odd = set(rng.sample(customers, len(customers) // 10))
    for message in tape.lawful():
        if message["customer"] in odd:
            _content(message, 1, rng.gauss(4, 1.5))


@variation
def unseen_spam(tape, rng):
    """The content model does not know the spam of half of the incidents."""
    chosen = set(rng.sample(sorted(tape.incidents), len(tape.incidents) // 2))
    for message in tape.submissions:
        if message["incident"] in chosen:
            _content(message, 0.2, rng.gauss(-2, 1.5))


@variation
def shifted_content(tape, rng):
    """All texts are two log-odds nearer to spam, with noise."""
    for message in tape.submissions:
        _content(message, 1, rng.gauss(2, 1))


@variation
def all_at_once(tape, rng):
    """Moved, slow, elsewhere, unseen spam, weak content."""
    elsewhere(tape, rng)
    moved(tape, rng)
    slow(tape, rng)
    weak_content(tape, rng)
    chosen = set(rng.sample(sorted(tape.incidents), len(tape.incidents) // 2))
    for message in tape.submissions:
        if message["incident"] in chosen:
            _content(message, 0.3, rng.gauss(-1, 1.5))
