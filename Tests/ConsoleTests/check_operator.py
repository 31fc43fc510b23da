#!/usr/bin/env python3
"""Uses the operator's console as a person does, in a real Chromium without JavaScript.

usage: check_operator.py FACTS.json PORT
FACTS: url (of the console), token, case (its id), held (ids of held messages), shots (a folder for pictures).
"""
import json
import sys

from browser import Browser

facts = json.load(open(sys.argv[1]))
with Browser(int(sys.argv[2])) as page:
    def look(name, path):
        page.size(1200, 1600)
        page.open(facts["url"] + path)
        page.accessible(name)
        page.picture(f"{facts['shots']}/operator-{name}.png")
        page.fits(name)
        page.size(1200, 1600)
        page.open(facts["url"] + path)

    page.size(1200, 1600)
    page.open(facts["url"])
    page.expect("Log in" in page.text("h1"), "no login: " + page.text("h1"))
    page.accessible("login")
    page.picture(facts["shots"] + "/operator-login.png")
    page.fill("#token", "nonsense")
    page.click("form button")
    page.expect("no token" in page.text("[role=alert]"), "a wrong token: " + page.text("main"))
    page.fill("#token", facts["token"])
    page.click("form button")
    page.expect("Overview" in page.text("h1"), "no overview: " + page.text("h1"))
    page.expect("192.0.2.25 is on the list" in page.text(".missing"), "no listing: " + page.text("main"))

    for name, path in (("overview", ""), ("cases", "/cases"), ("held", "/held"), ("stops", "/stops"),
                       ("customers", "/customers"), ("audit", "/audit"), ("message", "/held/" + facts["held"][0])):
        look(name, path)
    page.size(1200, 4200)
    page.open(facts["url"] + "/cases/" + facts["case"])
    page.accessible("one case")
    page.picture(facts["shots"] + "/operator-case.png")
    page.fits("one case")
    page.size(1200, 1600)

    page.open(facts["url"] + "/cases/" + facts["case"])
    page.fill("#note-text", "called the owner <b>")
    page.click("form[action$='case-notes'] button")
    page.expect("Note" in page.text("[role=status]") and "called the owner <b>" in page.text("main"), "note: " + page.text("main"))
    page.open(facts["url"] + "/held")
    page.click(f"input[value='{facts['held'][0]}']", leaves=False)
    page.click(f"input[value='{facts['held'][1]}']", leaves=False)
    page.click("form[action$='held-release'] button")
    page.expect("2 messages released" in page.text("[role=status]"), "release: " + page.text("[role=status], [role=alert]"))
    page.open(facts["url"] + "/held/" + facts["held"][2])
    page.click("#spam", leaves=False)
    page.click("form[action$='held-delete'] button")
    page.expect("1 message deleted" in page.text("[role=status]"), "delete: " + page.text("[role=status], [role=alert]"))
    page.open(facts["url"] + "/stops")
    page.fill("#source", "account:acme/ann")
    page.fill("#reason", "by hand")
    page.fill("#hours", "2")
    page.click("form[action$='stop-add'] button")
    page.expect("account:acme/ann: added" in page.text("[role=status]"), "stop: " + page.text("[role=status], [role=alert]"))
    page.fill("#why-0", "it was nothing")
    page.click("form[action$='stop-lift'] button")
    page.expect("lifted" in page.text("[role=status]"), "lift: " + page.text("[role=status], [role=alert]"))
    page.open(facts["url"] + "/audit")
    page.click("form[action$='audit-verify'] button")
    page.expect("as they were written" in page.text("[role=status]"), "verify: " + page.text("[role=status], [role=alert]"))
    page.click("header form button")
    page.expect("Log in" in page.text("h1"), "not logged out")
    page.open(facts["url"] + "/cases")
    page.expect("Log in" in page.text("h1"), "still logged in")
    # A token has no user's name beside it.
    page.log("403", "username fields")
    sys.exit(page.report())
