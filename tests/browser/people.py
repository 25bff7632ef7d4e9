"""People at their browsers: each has a session of his own, and complains of everything that is not as it should be."""

from __future__ import annotations

from typing import Any

SECONDS = 1000  # of Playwright's milliseconds
WAIT = 60 * SECONDS  # a machine may be busy with other tests

_REPORTS = """
document.addEventListener("securitypolicyviolation", function (event) {
  console.error("refused by the policy: " + event.violatedDirective + " " + event.blockedURI);
});
"""


class Person:
    """Somebody at a browser of his own."""

    def __init__(self, chromium: Any, address: str, english: bool = False, **context: Any) -> None:
        self.address = address
        self.context = chromium.new_context(reduced_motion="reduce", **context)
        self.context.add_init_script(_REPORTS)
        self.context.set_default_timeout(WAIT)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        if english:
            self.context.add_cookies([{"name": "yaohao_language", "value": "en", "url": address}])
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: dialog.accept())

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def log_in(self, login: str, password: str) -> Person:
        """Log in by the form."""
        self.go("/login")
        self.fill(login=login, password=password)
        self.press("/login")
        assert self.page.locator("header .account").count() == 1
        return self

    def go(self, path: str) -> Any:
        """Open a page, which must be there."""
        response = self.page.goto(path if path.startswith("http") else self.address + path)
        assert response is not None
        assert response.status == 200, (path, response.status, self.text())
        return self.page

    def fill(self, within: str = "main", **fields: str) -> None:
        """Fill in fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"{within} [name={name}]:visible").first.fill(value)

    def choose(self, within: str = "main", **fields: str) -> None:
        """Choose from lists by their names."""
        for name, value in fields.items():
            self.page.locator(f"{within} select[name={name}]").first.select_option(value)

    def press(self, action: str, button: str = "") -> None:
        """Send the form that goes to an address ending so, or going on with a code, and arrive where it leads."""
        form = f'form:is([action$="{action}"], [action*="{action}/"])'
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(f"{form} {button or 'button[type=submit]'}").locator(
                "visible=true"
            ).first.click()

    def is_refused(self, action: str, button: str = "") -> str:
        """Send a form that is refused: the page stays, and says why."""
        form = f'form[action$="{action}"]'
        before = self.page.url
        self.page.locator(f"{form} {button or 'button[type=submit]'}").locator("visible=true").first.click()
        told = self.page.locator("#told .refused")
        told.wait_for()
        assert self.page.url == before
        # the browser itself writes down every answer that is no success
        self.complaints = [each for each in self.complaints if "status of 4" not in each]
        return str(told.inner_text())

    def follow(self, link: str) -> None:
        """Follow the first link to an address that holds this."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(f'main a[href*="{link}"]').locator("visible=true").first.click()

    def text(self) -> str:
        """What stands on the page."""
        return str(self.page.locator("body").inner_text())

    @property
    def outside(self) -> list[str]:
        """What was asked for elsewhere than on this site."""
        return [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))]

    def close(self) -> None:
        """Close the browser."""
        self.context.close()
