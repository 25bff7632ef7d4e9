"""Whoever changes a bundle is found out: by the replay, and by the stand-alone verifier, each as far as it reaches."""

from __future__ import annotations

import pytest

from matching.bundle import Files, pack
from matching.refused import Refused
from matching.replay import replay
from matching.replayed import Differs
from matching.verifier import verify
from tests.matching.bundle_edits import Edit, edits, is_late, only_a_solver_sees, only_recorded, replay_looks
from tests.matching.drawn_cases import drawn_case

CASES = (
    *(
        ("per_target", seed, quota, public)
        for seed in (1, 4)
        for quota in ("rates", "systematic")
        for public in (False, True)
    ),
    *(("per_target", seed, "total", False) for seed in (0, 2, 3, 8)),
    *(("fixed", seed, quota, False) for seed in (0, 3) for quota in ("total", "systematic")),
)
"""Kind of teams, seed, quota, and whether the bundle is the public one: paired after bans, short in each way, weighted."""


def bundle_of(kind: str, seed: int, quota: str, public: bool) -> tuple[Files, list[Edit]]:
    """A bundle, and all its edits."""
    case = drawn_case(kind, seed, quota)
    files = case.public() if public else case.full()
    return files, list(edits(case, files))


def replayed(files: Files) -> bool:
    """Whether the replay finds nothing wrong."""
    try:
        return not isinstance(replay(pack(files)), Differs)
    except Refused:
        return False


def first_wrong(files: Files) -> str | None:
    """The wrong claim of the stand-alone verifier; it is the last one."""
    claims = verify(pack(files))
    wrong = [claim.claim for claim in claims if claim.state == "wrong"]
    assert wrong in ([], [claims[-1].claim])
    return wrong[0] if wrong else None


@pytest.mark.parametrize(
    ("of", "step"),
    [
        (CASES[1], 1),
        (CASES[8], 7),
        (CASES[13], 5),
        *(pytest.param(each, 1, marks=pytest.mark.long) for each in CASES),
    ],
)
def test_no_edit_of_a_bundle_goes_unseen(of, step):
    files, found = bundle_of(*of)
    assert replayed(files)
    assert first_wrong(files) is None
    assert len(found) > 300
    for edit in found[::step]:
        if replay_looks(edit):
            assert not replayed(edit.files), f"{edit.file} {edit.what}: not seen by the replay"
        if only_recorded(edit):
            continue
        claim = first_wrong(edit.files)
        if claim is None and only_a_solver_sees(edit):
            continue
        assert claim is not None, f"{edit.file} {edit.what}: not seen by the verifier"
        assert not is_late(claim, edit), f"{edit.file} {edit.what}: seen only as {claim}"


@pytest.mark.long
def test_they_are_ten_thousand():
    assert sum(len(bundle_of(*of)[1]) for of in CASES) > 10_000
