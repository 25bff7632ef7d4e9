"""Whoever changes a bundle is found out by the browser's verifier too, which was written from the protocol alone."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from matching.bundle import pack
from tests.matching.bundle_edits import is_late, only_a_solver_sees, only_recorded
from tests.matching.test_bundle_edits import CASES, bundle_of
from web.public.verify import FILES, PROGRAM

pytestmark = pytest.mark.chromium

AT_ONCE = 200
FIRST_WRONG = """async (bundles) => {
  const found = [];
  for (const text of bundles) {
    const told = await Draw1.verify(Uint8Array.from(atob(text), c => c.charCodeAt(0)), {every: Infinity});
    found.push([told.verdict, told.wrong, told.claims.length ? told.claims[told.claims.length - 1].claim : ""]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def program(chromium):
    """A page with the program and nothing else."""
    page = chromium.new_page()
    for name in FILES:
        page.add_script_tag(path=str(Path(PROGRAM) / f"{name}.js"))
    yield page
    page.close()


def _asked(program, bundles: list[bytes]) -> list[list[str | None]]:
    return program.evaluate(FIRST_WRONG, [base64.b64encode(each).decode() for each in bundles])


@pytest.mark.parametrize(
    ("of", "step"),
    [
        (CASES[1], 1),
        (CASES[8], 7),
        (CASES[13], 5),
        *(pytest.param(each, 1, marks=pytest.mark.long) for each in CASES),
    ],
)
def test_no_edit_of_a_bundle_goes_unseen_in_the_browser(program, of, step):
    files, found = bundle_of(*of)
    ((verdict, wrong, _),) = _asked(program, [pack(files)])
    assert (verdict, wrong) in (("verified", None), ("partly", None))
    looked = [edit for edit in found[::step] if not only_recorded(edit)]
    assert len(looked) > 200
    for start in range(0, len(looked), AT_ONCE):
        some = looked[start : start + AT_ONCE]
        for edit, (_, claim, last) in zip(
            some, _asked(program, [pack(each.files) for each in some]), strict=True
        ):
            if claim is None and only_a_solver_sees(edit):
                continue
            assert claim is not None, f"{edit.file} {edit.what}: not seen"
            assert claim == last
            assert not is_late(claim, edit), f"{edit.file} {edit.what}: seen only as {claim}"
