"""Mail for the queue benchmark: three personalised spam campaigns, and good mail of which some looks like them.

letters(spam, good, seed, kinds) gives (kind, sender, recipients, bytes) with CRLF line ends; kind is spam1…spam3 or good-…
kinds is `letters` (three campaigns of plain letters, the first queue that was measured), or three names of VARIED, each a
campaign of another sort with good mail that looks like it.
"""
import base64
import random
import zlib

FIRST = "Anna Ben Clara David Emma Felix Greta Henry Ida Jonas Karin Leo Mia Nils Olga Paul Rita Sven Tina Udo".split()
LAST = "Adler Bauer Conrad Dietz Engel Frank Gruber Haas Iversen Jung Keller Lang Moser Neumann Otto Peters".split()
NOISE = """river window garden silver mountain letter yellow bridge market winter singer corner harbour village
candle forest kitchen museum pocket station teacher valley weather blanket engine island orange planet rocket""".split()
TOPICS = """the roof of the shed leaks again and somebody should look at it before the weekend
our train leaves at half past seven so we will meet at the kiosk on platform four
the dentist moved the appointment and I cannot come to choir practice on Thursday
please send me the drawings of the second floor when the architect has signed them
the committee agreed to plant two lime trees instead of the three that were planned
I found your umbrella under the bench and left it with the caretaker downstairs
grandmother asks whether the children still like the plum cake with cinnamon
the printer on the third floor eats every second page since it was repaired
we counted forty one swallows on the wire behind the barn yesterday evening
the minutes of the last meeting have a mistake in the paragraph about parking
my brother can lend you his trailer if you bring it back before Sunday noon
the soup was too salty but everybody liked the bread that you had baked
could you water the tomatoes while we are at the lake with my parents
the new colleague starts on Monday and needs a desk a chair and a telephone
I read the first chapters on the ferry and could not put the book away
the bicycle has a flat tyre so I shall walk and be about ten minutes late""".split("\n")


def person(rng):
    return rng.choice(FIRST), rng.choice(LAST)


def noise(rng, count):
    return " ".join(rng.choice(NOISE) for _ in range(count))


