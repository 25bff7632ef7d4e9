"""Public bundles (公开证据包): they show what was drawn and nothing of whom, and no change in one goes unseen."""

import json

import pytest

from matching.bundle import pack
from matching.draw.frames import canonical
from matching.refused import Refused
from matching.replay import replay
from matching.replayed import Differs, Replayed
from tests.matching.drawn_cases import KINDS, drawn_case

QUOTAS = ("rates", "total", "systematic")


@pytest.mark.parametrize("quota", QUOTAS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_public_bundle_is_drawn_again_from_what_it_holds(kind, quota):
    for seed in range(30):
        files = drawn_case(kind, seed, quota).public()
        again = replay(pack(files))
        assert isinstance(again, Replayed), f"seed {seed}: {again}"
        assert set(again.files) == {
            name for name in files if name in ("drawn.csv", "thresholds.csv", "systematic.json")
        }


@pytest.mark.parametrize("kind", KINDS)
def test_a_public_bundle_names_no_person_and_no_target_that_was_not_drawn(kind):
    for seed in range(30):
        case = drawn_case(kind, seed, "systematic")
        shown = b"".join(case.public().values())
        drawn = {int(i) for stratum in case.outcome.strata for i in stratum.indexes}
        hidden = [row for i, row in enumerate(case.frame.targets.rows) if i not in drawn]
        assert not [row for row in hidden if row[1].encode() in shown or row[3].encode() in shown]
        assert not [
            row for row in case.frame.inspectors.rows if row[1].encode() in shown or row[6].encode() in shown
        ]
        assert case.secrets.salt_secret.hex().encode() not in shown
        assert all(case.frame.targets.rows[i][1].encode() in shown for i in drawn), (
            "the search would find nothing"
        )


def value_edits(value):
    """Each value in a JSON value changed, and each key taken out."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1)
        case str():
            yield value[:-1] if value else "x"
            yield value[:-1] + ("1" if value[-1:] != "1" else "2")
        case None:
            yield ""
        case list():
            for place, each in enumerate(value):
                yield value[:place] + value[place + 1 :]
                for change in value_edits(each):
                    yield [*value[:place], change, *value[place + 1 :]]
            if value != value[::-1]:
                yield value[::-1]
        case dict():
            for name, each in value.items():
                yield {other: value[other] for other in value if other != name}
                for change in value_edits(each):
                    yield {**value, name: change}


def edits(files):
    """A bundle with one thing changed: a value of its JSON, a byte or a line of its other files, or a file taken out."""
    for name, content in files.items():
        if name in NOT_DECIDED:
            continue
        yield f"without {name}", {other: files[other] for other in files if other != name}
        if name.endswith(".json"):
            for changed in value_edits(json.loads(content)):
                yield f"{name}: {changed!r:.200}", {**files, name: canonical(changed)}
            continue
        lines = content.split(b"\n")
        for place in range(len(lines) - 1):
            yield f"{name}: line {place} out", {**files, name: b"\n".join(lines[:place] + lines[place + 1 :])}
            twice = lines[: place + 1] + lines[place:]
            yield f"{name}: line {place} twice", {**files, name: b"\n".join(twice)}
            for at in range(len(lines[place])):
                other = b"0" if lines[place][at : at + 1] != b"0" else b"1"
                line = lines[place][:at] + other + lines[place][at + 1 :]
                yield (
                    f"{name}: {line!r}",
                    {**files, name: b"\n".join([*lines[:place], line, *lines[place + 1 :]])},
                )


NOT_DECIDED = ("README.txt", "register.json")
"""What a replay does not make again: the stand-alone verifier holds these against the rest."""

RECORDED = ("sm3", "published")
"""What commit.json and reveal.json record beside: SM3 where this machine has it, and where C was published."""


def _only_recorded(name, before, after):
    if not name.startswith(("commit.json", "reveal.json")):
        return False
    one, two = (json.loads(files[name.split(":")[0]]) for files in (before, after))

    def stripped(told):
        told = {key: value for key, value in told.items() if key not in RECORDED}
        if "tables" in told and all(isinstance(each, dict) for each in told["tables"].values()):
            told["tables"] = {
                t: {k: v for k, v in each.items() if k != "sm3"} for t, each in told["tables"].items()
            }
        return told

    return stripped(one) == stripped(two)


@pytest.mark.parametrize("quota", QUOTAS)
def test_nothing_that_follows_can_be_changed_unseen(quota):
    tried = 0
    files = drawn_case("per_target", 4, quota).public()
    for what, changed in edits(files):
        if what.startswith("without") is False and _only_recorded(what, files, changed):
            continue
        tried += 1
        assert _refused(changed), what
    assert tried > 600


def _refused(files):
    try:
        return isinstance(replay(pack(files)), Differs)
    except Refused:
        return True
