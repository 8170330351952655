"""The reset in a real browser, in every language: captcha, mail, code, checklist, sign-in."""

import json
import re

import pytest
from conftest import EMAIL, OLD_PASSWORD, code_in, parts
from playwright.sync_api import expect

SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 800}}
WORDS = {
    "en": {"short": "at least 8 characters", "name": "must not contain", "reused": "used before|recent|history"},
    "zh": {"short": "8", "name": "不能包含|不允许包含", "reused": "历史密码|用过"},
    "zh-Hant": {"short": "8", "name": "不能包含|不允許包含", "reused": "歷史密碼|使用過"},
}
LOCALES = {"en": "en-GB", "zh": "zh-CN", "zh-Hant": "zh-TW"}
CODE = {"en": "verification code", "zh": "验证码", "zh-Hant": "驗證碼"}


class Page:
    """A tab that records console errors and requests to other hosts."""

    def __init__(self, browser, server, language, size):
        context = browser.new_context(viewport=SIZES[size], locale=LOCALES[language])
        self.tab = context.new_page()
        self.server = server
        self.problems = []
        self.foreign = []
        self.token = None
        self.tab.on("console", self.on_console)
        self.tab.on("pageerror", lambda error: self.problems.append(str(error)))
        self.tab.on("request", self.on_request)
        self.tab.on("response", self.on_response)

    def on_console(self, message):
        # The contract refuses with 400, which the browser reports as an error.
        if message.type in ("error", "warning") and "400 (Bad Request)" not in message.text:
            self.problems.append(message.text)

    def on_request(self, request):
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.foreign.append(request.url)

    def on_response(self, response):
        if response.url.split("?")[0].endswith("/captcha") and response.ok:
            self.token = response.json()["token"]

    def open(self, path):
        self.tab.goto(f"{self.server.url}{path}")

    def place(self):
        """Return the position of the notch."""
        (answer,) = self.server.row("SELECT answer FROM captchas WHERE token = ?", self.token)
        return json.loads(answer)["place"]

    def move_the_piece(self):
        expect(self.tab.locator("#captcha-jigsaw")).to_be_visible()
        self.tab.wait_for_selector("#captcha[data-state=ready]")
        handle = self.tab.locator("#captcha-handle")
        maximum = int(handle.get_attribute("aria-valuemax"))
        box = handle.bounding_box()
        start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        track = self.tab.locator("#captcha-track").evaluate("track => track.clientWidth")
        way = (track - handle.evaluate("handle => handle.offsetWidth")) * self.place() / maximum
        mouse = self.tab.mouse
        mouse.move(*start)
        mouse.down()
        for step in range(1, 13):
            mouse.move(start[0] + way * step / 12, start[1] + (step % 3))
        mouse.up()
        expect(self.tab.locator("#code-form")).to_be_visible()

    def fits(self):
        """Check that the page is not wider than the window."""
        overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.tab.evaluate(overhang) <= 0

    def finish(self):
        assert not self.problems, self.problems
        assert not self.foreign, self.foreign