def message(sender, name, recipient, subject, body, extra=""):
    head = (f"From: {name} <{sender}>\r\nTo: <{recipient}>\r\nSubject: {subject}\r\n{extra}"
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
    return (head + body.replace("\n", "\r\n") + "\r\n").encode()


def pharmacy(rng, first, link):
    return (f"Hello {first},\n\nbuy cheap viagra and cialis online without prescription. Our discount pharmacy ships "
            f"worldwide within {rng.randint(2, 9)} days. Save up to {rng.randint(60, 90)}% on all pills today, guaranteed "
            f"lowest price and money back. Click here to order now: {link}\n\nLimited offer, do not miss it! "
            f"No doctor needed, discreet packaging.\n\n{noise(rng, 8)}\n")


def lottery(rng, first, link):
    return (f"Dear {first},\n\nCONGRATULATIONS! Your email address has won ${rng.randint(100, 999)}0,000 USD in the "
            "international lottery promotion. You are one of the lucky winners selected this year. To claim your prize "
            "money contact our claims agent immediately with your full name, address, telephone number and bank "
            f"account details. Act now, this offer expires soon. Claim here: {link}\n\n"
            f"Reference {rng.randint(10**6, 10**7)}. Keep this notification confidential.\n\n{noise(rng, 6)}\n")


def bank(rng, first, link):
    return (f"Dear customer {first},\n\nwe noticed unusual activity in your account and have limited access for your "
            "security. Please verify your identity within 24 hours, otherwise your account will be suspended "
            f"permanently. Confirm your password and card number here: {link}\n\nThank you for your cooperation. "
            f"Example Savings Bank security department, ticket {rng.randint(10**5, 10**6)}.\n")


def real_bank(rng, first):
    # The newsletter that the third campaign copies: most words are the same, source and links are not.
    return (f"Dear customer {first},\n\nwe noticed unusual activity in your account and have limited access for your "
            "security. Please verify your identity within 24 hours, otherwise your account will be suspended "
            "permanently. Call the number on the back of your card; we never ask for it by mail. "
            f"https://www.savings.example/help\n\nThank you for your cooperation. "
            f"Example Savings Bank security department, ticket {rng.randint(10**5, 10**6)}.\n")


CAMPAIGNS = [
    (pharmacy, "Buy pills, {first}", "pills{n}.example", ["promo@shop.example"]),
    (lottery, "You won {n}00,000 USD", "prize{n}.example", ["joe@customer.example", "ann@customer.example"]),
    (bank, "Account limited, {first}", "verify-{n}.example", ["service@savings-secure.example"]),
]


# Further campaigns. Each has spam(rng, first, number) and good(rng, first, me), which give (subject, sender, extra header,
# body, whether it is a whole MIME body).

def html(text, style=""):
    return ("MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n",
            f"<html><head><style>{style}</style></head><body>{text}</body></html>\n")


def mixed(rng, text, kind, name, content):
    mark = f"b{rng.getrandbits(40):x}"
    data = base64.b64encode(content).decode()
    lines = "\n".join(data[i:i + 76] for i in range(0, len(data), 76))
    head = f"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary={mark}\r\n"
    return head, (f"--{mark}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--{mark}\n"
                  f"Content-Type: {kind}; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n"
                  f"Content-Transfer-Encoding: base64\n\n{lines}\n--{mark}--\n")


def plain(text):
    return ("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", text)


def encoded(text):
    data = base64.b64encode(text.encode()).decode()
    return ("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n",
            "\n".join(data[i:i + 76] for i in range(0, len(data), 76)) + "\n")


def picture(rng, size):
    return b"\x89PNG\r\n\x1a\n" + rng.randbytes(size)


def host(rng, end):
    return f"{rng.choice(NOISE)}{rng.randint(1, 999)}.{end}"


def short_spam(rng, first, number):
    return (f"{first}?", "kim@customer.example",
            *plain(f"Hey {first}, is this you in the video? http://{host(rng, 'clip.example')}/{rng.getrandbits(40):x}\n"))


def short_good(rng, first, me):
    return ("Photos", f"{me.lower()}@customer.example",
            *plain(f"Hi {first}, here are the photos of the lake: https://albums.example/{rng.getrandbits(40):x}\n\n{me}\n"))


def image_spam(rng, first, number):
    return (f"Offer for {first}", "sale@customer.example",
            *mixed(rng, "", "image/png", f"{rng.choice(NOISE)}{rng.randint(1, 99)}.png", picture(rng, rng.randint(2000, 3000))))


def image_good(rng, first, me):
    return (f"Scan for {first}", f"{me.lower()}@customer.example",
            *mixed(rng, "", "image/png", f"scan{rng.randint(1, 99)}.png", picture(rng, rng.randint(2000, 3000))))


def cyrillic_spam(rng, first, number):
    return ("\u0412\u044b \u0432\u044b\u0438\u0433\u0440\u0430\u043b\u0438", "bonus@customer.example", *encoded(
        f"{first}, поздравляем! Ваш счёт пополнен бонусом казино на {rng.randint(10, 99)}000 рублей. Чтобы вывести деньги сегодня, "
        f"перейдите по ссылке и подтвердите карту: http://{host(rng, 'kazino.example')}/{rng.getrandbits(32):x} Предложение "
        f"действует только два часа, не упустите свой выигрыш и играйте без риска.\n"))


def cyrillic_good(rng, first, me):
    return ("\u0421\u043e\u0431\u0440\u0430\u043d\u0438\u0435", f"{me.lower()}@customer.example", *encoded(
        f"{first}, здравствуйте! Собрание жильцов переносится на четверг, в {rng.randint(17, 20)} часов. Просим принести показания "
        f"счётчиков и подписать протокол прошлого собрания. Лифт починят к выходным. С уважением, {me}\n"))


def chinese_spam(rng, first, number):
    return ("\u53d1\u7968", "fapiao@customer.example", *plain(
        f"{first}您好我司常年代开各类发票税点优惠可先开票验证后付款欢迎来电咨询微信同号 http://{host(rng, 'fapiao.example')}/{rng.getrandbits(24):x}\n"))


def chinese_good(rng, first, me):
    return ("\u4f1a\u8bae", f"{me.lower()}@customer.example", *plain(
        f"{first}你好下周二上午的项目会议改到三楼大会议室请把上个月的进度表带来谢谢 {me}\n"))


def html_spam(rng, first, number):
    words = noise(rng, 40)
    return (f"{first}, your parcel waits", "parcel@customer.example", *html(
        f"<div style='display:none'>{words}</div><h1>Delivery failed</h1><p>Dear {first}, your parcel could not be delivered "
        "because the customs fee was not paid. Pay the small fee now with your card, or the parcel goes back to its sender "
        f"tomorrow.</p><a href='http://{host(rng, 'post-fee.example')}/{rng.getrandbits(40):x}'>Pay now</a>"
        f"<font color='#ffffff'>{noise(rng, 30)}</font>", f".{rng.choice(NOISE)}{{color:#{rng.getrandbits(24):06x}}}"))


def html_good(rng, first, me):
    return ("Your parcel is on its way", "ship@garden.example", *html(
        f"<h1>On its way</h1><p>Dear {first}, your parcel was handed to the carrier this afternoon. If you are not at home "
        "tomorrow it waits for you at the post office, and nothing is to be paid.</p>"
        f"<a href='https://carrier.example/{rng.getrandbits(40):x}'>Where is it?</a>"))


def invoice_spam(rng, first, number):
    return (f"Invoice {rng.randint(10**5, 10**6)}", "billing@customer.example", *mixed(
        rng, f"Dear {first},\n\nplease find attached the invoice {rng.randint(10**5, 10**6)}, which is overdue.\n",
        "application/zip", f"invoice_{rng.randint(10**4, 10**5)}.zip", b"PK\x03\x04" + rng.randbytes(rng.randint(3000, 9000))))


def invoice_good(rng, first, me):
    # The same words, from the real accountants, as a PDF.
    return (f"Invoice {rng.randint(10**5, 10**6)}", "accounts@garden.example", *mixed(
        rng, f"Dear {first},\n\nplease find attached the invoice {rng.randint(10**5, 10**6)}, which is due in thirty days.\n",
        "application/pdf", f"invoice_{rng.randint(10**4, 10**5)}.pdf",
        b"%PDF-1.4\n" + zlib.compress(rng.randbytes(rng.randint(2000, 5000)))))


VARIED = {
    "short": (short_spam, short_good), "image": (image_spam, image_good), "cyrillic": (cyrillic_spam, cyrillic_good),
    "chinese": (chinese_spam, chinese_good), "html": (html_spam, html_good), "invoice": (invoice_spam, invoice_good),
}


def varied(spam, good, seed, names):
    rng = random.Random(seed)
    out = []

    def add(kind, recipient, parts):
        subject, sender, head, body = parts
        if not subject.isascii():
            subject = "=?utf-8?b?" + base64.b64encode(subject.encode()).decode() + "?="
        top = (f"From: <{sender}>\r\nTo: <{recipient}>\r\nSubject: {subject}\r\nX-Bench: {kind.split('-')[0].rstrip('123')}\r\n"
               f"{head}\r\n")
        out.append((kind, sender, [recipient], top.encode() + body.replace("\n", "\r\n").encode()))

    for index in range(spam):
        first, last = person(rng)
        recipient = f"{first.lower()}.{last.lower()}{rng.randint(1, 9999)}@dead{rng.randint(1, 200)}.example"
        add(f"spam{index % 3 + 1}", recipient, VARIED[names[index % 3]][0](rng, first, index))
    for index in range(good):
        first, last = person(rng)
        me, _ = person(rng)
        leaves = index % 10 == 9
        recipient = f"{first.lower()}.{last.lower()}@" + ("leaving.example" if leaves else f"dead{rng.randint(1, 200)}.example")
        add("good-leaving" if leaves else "good-alike", recipient, VARIED[names[index % 3]][1](rng, first, me))
    rng.shuffle(out)
    return out


def letters(spam, good, seed, kinds="letters"):
    if kinds != "letters":
        return varied(spam, good, seed, kinds.split(","))
    rng = random.Random(seed)
    out = []
    for index in range(spam):
        text, subject, host, senders = CAMPAIGNS[index % 3]
        first, last = person(rng)
        recipient = f"{first.lower()}.{last.lower()}{rng.randint(1, 9999)}@dead{rng.randint(1, 200)}.example"
        link = f"http://{host.format(n=rng.randint(1, 4))}/{rng.getrandbits(48):x}"
        sender = rng.choice(senders)
        name = "Service" if index % 3 == 2 else " ".join(person(rng))
        out.append((f"spam{index % 3 + 1}", sender, [recipient],
                    message(sender, name, recipient, subject.format(first=first, n=rng.randint(1, 9)),
                            text(rng, first, link))))
    for index in range(good):
        first, last = person(rng)
        me, my = person(rng)
        sender = f"{me.lower()}.{my.lower()}@customer.example"
        recipient = f"{first.lower()}.{last.lower()}@dead{rng.randint(1, 200)}.example"
        kind = index % 20
        if kind < 10:
            lines = rng.sample(TOPICS, 4)
            body = f"Hi {first},\n\n" + ".\n".join(line.capitalize() for line in lines) + f".\n\nBest, {me}\n"
            out.append(("good-letter", sender, [recipient],
                        message(sender, f"{me} {my}", recipient, " ".join(lines[0].split()[:5]), body)))
        elif kind < 14:
            sender = "orders@garden.example"
            body = (f"Dear {first} {last},\n\nthank you for your order number {rng.randint(10**5, 10**6)}. We packed "
                    f"{rng.randint(1, 9)} bags of potting soil and will hand them to the carrier this afternoon. The invoice "
                    f"over {rng.randint(10, 99)}.90 euros is attached to the parcel.\n\nYour garden centre\n")
            out.append(("good-order", sender, [recipient],
                        message(sender, "Garden Centre", recipient, f"Your order {rng.randint(1000, 9999)}", body)))
        elif kind < 16:
            # The owner of a hijacked account asks what is going on, with the spam as it came.
            sender = rng.choice(["joe@customer.example", "ann@customer.example"])
            text = rng.choice([pharmacy, lottery])(rng, me, "http://prize1.example/abc")
            body = (f"Hello helpdesk,\n\n{rng.choice(TOPICS)}. But that is not why I write: people tell me that they got the "
                    "following from my address. I did not send it, and I am worried that somebody knows my password. What "
                    "should I do, and whom do I have to tell? I have already run the virus scanner twice and found nothing "
                    f"at all. {rng.choice(TOPICS)}.\n\n{text}")
            out.append(("good-complaint", sender, ["helpdesk@dead1.example"],
                        message(sender, "Joe", "helpdesk@dead1.example", "Strange mail from my address", body)))
        elif kind < 18:
            sender = "notice@savings.example"
            out.append(("good-bank", sender, [recipient],
                        message(sender, "Example Savings Bank", recipient, "Account limited", real_bank(rng, first))))
        else:
            # These leave while the clean-up runs.
            lines = rng.sample(TOPICS, 3)
            recipient = f"{first.lower()}@leaving.example"
            body = f"Hi {first},\n\n" + ".\n".join(line.capitalize() for line in lines) + f".\n.\n..\nFrom {me}\n"
            out.append(("good-leaving", sender, [recipient],
                        message(sender, f"{me} {my}", recipient, "See you", body)))
    rng.shuffle(out)
    return out
