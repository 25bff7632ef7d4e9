"""Commit, reveal, seed: what binds, what is refused, how many bits came from outside."""

import pytest

from matching.draw.commitment import Secrets, commit, differences, reveal
from matching.draw.plan import read_plan
from matching.draw.seed import read_entropy, reveals_digest, witness_commitment
from matching.draw.tables import freeze_all
from matching.refused import Refused

SECRETS = Secrets(b"s" * 32, b"z" * 32)
PLAN = {
    "purpose": "x",
    "quota": {"total": 1},
    "teams": "per_target",
    "departments": [{"code": "AMR", "size": 1, "leads": 0}],
    "objectives": ["tickets"],
}
TARGETS = [("A", "1", "", "甲"), ("A", "2", "", "乙")]
INSPECTORS = [("AMR", "a", "", "", "*", "1", "张"), ("AMR", "b", "", "", "*", "1", "李")]
WITNESS = "公证处见证 2026-11-22 7f3a"


def _commitment(plan=PLAN, targets=TARGETS, bars=(), pair_bars=(), secrets=SECRETS, witnesses=(WITNESS,)):
    frame = freeze_all(targets, INSPECTORS, bars, pair_bars)
    return commit(read_plan(plan), frame, secrets, [witness_commitment(text) for text in witnesses])


def test_everything_that_is_fixed_changes_the_commitment_and_is_named():
    base = _commitment()
    others = {
        "plan": _commitment(plan={**PLAN, "purpose": "y"}),
        "tables.targets": _commitment(targets=TARGETS[:1]),
        "tables.bars": _commitment(bars=[("a", "1", "kinship")]),
        "tables.pair_bars": _commitment(pair_bars=[("a", "b", "kinship")]),
        "secret": _commitment(secrets=Secrets(b"t" * 32, b"z" * 32)),
        "witnesses": _commitment(witnesses=("另一位见证人的另一段文字 123",)),
    }
    for part, other in others.items():
        assert set(differences(base.told(), other)) == {part, "commit"}
    assert differences(base.told(), _commitment()) == []
    assert len({base.commit, *(each.commit for each in others.values())}) == 7


def test_the_seed_depends_on_secret_reveals_and_entropy():
    plan, base = read_plan(PLAN), _commitment()
    seeds = {
        reveal(plan, base, SECRETS.secret, "text:a", [WITNESS]).seed,
        reveal(plan, base, SECRETS.secret, "text:b", [WITNESS]).seed,
        reveal(plan, base, SECRETS.secret, "text:a", [None]).seed,
    }
    assert len(seeds) == 3
    with pytest.raises(Refused, match=r"secret\.other"):
        reveal(plan, base, b"t" * 32, "text:a", [WITNESS])


def test_a_witness_can_reveal_only_what_was_committed():
    plan, base = read_plan(PLAN), _commitment()
    with pytest.raises(Refused, match=r"witness\.other_reveal") as told:
        reveal(plan, base, SECRETS.secret, "text:a", [WITNESS + "!"])
    assert told.value.params == {"witness": 1}, "people count witnesses from one"
    with pytest.raises(Refused, match=r"witness\.count"):
        reveal(plan, base, SECRETS.secret, "text:a", [])
    with pytest.raises(Refused, match=r"witness\.empty_reveal"):
        reveals_digest([""])


def test_secrets_never_show_themselves():
    assert "s" * 8 not in repr(SECRETS)
    assert SECRETS.secret.hex() not in repr(SECRETS)


