#!/usr/bin/env python3
"""Uses a case's page as a person does, in a real Chromium without JavaScript.

usage: check_pages.py FACTS.json PORT
FACTS: url (of the page), report (a file, signed), evil (a text from a mail that must be shown as text), shots (a folder for
pictures).
"""
import json
import sys

from browser import Browser

facts = json.load(open(sys.argv[1]))
with Browser(int(sys.argv[2])) as page:
    def press(act, leaves=True):
        page.click(f"form[action*='/{act}'] button", leaves)

    page.size(1000, 3200)
    page.open(facts["url"])
    page.expect("mail is stopped" in page.text("h1"), "heading: " + page.text("h1"))
    page.expect("Still missing" in page.text(".missing"), "missing: " + page.text(".missing"))
    page.expect(facts["evil"] in page.text("main"), "the mail's text is not shown as it is")
    page.expect("victim.example" in page.text("main"), "no damage report")
    # The style sheet was taken: the policy lets our own through.
    page.expect(page.style("main", "max-width") == "960px", "no style")
    page.accessible("case")
    page.picture(facts["shots"] + "/case.png")
    page.fits("case")
    page.size(320, 4800)
    page.picture(facts["shots"] + "/case-narrow.png")
    page.size(1000, 3200)

    press("verify")
    page.expect(page.text("[role=status]"), "verify says nothing")
    page.fill("#report", facts["report"])
    press("reports")
    page.expect("The report was taken" in page.text("[role=status]"), "report: " + page.text("[role=status], [role=alert]"))
    page.fill("#report", facts["report"])
    press("reports")
    page.expect("taken before" in page.text("[role=alert]"), "replayed report: " + page.text("[role=status], [role=alert]"))
    page.fill("#appeal-text", "This is our newsletter <b>\u00e4</b>")
    press("appeal")
    page.expect("A person will look" in page.text("[role=status]"), "appeal: " + page.text("[role=status], [role=alert]"))
    page.fill("#attest-name", "Joe")
    page.fill("#attest-text", "changed the password")
    press("attest")
    page.expect("Your word was noted" in page.text("[role=status]"), "attest: " + page.text("[role=status], [role=alert]"))
    page.fill("#reinstatement-text", "It was a stolen password.")
    press("reinstatement")
    page.expect("Still missing" in page.text("[role=status]"), "ask: " + page.text("[role=status], [role=alert]"))
    # Without the words the browser itself refuses.
    press("appeal", leaves=False)
    page.expect("Still missing" in page.text("[role=status]"), "an empty appeal was sent")
    # In German, which stays when something is sent.
    page.click("header a[lang=de]")
    page.expect("der Versand ist gesperrt" in page.text("h1"), "German heading: " + page.text("h1"))
    page.accessible("case in German")
    page.picture(facts["shots"] + "/case-german.png")
    page.fits("case in German")
    page.size(1000, 3200)
    press("verify")
    page.expect("Von außen ist jetzt nichts" in page.text("[role=status]") or "Wir prüfen" in page.text("[role=status]"),
                "German verify: " + page.text("[role=status]"))
    page.expect(page.find("html[lang=de]"), "the language did not stay")
    # Answers of 4xx are told there, too: the replayed report is one.
    page.log("409")
    sys.exit(page.report())
