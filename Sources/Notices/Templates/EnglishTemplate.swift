/// The notices' words in English: also what a missing key of another language falls back on, and the list of all keys.
let englishTemplate = """
    # Words of the notices. Between braces stand: {source} who sends, {customer}, {account}, {address}, {count}, {title}, {body}.
    [language]
    en
    [sender]
    Sluice
    [title.held]
    Suspicious mail of {source} is held
    [title.doubted]
    Mail of {source} is put off
    [title.stopped]
    {source} may not send for now
    [title.lifted]
    {source} may send again
    [title.relapsed]
    {source} is stopped again
    [title.closed]
    The case about {source} is closed
    [title.cleared]
    It was no spam: {source} may send
    [title.escalated]
    Nobody has looked at this yet: {source} may not send
    [source.campaign]
    one mailing of {customer}
    [source.account]
    account {account}
    [source.server]
    server {address}
    [source.customer]
    all servers of {customer}
    [happened.held]
    Mail was submitted that looks like spam. It was accepted and is kept, not delivered. New mail is still accepted and judged \
    message by message.
    [happened.doubted]
    Mail was submitted that looks like spam. New mail from there is refused for the time being with a temporary error (451 \
    4.7.1): the sending server keeps it and tries again, so nothing is lost.
    [happened.stopped]
    Mail was submitted that is spam by all signs. New mail from there is refused (550 5.7.1) until the cause is found and \
    removed. Mail from elsewhere is not affected.
    [happened.lifted]
    The stop was lifted. New mail is accepted again and watched more closely for a while.
    [happened.relapsed]
    While it was watched more closely, mail like that of the incident came again. New mail from there is refused (550 5.7.1). \
    All proof from before counts for nothing now: the cause was not found, or there is another.
    [happened.closed]
    What was asked is shown, or the operator answers for it, and mail is accepted as before. Nothing is left to be done.
    [happened.cleared]
    A person looked at it, and it was no spam. Whatever was stopped or held because of it is let go. We are sorry for the trouble.
    [happened.escalated]
    The first notice was sent a while ago, and nobody has answered it. You are told as the second contact.
    [who]
    Who
    [customer]
    Customer
    [since]
    Since
    [until]
    Held until
    [delivered]
    Sent before
    [held]
    Held
    [refused]
    Refused
    [case]
    Case
    [messages]
    {count} messages
    [evidence]
    Why we think so
    [samples]
    Examples
    [samples.note]
    Links and names below are made unclickable on purpose. Do not visit them.
    [steps]
    What to do now
    [steps.operator]
    What you can do
    [checks]
    What is asked before mail is accepted again
    [page]
    The case
    [page.private]
    Your page of this case. Whoever has this address can act for you there: do not pass it on.
    [message]
    Message
    [answer]
    If this mail was legitimate, or you need help, answer to this message and name the case.
    [listing]
    If other receivers refuse your mail meanwhile, your address may be on a blocklist. Remove the cause first; then follow the \
    link in the receiver's refusal.
    [steps.lifted]
    Keep watching the account's and the server's mail log for mail that nobody there wrote.
    [steps.account]
    Change the password of {account} now, from a computer that you trust. A stolen password is the usual cause.
    End all sessions of the account, and look for forwarding rules, app passwords and devices that its owner does not know.
    Ask the owner whether the password was entered on a page that came by mail, and whether it is used elsewhere; check their \
    computer for malware.
    If the account belongs to a web site or a script, update it and look for files that do not belong there.
    Delete what still waits in your server's queue from this account, before it is sent again.
    [steps.server]
    Check the server {address} with `sluice check`: open relay, weak passwords, outdated web software.
    Find the account or the script that sends: `sluice logs` groups the mail log by login and by script.
    Change the passwords concerned, and remove files and jobs that do not belong there.
    Delete what still waits in the server's queue, before it is sent again.
    [steps.campaign]
    Find out who sent the mailing shown below, and whether its recipients asked for it.
    If nobody there wrote it, an account or a script was taken over: change its password, update the software.
    If it is your newsletter, answer with how the addresses were collected and how one unsubscribes.
    [steps.customer]
    Several of your accounts or servers send spam. Begin with the ones in the examples below.
    Change the passwords of the accounts concerned, and check every server with `sluice check`.
    Delete what still waits in your servers' queues, before it is sent again.
    [digest.one]
    1 case
    [digest.many]
    {count} cases
    [digest.opening]
    What happened since the last digest:
    [digest.more]
    … and {count} more. See `sluice stop list` and `sluice held list`.
    [stage.held]
    held
    [stage.doubted]
    put off
    [stage.stopped]
    stopped
    [stage.lifted]
    lifted
    [stage.relapsed]
    stopped again
    [stage.closed]
    closed
    [stage.cleared]
    found to be no spam
    [stage.escalated]
    unanswered
    [alarm.title]
    {address} is on the list {list}
    [alarm.opening]
    One of our own addresses is listed. Receivers that ask the list refuse mail from there, of all customers who share it.
    [alarm.address]
    Address
    [alarm.list]
    List
    [alarm.said]
    It says
    [alarm.removal]
    Removal
    [alarm.steps]
    Remove the cause first: who asks for removal too early is listed again, and longer. The command below tells what is still \
    missing, and writes what to send to the list.
    [alarm.unknown]
    none is known
    [counts]
    {delivered} sent before, {held} held, {refused} refused
    [html]
    <!DOCTYPE html>
    <html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>
    <body style="font-family:sans-serif;max-width:44em">
    <h1 style="font-size:1.3em">{title}</h1>
    {body}
    </body></html>
    """