def test_a_secret_of_another_length_is_refused():
    with pytest.raises(Refused, match=r"secret\.length"):
        _commitment(secrets=Secrets(b"s" * 31, b"z" * 32))


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("d10x20:31415926535897932384", 66),
        ("d6x25:1234561234561234561234561", 64),
        ("lottery:ssq:2026133:03-07-12-19-25-31-09", 24),
        (
            "lottery:ssq:2026133+2026134+2026135:03-07-12-19-25-31-09+01-02-03-04-05-06-07+11-12-13-14-15-16-01",
            72,
        ),
        ("lottery:快乐8:2026310:01-02", None),
        ("lottery:ssq:2026-133:03-07-12-19-25-31-09", 24),
        ("beacon:" + "ab" * 32 + ":4567890:" + "0f" * 32, 256),
        ("text:随便写的", 0),
    ],
)
def test_the_bits_from_outside_are_counted(text, bits):
    assert read_entropy(text).bits == bits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31415926535897932384",
        "d10x20:3141592653589793238",
        "d10x20:314159265358979323846",
        "d10x20:３1415926535897932384",
        "d10x20:31415926535897932384\n",
        "d6x25:1234567123456123456123456",
        "lottery:ssq:2026133:3-07",
        "lottery:ssq:2026133+2026134:03-07",
        "lottery::2026133:03-07",
        "lottery:ssq:2026133:03-07-12-19-25-31",
        "lottery:ssq:2026133+2026133:03-07-12-19-25-31-09+03-07-12-19-25-31-09",
        "lottery:ssq:2026133:03-07-12-19-25-34-09",
        "lottery:ssq:2026133:00-07-12-19-25-31-09",
        "lottery:ssq:2026133+2026134:03-07-12-19-25-31-09+03-07",
        "beacon:AB:1:00",
        "beacon:ab:01:00",
        "beacon:ab:1:0",
        "text:",
        "dice:1",
    ],
)
def test_entropy_in_another_spelling_is_refused(text):
    with pytest.raises(Refused, match=r"entropy\.form"):
        read_entropy(text)


def test_only_the_source_that_the_plan_names_is_taken():
    named = "lottery:ssq:2026133"
    assert read_entropy(named + ":03-07-12-19-25-31-09", named).bits == 24
    with pytest.raises(Refused, match=r"entropy\.other_source"):
        read_entropy("lottery:ssq:2026134:03-07-12-19-25-31-09", named)


@pytest.mark.parametrize(
    ("named", "earlier", "text", "code"),
    [
        ("d10x20", ["d10x20:" + "1" * 20], "d10x20:" + "2" * 20, None),
        ("d10x20", ["d10x20:" + "1" * 20], "d10x20:" + "1" * 20, "entropy.known_before"),
        ("d10x20", ["d10x20:" + "1" * 20], "d6x25:" + "1" * 25, "entropy.other_source"),
        ("beacon:ab:99", ["beacon:ab:99:00"], "beacon:ab:100:01", None),
        ("beacon:ab:99", ["beacon:ab:99:00"], "beacon:ab:99:00", "entropy.known_before"),
        ("beacon:ab:99", ["beacon:ab:99:00"], "beacon:ab:98:01", "entropy.known_before"),
        ("beacon:ab:99", ["beacon:ab:99:00"], "beacon:cd:100:01", "entropy.other_source"),
        ("beacon:ab:99", ["beacon:ab:99:00", "beacon:ab:105:00"], "beacon:ab:101:01", "entropy.known_before"),
        ("lottery:kl8:2026009", ["lottery:kl8:2026009:01"], "lottery:kl8:2026010:02", None),
        ("lottery:kl8:2026009", ["lottery:kl8:2026009:01"], "lottery:kl8:2026009:01", "entropy.known_before"),
        ("lottery:kl8:1+2", ["lottery:kl8:1+2:01+02"], "lottery:kl8:2+3:02+03", "entropy.known_before"),
        ("lottery:kl8:1+2", ["lottery:kl8:1+2:01+02"], "lottery:kl8:3+4:03+04", None),
        (None, ["beacon:ab:99:00"], "beacon:ab:99:00", "entropy.known_before"),
        (None, ["beacon:ab:99:00"], "d10x20:" + "1" * 20, None),
    ],
)
def test_a_further_attempt_takes_what_nobody_knew_when_it_was_committed(named, earlier, text, code):
    if code is None:
        assert read_entropy(text, named, earlier).text == text
        return
    with pytest.raises(Refused) as refused:
        read_entropy(text, named, earlier)
    assert refused.value.code == code
