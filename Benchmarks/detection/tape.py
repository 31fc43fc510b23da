"""A recorded tape in memory: what `sluice replay --tape` reads, as objects that a variation may change (standard library only)."""
import json
import lzma
import os
import random
import tarfile

DAY = 86400.0


class Submission:
    """One message on its way: the event's fields, what receivers answered, who complained."""

    __slots__ = ("time", "fields", "answers", "complaints", "edits")

    def __init__(self, time, fields):
        self.time, self.fields = time, fields
        self.answers, self.complaints = [], []  # (delay, recipient, code, text), (delay, recipient)
        self.edits = None  # (old, new) bytes to be replaced in the message

    def __getitem__(self, key):
        return self.fields.get(key)

    @property
    def is_spam(self):
        return self.fields["truth"] == "spam"

    def copy(self, time=None):
        other = Submission(self.time if time is None else time, dict(self.fields))
        other.answers, other.complaints, other.edits = list(self.answers), list(self.complaints), self.edits
        return other

    def address_to(self, recipients):
        """Other recipients in the old ones' places: their answers go with the place."""
        old = self.fields["rcpts"]
        by = dict(zip(old, recipients))
        self.fields["rcpts"] = list(recipients)
        self.answers = [(d, by.get(r, r), c, t) for d, r, c, t in self.answers]
        self.complaints = [(d, by.get(r, r)) for d, r in self.complaints]


class Tape:
    def __init__(self, directory):
        self.directory = directory
        self.submissions, self.logins = [], []
        known = {}
        with _open(directory, "events.ndjson") as lines:
            for line in lines:
                event = json.loads(line)
                time, kind = event.pop("t"), event.pop("ev")
                if kind == "submit":
                    known[event["id"]] = Submission(time, event)
                    self.submissions.append(known[event["id"]])
                elif kind == "outcome" and event["id"] in known:
                    message = known[event["id"]]
                    message.answers.append((time - message.time, event["rcpt"], event["code"], event.get("text", "")))
                elif kind == "complaint" and event["id"] in known:
                    message = known[event["id"]]
                    message.complaints.append((time - message.time, event["rcpt"]))
                elif kind == "login":
                    self.logins.append(dict(event, t=time))
        with open(os.path.join(directory, "incidents.json")) as file:
            self.incidents = {incident["id"]: incident for incident in json.load(file)}
        with open(os.path.join(directory, "customers.json")) as file:
            self.customers = {customer["id"]: customer for customer in json.load(file)}
        self.start = min(message.time for message in self.submissions)
        self.end = max(message.time for message in self.submissions)

    def spam(self, incident):
        return [message for message in self.submissions if message["incident"] == incident]

    def lawful(self):
        return [message for message in self.submissions if not message.is_spam]

    def is_bulk(self, customer):
        return self.customers[customer]["kind"].startswith("lawful")

    def thief_logins(self, incident):
        accounts, networks = set(incident["accounts"]), set(incident["ips"])
        return [login for login in self.logins if login["account"] in accounts and login["ip"] in networks]

    def write(self, directory):
        """Puts the tape in order, gives new numbers, and writes it; messages are linked, or copied where some are edited."""
        os.makedirs(directory, exist_ok=True)
        self.submissions.sort(key=lambda message: message.time)
        lines = [(login["t"], json.dumps(dict(login, ev="login"))) for login in self.logins]
        edited = {}
        for number, message in enumerate(self.submissions, 1):
            name = message.fields["id"] = "m%06d" % number
            if message.edits:
                message.fields["msg"] = "edited/%s.eml" % name
                edited.setdefault(message.edits[0], []).append((message.fields["msg"], message.edits[1]))
            lines.append((message.time, json.dumps(dict(message.fields, t=message.time, ev="submit"))))
            for delay, recipient, code, text in message.answers:
                time = message.time + delay
                lines.append((time, json.dumps(
                    dict(t=time, ev="outcome", id=name, rcpt=recipient, code=code, text=text))))
            for delay, recipient in message.complaints:
                time = message.time + delay
                lines.append((time, json.dumps(dict(t=time, ev="complaint", id=name, rcpt=recipient))))
        lines.sort(key=lambda line: line[0])
        with lzma.open(os.path.join(directory, "events.ndjson.xz"), "wt", preset=0) as out:
            out.writelines(line + "\n" for _, line in lines)
        for name, content in (("incidents", self.incidents), ("customers", self.customers)):
            with open(os.path.join(directory, name + ".json"), "w") as out:
                json.dump(list(content.values()), out)
        self._write_messages(directory, edited)

    def _write_messages(self, directory, edited):
        name = next(n for n in ("messages.tar", "messages.tar.xz") if os.path.exists(os.path.join(self.directory, n)))
        source = os.path.join(self.directory, name)
        if not edited:
            link = os.path.join(directory, name)
            if not os.path.exists(link):
                os.symlink(os.path.abspath(source), link)
            return
        used = {message.fields["msg"] for message in self.submissions}
        with tarfile.open(source) as tape, tarfile.open(os.path.join(directory, "messages.tar"), "w") as out:
            for member in tape:
                if not member.isfile():
                    continue
                copies = edited.get(member.name, ())
                if member.name not in used and not copies:
                    continue
                content = tape.extractfile(member).read()
                if member.name in used:
                    _add(out, member.name, content)
                for copy, changes in copies:
                    text = content
                    for old, new in changes:
                        text = text.replace(old, new)
                    _add(out, copy, text)


def _add(out, name, content):
    import io

    member = tarfile.TarInfo(name)
    member.size = len(content)
    out.addfile(member, io.BytesIO(content))


def _open(directory, name):
    path = os.path.join(directory, name)
    return open(path) if os.path.exists(path) else lzma.open(path + ".xz", "rt")


class Contacts:
    """Whom each account's owner wrote to, and from where."""

    def __init__(self, tape):
        self.recipients, self.senders, self.servers, self.helos = {}, {}, {}, {}
        for message in tape.lawful():
            account = message["account"] or message["customer"]
            self.recipients.setdefault(account, []).extend(message["rcpts"])
            self.senders.setdefault(account, []).append(message["from"])
            self.servers.setdefault(message["customer"], []).append((message["ip"], message["helo"]))
        self.accounts = {}
        for message in tape.lawful():
            if message["account"]:
                self.accounts.setdefault(message["customer"], {}).setdefault(message["account"], 0)
                self.accounts[message["customer"]][message["account"]] += 1


def stranger(rng):
    return "r9%08d@d9%04d.example" % (rng.randrange(10**8), rng.randrange(3000))


def network(rng):
    return "203.%d.%d.%d" % (rng.randrange(256), rng.randrange(256), rng.randrange(1, 255))


def generator(name, seed):
    return random.Random("%s/%d" % (name, seed))
