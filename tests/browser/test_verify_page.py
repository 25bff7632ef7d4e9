"""The verifier in the browser (浏览器复核): written from the protocol alone, it says what others say, and sends nothing."""

from __future__ import annotations

import base64
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from data.database import open_database
from matching import verifier
from matching.bundle import pack
from matching.draw import tickets
from matching.draw.frames import canonical
from matching.pairing.pairs import GroupsPaired, Paired
from tests.matching.drawn_cases import KINDS, DrawnCase, drawn_case
from tests.matching.test_tickets import of_vectors
from tests.site import Site
from tests.town import Town
from tests.towns import founded_sqlite
from web.public.verify import FILES

__all__ = ["founded_sqlite"]

pytestmark = pytest.mark.chromium

OPEN, SECURE = "http://city.example", "https://city.example"
"""Over plain http a browser has no WebCrypto for any site but this machine's."""
LAST_LOADED = f"/static/verifier/{FILES[-1]}.js"


@pytest.fixture(scope="module")
def site(founded_sqlite: Path, tmp_path_factory):
    """A site; nobody logs in."""
    path = tmp_path_factory.mktemp("verify") / "town.db"
    shutil.copy(founded_sqlite, path)
    engine = open_database(f"sqlite:///{path}")
    opened = Site(Town(engine))
    yield opened
    opened.close()
    engine.dispose()


