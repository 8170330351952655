"""Draws `bindings/http/pages/forgot.png`, the picture of the pages in the READMEs, from a running server.

target/venv/bin/python tests/e2e/pages_picture.py
"""

import base64
import tempfile
from pathlib import Path

from conftest import EMAIL, ROOT, Mailbox, Server, code_in, parts
from playwright.sync_api import sync_playwright

PICTURE = ROOT / "bindings/http/pages/forgot.png"
FRAME = """
<style>
  body {{ margin: 0; padding: 14px 16px; display: flex; gap: 20px; align-items: center; background: white; width: 1468px; }}
  img {{ border-radius: 12px; box-shadow: 0 8px 24px #0004; }}
</style>
<img src="data:image/png;base64,{desktop}" width="1112" height="744">
<img src="data:image/png;base64,{phone}" width="336" height="822" style="border-radius: 24px">
"""




def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        mailbox = Mailbox()
        mailbox.controller.start()
        server = Server(Path(folder) / "data", "--smtp", f"smtp://127.0.0.1:{mailbox.port}")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])

        desktop = browser.new_page(viewport={"width": 1264, "height": 846}, locale="en-GB", color_scheme="light", device_scale_factor=1)
        desktop.goto(f"{server.url}/forgot")
        desktop.fill("#email", "zhangsan@example.com")
        desktop.wait_for_selector("#captcha[data-state=ready]")
        desktop.wait_for_timeout(500)
        shots = {"desktop": desktop.screenshot()}

        # The proof of work replaces the captcha, so that no position has to be known.
        phone = browser.new_page(viewport={"width": 380, "height": 930}, locale="zh-CN", color_scheme="dark", device_scale_factor=1)
        phone.goto(f"{server.url}/forgot")
        phone.fill("#email", EMAIL)
        phone.click("#captcha-other")
        phone.wait_for_selector("#code-form:visible", timeout=120_000)
        _, text, _ = parts(mailbox.wait_for(1)[1])
        phone.fill("#code", code_in(text))
        phone.fill("#password", "heron-wader")
        phone.wait_for_timeout(1000)
        shots["phone"] = phone.screenshot()

        frame = browser.new_page(viewport={"width": 1500, "height": 850})
        frame.set_content(FRAME.format(**{name: base64.b64encode(shot).decode() for name, shot in shots.items()}))
        frame.screenshot(path=PICTURE)
        browser.close()
        server.stop()
        mailbox.controller.stop()


if __name__ == "__main__":
    main()
