"""A real Chromium without JavaScript, driven by chromedriver over its HTTP interface (W3C WebDriver)."""
import base64
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self, port, language="en"):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.problems = []
        # A port that is taken makes it end: then the next one.
        for self.port in range(port, port + 40):
            self.driver = subprocess.Popen(["chromedriver", f"--port={self.port}"], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(1)
            if self.driver.poll() is None:
                break
        for _ in range(240):
            try:
                if self.ask("GET", "/status")["ready"]:
                    break
            except OSError:
                time.sleep(0.5)
        options = {
            "binary": "/usr/bin/chromium",
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     f"--user-data-dir={self.profile.name}", "--no-first-run", "--disable-background-networking"],
            "prefs": {"profile.managed_default_content_settings.javascript": 2, "intl.accept_languages": language},
        }
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options,
                                                   "goog:loggingPrefs": {"browser": "ALL"}}}}
        self.session = "/session/" + self.ask("POST", "/session", wanted)["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Driver and browser, all of the driver's own session: the driver alone may not hear of it, and the browser would stay.
        os.killpg(self.driver.pid, signal.SIGKILL)
        self.driver.wait()

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, data=data)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=240) as answer:
            return json.load(answer)["value"]

    def expect(self, truth, what):
        if not truth:
            self.problems.append(what)

    def size(self, width, height):
        self.ask("POST", self.session + "/window/rect", {"width": width, "height": height})

    def open(self, url):
        self.ask("POST", self.session + "/url", {"url": url})

    def find(self, css):
        return [element[ELEMENT] for element in
                self.ask("POST", self.session + "/elements", {"using": "css selector", "value": css})]

    def text(self, css):
        return " | ".join(self.ask("GET", f"{self.session}/element/{element}/text") for element in self.find(css))

    def style(self, css, name):
        return self.ask("GET", f"{self.session}/element/{self.find(css)[0]}/css/{name}")

    def rect(self, css):
        return self.ask("GET", f"{self.session}/element/{self.find(css)[0]}/rect")

    def fill(self, css, value):
        self.ask("POST", f"{self.session}/element/{self.find(css)[0]}/value", {"text": value})

    def click(self, css, leaves=True):
        button = self.find(css)[0]
        self.ask("POST", f"{self.session}/element/{button}/click", {})
        # Until the page with the button is gone: a click does not always wait for what it begins.
        for _ in range(1200 if leaves else 0):
            try:
                self.ask("GET", f"{self.session}/element/{button}/name")
            except urllib.error.HTTPError:
                break
            time.sleep(0.1)

    def picture(self, path):
        """The whole page, however long."""
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("GET", self.session + "/screenshot")))

    def accessible(self, page):
        """What a screen reader is told: each field has a name, each table its heads, one heading of the first level."""
        for element in self.find("input:not([type=hidden]), textarea, select, button"):
            label = self.ask("GET", f"{self.session}/element/{element}/computedlabel")
            self.expect(label.strip(), f"{page}: a field without a name")
        self.expect(len(self.find("h1")) == 1 and len(self.find("main")) == 1, f"{page}: not one heading, one main part")
        self.expect(len(self.find("th[scope]")) == len(self.find("th")), f"{page}: a table's head without scope")
        self.expect(self.find("html[lang]"), f"{page}: no language")
        self.expect(not self.find("script, iframe, style, [onclick], [style]"), f"{page}: something that is not ours")
        self.expect(not self.find("form[action^='http']"), f"{page}: a form leads elsewhere")
        # A link or button that can be reached by keys can be seen to have the focus.
        self.expect(self.style("body", "font-size") == "16px", f"{page}: no style")

    def fits(self, page, width=320):
        """Nothing is wider than the window but tables, which scroll by themselves."""
        self.size(width, 900)
        # Chromium's window has a least width of its own; what the page is laid out for is what counts.
        inner = self.rect("html")["width"]
        for part in ("body", "main", "header"):
            self.expect(self.rect(part)["width"] <= inner + 1, f"{page}: {part} is wider than the window")
        for css in ("main > *", "form.card", "pre", "dl.facts > div"):
            for element in self.find(css):
                place = self.ask("GET", f"{self.session}/element/{element}/rect")
                self.expect(place["x"] + place["width"] <= inner + 1, f"{page}: {css} sticks out at {inner} pixels")

    def log(self, *known):
        for line in self.ask("POST", self.session + "/se/log", {"type": "browser"}):
            if not any(word in line["message"] for word in known):
                self.problems.append("the browser says: " + line["message"])

    def report(self):
        for problem in self.problems:
            print(problem)
        print(f"{len(self.problems)} problems")
        return 1 if self.problems else 0