class Stranger:
    """A browser of nobody's at an address of its own; every request is answered by the site, and kept."""

    def __init__(self, chromium, site: Site, origin: str, english: bool, breaks: str = "") -> None:
        self.breaks = breaks
        self.context = chromium.new_context()
        self.page, self.sent, self.complaints = self.context.new_page(), [], []
        self.client = site.stranger(english).client
        self.context.route("**/*", lambda route: self._answer(route, origin))
        self.page.on("console", lambda message: self._hear(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(f"{origin}/verify")
        while not self._loaded():
            self.page.wait_for_timeout(50)
        self.loaded = len(self.sent)

    def _loaded(self) -> bool:
        """Whether the page has its files, and its worker too; or, where that breaks, has asked for it."""
        paths = [path.partition("?")[0] for _, path in self.sent]
        if self.breaks:
            return LAST_LOADED in paths and any(self.breaks in path for path in paths)
        return paths.count(LAST_LOADED) == 2

    def _answer(self, route, origin: str) -> None:
        request = route.request
        self.sent.append((request.method, request.url.removeprefix(origin)))
        if self.breaks and self.breaks in request.url:
            route.abort()
            return
        told = self.client.open(request.url.removeprefix(origin), method=request.method, buffered=True)
        kept = {name: value for name, value in told.headers.items() if name != "Set-Cookie"}
        route.fulfill(status=told.status_code, headers=kept, body=told.data)

    def _hear(self, complaint: str) -> None:
        if "Cross-Origin-Opener-Policy" not in complaint:  # which plain http cannot keep
            self.complaints.append(complaint)

    def asked_since(self) -> list[tuple[str, str]]:
        """What was asked for since the page and its worker were loaded; its icon a browser fetches when it likes."""
        return [each for each in self.sent[self.loaded :] if "favicon" not in each[1]]

    def check(self, name: str, content: bytes, target: str = "") -> tuple[str, dict[str, str]]:
        """The verdict's class, and the state of every claim, of a file that is dropped."""
        self.page.fill("#verify-target", target)
        self.page.set_input_files(
            "#verify-file", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        self.page.wait_for_function(
            "() => ['verified', 'partly', 'wrong'].includes(document.querySelector('#verify-verdict').className)"
        )
        claims = self.page.eval_on_selector_all(
            "#verify-claims li",
            "items => items.map(i => [i.getAttribute('data-claim'), i.className])",
        )
        return self.page.get_attribute("#verify-verdict", "class"), dict(claims)


def paired(kind: str) -> DrawnCase:
    """A case in which everybody was paired, after some bans where there can be any."""
    cases = (drawn_case(kind, seed) for seed in range(99))
    return next(
        case
        for case in cases
        if isinstance(case.outcome.pairing, GroupsPaired)
        or (isinstance(case.outcome.pairing, Paired) and case.outcome.pairing.bans)
    )


@pytest.fixture
def stranger(chromium, site):
    """Opens browsers; closes them after the test."""
    opened = []

    def browse(origin=OPEN, english=False, breaks=""):
        opened.append(Stranger(chromium, site, origin, english, breaks))
        return opened[-1]

    yield browse
    for each in opened:
        each.context.close()


@pytest.mark.parametrize(("origin", "secure"), [(OPEN, False), (SECURE, True)])
def test_a_bundle_is_followed_to_its_end_and_nothing_is_sent(stranger, origin, secure):
    browser = stranger(origin)
    assert browser.page.evaluate("Boolean(globalThis.crypto.subtle)") is secure
    for kind in KINDS:
        verdict, claims = browser.check("bundle.zip", pack(paired(kind).full()))
        assert verdict == "verified"
        assert claims.pop("published") == "unverifiable"
        assert set(claims.values()) == {"verified"}
        assert {"pairs.lawful", "bans", "pairs.optimal"} <= set(claims)
    assert all(method == "GET" and path.startswith(("/verify", "/static/")) for method, path in browser.sent)
    assert browser.asked_since() == []
    assert browser.complaints == []


def test_a_file_that_comes_while_another_is_checked_takes_its_place_and_nothing_is_asked_for(stranger):
    browser = stranger()
    large = pack(paired("per_target").full())
    for name, content in (
        ("bundle.zip", large),
        ("proof.json", drawn_case("per_target", 4, "rates").proof(0)),
    ):
        browser.page.set_input_files(
            "#verify-file", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
    browser.page.wait_for_selector("#verify-claims [data-claim=target]")
    assert browser.page.locator("#verify-claims [data-claim=drawn]").count() == 0
    assert browser.asked_since() == []


def test_without_a_worker_the_page_checks_by_itself(stranger):
    browser = stranger(breaks="worker.js")
    verdict, claims = browser.check("bundle.zip", pack(paired("per_target").full()))
    assert (verdict, claims["drawn"]) == ("verified", "verified")
    assert browser.asked_since() == []


def test_public_bundles_and_proofs_are_followed_as_far_as_they_reach(stranger):
    browser = stranger()
    for quota in ("rates", "total", "systematic"):
        case = drawn_case("per_target", 4, quota)
        verdict, claims = browser.check("public.zip", pack(case.public()))
        assert (verdict, claims["drawn"], claims["pairs.lawful"]) == ("partly", "verified", "unverifiable")
        verdict, claims = browser.check("proof.json", case.proof(0))
        assert verdict == ("partly" if quota == "systematic" else "verified")
        assert claims["target"] == "verified"


def test_the_first_wrong_thing_is_named_where_it_is(stranger):
    browser = stranger()
    case = paired("per_target")
    files = case.full()
    rows = files["drawn.csv"].decode().split("\n")
    rows[1], rows[2] = rows[2], rows[1]
    verdict, claims = browser.check("bundle.zip", pack(files | {"drawn.csv": "\n".join(rows).encode()}))
    assert (verdict, claims["drawn"]) == ("wrong", "wrong")
    assert browser.page.inner_text("#verify-verdict").startswith("不符：抽中。drawn.csv")
    told = json.loads(case.proof(0))
    verdict, claims = browser.check("proof.json", canonical({**told, "drawn": not told["drawn"]}))
    assert (verdict, claims["target"]) == ("wrong", "wrong")
    assert browser.page.inner_text("#verify-verdict").startswith("不符：本户。")
    verdict, claims = browser.check("proof.json", canonical({**told, "index": -1}))
    assert (verdict, claims) == ("wrong", {"proof.json": "wrong"})
    assert browser.page.inner_text("#verify-claims .verify-name") == "证明文件"
    for content in (b"", b"PK", b"{", b"\0" * 100):
        assert browser.check("bundle.zip", content)[0] in ("wrong", "partly")
    assert browser.complaints == []


def test_an_english_reader_is_told_in_english(stranger):
    browser = stranger(english=True)
    assert browser.check("bundle.zip", pack(paired("per_target").full()))[0] == "verified"
    assert "consistent" in browser.page.inner_text("#verify-verdict")
    assert "verified" in browser.page.inner_text("#verify-claims")
    told = json.loads(drawn_case("per_target", 4, "rates").proof(0))
    assert browser.check("proof.json", canonical({**told, "drawn": not told["drawn"]}))[0] == "wrong"
    assert browser.page.inner_text("#verify-verdict").startswith("Wrong: this target. ")


WORDS = """([keys, places]) => {
  const out = new Uint32Array(2 * places.length);
  const each = places.length / keys.length;
  keys.forEach((key, k) => {
    const stream = new Draw1.Philox(Draw1.fromHex(key));
    for (let n = k * each; n < (k + 1) * each; n++) {
      const word = stream.pair(places[n][0], places[n][1]);
      out[2 * n] = word[1];
      out[2 * n + 1] = word[0];
    }
  });
  let text = "";
  const bytes = new Uint8Array(out.buffer);
  for (let at = 0; at < bytes.length; at += 30000) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + 30000));
  }
  return btoa(text);
}"""


def test_the_browser_gives_the_words_of_the_vectors(stranger):
    known = of_vectors()
    [key] = {key for key, *_ in known}
    places = [(0, *place) if len(place) == 1 else tuple(place) for _, *place in known]
    told = stranger().page.evaluate(WORDS, [[f"{key:032x}"], places])
    found = [f"{word:016x}" for word in np.frombuffer(base64.b64decode(told), dtype="<u8").tolist()]
    assert found == list(known.values())


@pytest.mark.parametrize("cases", [200_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_all_three_give_the_same_words(stranger, cases):
    dice = random.Random(20261123)
    keys = [dice.getrandbits(128) for _ in range(cases // 1_000)]
    places = [(dice.getrandbits(dice.choice((0, 8, 24))), dice.getrandbits(30)) for _ in range(cases)]
    told = stranger().page.evaluate(WORDS, [[f"{key:032x}" for key in keys], places])
    theirs = np.frombuffer(base64.b64decode(told), dtype="<u8")
    of_case = [(keys[n // 1_000], t, j) for n, (t, j) in enumerate(places)]
    alone = np.array([verifier.word(key, j, t) for key, t, j in of_case], dtype=np.uint64)
    served = np.concatenate([tickets.words(key, j, 1, t) for key, t, j in of_case])
    assert np.array_equal(theirs, alone)
    assert np.array_equal(served, alone)
