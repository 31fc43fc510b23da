#!/usr/bin/env python3
"""Uses a case's page as a person does, in a real Chromium without JavaScript, driven by chromedriver.

usage: check_pages.py FACTS.json PORT
FACTS: url (of the page), report (a file, signed), evil (a text from a mail that must be shown as text), shot (where a picture goes).
"""
import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

facts, port = json.load(open(sys.argv[1])), int(sys.argv[2])
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
# A port that is taken makes it end: then the next one.
for port in range(port, port + 40):
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True)
    time.sleep(1)
    if driver.poll() is None:
        break
problems = []


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, data=data)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=240) as answer:
        return json.load(answer)["value"]


def expect(truth, what):
    if not truth:
        problems.append(what)


try:
    for _ in range(240):
        try:
            if ask("GET", "/status")["ready"]:
                break
        except OSError:
            time.sleep(0.5)
    options = {
        "binary": "/usr/bin/chromium",
        "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1000,2600",
                 f"--user-data-dir={profile.name}", "--no-first-run", "--disable-background-networking"],
        "prefs": {"profile.managed_default_content_settings.javascript": 2},
    }
    wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                               "goog:loggingPrefs": {"browser": "ALL"}}}}
    session = "/session/" + ask("POST", "/session", wanted)["sessionId"]

    def find(css):
        return [element[ELEMENT] for element in
                ask("POST", session + "/elements", {"using": "css selector", "value": css})]

    def text(css):
        return " | ".join(ask("GET", f"{session}/element/{element}/text") for element in find(css))

    def fill(css, value):
        ask("POST", f"{session}/element/{find(css)[0]}/value", {"text": value})

    def press(act, leaves=True):
        button = find(f"form[action$='/{act}'] button")[0]
        ask("POST", f"{session}/element/{button}/click", {})
        # Until the page with the button is gone: a click does not always wait for what it begins.
        for _ in range(1200 if leaves else 0):
            try:
                ask("GET", f"{session}/element/{button}/name")
            except urllib.error.HTTPError:
                break
            time.sleep(0.1)

    ask("POST", session + "/url", {"url": facts["url"]})
    expect("mail is stopped" in text("h1"), "heading: " + text("h1"))
    expect("Still missing" in text(".missing"), "missing: " + text(".missing"))
    expect(facts["evil"] in text("main"), "the mail's text is not shown as it is")
    expect(not find("script") and not find("img") and not find("iframe"), "something that is not ours is in the page")
    expect(not find("form[action^='http']"), "a form leads elsewhere")
    # The style sheet was taken: the policy lets our own through.
    width = ask("GET", f"{session}/element/{find('main')[0]}/css/max-width")
    expect(width == "960px", f"main is {width} wide: no style")
    # What a screen reader is told: each field has a name, each table its heads, one heading of the first level.
    for element in find("input:not([type=hidden]), textarea, select, button"):
        label = ask("GET", f"{session}/element/{element}/computedlabel")
        expect(label.strip(), "a field without a name")
    expect(len(find("h1")) == 1 and len(find("main")) == 1, "not one heading, one main part")
    expect(len(find("th[scope]")) == len(find("th")), "a table's head without scope")
    with open(facts["shot"], "wb") as picture:
        picture.write(base64.b64decode(ask("GET", session + "/screenshot")))

    press("verify")
    expect(text("[role=status]"), "verify says nothing")
    fill("#report", facts["report"])
    press("reports")
    expect("The report was taken" in text("[role=status]"), "report: " + text("[role=status], [role=alert]"))
    fill("#report", facts["report"])
    press("reports")
    expect("taken before" in text("[role=alert]"), "replayed report: " + text("[role=status], [role=alert]"))
    fill("#appeal-text", "This is our newsletter <b>\u00e4</b>")
    press("appeal")
    expect("A person will look" in text("[role=status]"), "appeal: " + text("[role=status], [role=alert]"))
    if find("#attest-name"):
        fill("#attest-name", "Joe")
        fill("#attest-text", "changed the password")
        press("attest")
        expect("Your word was noted" in text("[role=status]"), "attest: " + text("[role=status], [role=alert]"))
    fill("#reinstatement-text", "It was a stolen password.")
    press("reinstatement")
    expect("Still missing" in text("[role=status]"), "reinstatement: " + text("[role=status], [role=alert]"))
    # Without the words the browser itself refuses.
    press("appeal", leaves=False)
    expect("Still missing" in text("[role=status]"), "an empty appeal was sent")
    for line in ask("POST", session + "/se/log", {"type": "browser"}):
        # Answers of 4xx are told there, too: the replayed report is one.
        if "409" not in line["message"] and "favicon" not in line["message"]:
            problems.append("the browser says: " + line["message"])
    ask("DELETE", session)
finally:
    # Driver and browser, all of the driver's own session: the driver alone may not hear of it, and the browser would stay.
    os.killpg(driver.pid, signal.SIGKILL)
    driver.wait()

for problem in problems:
    print(problem)
print(f"{len(problems)} problems")
sys.exit(1 if problems else 0)