@pytest.mark.parametrize("language,size", [("en", "desktop"), ("zh", "phone"), ("zh-Hant", "phone")])
def test_forgot_password(server, mailbox, browser, language, size):
    page = Page(browser, server, language, size)
    tab, words = page.tab, WORDS[language]
    page.open("/login")
    tab.locator("#forgot-link").click()
    expect(tab.locator("html")).to_have_attribute("lang", language)
    page.fits()

    tab.fill("#email", EMAIL)
    page.move_the_piece()  # which also requests the code, as the address is complete
    _, content = mailbox.wait_for(1)
    message, text, _ = parts(content)
    assert [key for key, word in CODE.items() if word in text] == [language]
    expect(tab.locator("#code-form")).to_be_visible()
    # No placeholder is left over, as of a plural.
    expect(tab.locator("#code-lead")).to_have_text(re.compile(r"10\D"))
    assert "{" not in tab.locator("main").inner_text()
    # The countdown shows the enforced cooldown.
    again = tab.locator("#again")
    expect(again).to_be_disabled()
    minutes, seconds = re.search(r"(\d+):(\d\d)", again.inner_text()).groups()
    assert 50 < int(minutes) * 60 + int(seconds) <= 60
    expect(again).not_to_have_text(again.inner_text(), timeout=4000)
    page.fits()

    # The checklist is updated while typing.
    tab.fill("#password", "aB1")
    length = tab.locator("#checklist > li").filter(has_text=re.compile("8"))
    expect(length.first).to_have_attribute("data-state", "unmet")
    tab.fill("#password", "aB1-something")
    expect(length.first).to_have_attribute("data-state", "met")

    tab.fill("#code", code_in(text))
    # Violations that only the server can find: the name and the history.
    tab.fill("#password", "Zhangsan-2026")
    tab.click("#set-password")
    expect(tab.locator("#code-form")).to_contain_text(re.compile(words["name"]))
    tab.fill("#password", OLD_PASSWORD)
    tab.click("#set-password")
    expect(tab.locator("#code-form")).to_contain_text(re.compile(words["reused"], re.I))
    page.fits()

    tab.fill("#password", "Wander-7-heron")
    tab.click("#set-password")
    tab.wait_for_url(re.compile("/login"))
    tab.fill("#user-name", "zhangsan")
    tab.fill("#password", "Wander-7-heron")
    tab.keyboard.press("Enter")
    expect(tab.locator("#login[data-state=in]")).to_be_visible(timeout=15000)
    page.fits()
    page.finish()


def test_changed_language_keeps_what_was_typed(server, browser):
    page = Page(browser, server, "en", "phone")
    tab = page.tab
    page.open("/login")
    tab.fill("#user-name", "zhangsan")
    names = tab.locator("select.languages option").all_inner_texts()
    assert names == ["English", "简体中文", "繁體中文"]
    for tag, heading in (("zh-Hant", "登入"), ("zh", "登录"), ("en", "Sign in")):
        tab.select_option("select.languages", tag)
        expect(tab.locator("h1").first).to_have_text(heading)
        expect(tab.locator("html")).to_have_attribute("lang", tag)
        expect(tab.locator("#user-name")).to_have_value("zhangsan")
        page.fits()
    assert "lang=en" in tab.url
    page.finish()


def test_captcha_works_with_the_keyboard_and_by_proof_of_work(server, mailbox, browser):
    """The keyboard moves the piece, and a proof of work replaces the image."""
    page = Page(browser, server, "en", "desktop")
    tab = page.tab
    page.open("/forgot")
    tab.fill("#email", EMAIL)
    tab.wait_for_selector("#captcha[data-state=ready]")
    tab.focus("#captcha-handle")
    tab.keyboard.press("Home")
    handle = tab.locator("#captcha-handle")
    for _ in range(600):
        value = int(handle.get_attribute("aria-valuenow"))
        if abs(value - page.place()) <= 2:
            break
        tab.keyboard.press("ArrowRight" if value < page.place() else "ArrowLeft")
    tab.keyboard.press("Enter")
    expect(tab.locator("#code-form")).to_be_visible()
    mailbox.wait_for(1)

    page = Page(browser, server, "en", "desktop")
    tab = page.tab
    page.open("/forgot")
    tab.fill("#email", "somebody-else@example.org")
    tab.click("#captcha-other")
    expect(tab.locator("#code-form")).to_be_visible(timeout=120_000)
    mailbox.wait_for(2)
    page.finish()


def test_wrong_position_gets_a_new_image(server, browser):
    page = Page(browser, server, "en", "phone")
    tab = page.tab
    page.open("/forgot")
    tab.fill("#email", EMAIL)
    tab.wait_for_selector("#captcha[data-state=ready]")
    first = page.token
    tab.focus("#captcha-handle")
    # The notch is always further to the right.
    tab.keyboard.press("PageUp")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#captcha[data-state=ready]", timeout=15000)
    expect(tab.locator("#captcha")).to_be_visible()
    tab.wait_for_timeout(1500)
    assert page.token != first
    page.finish()
