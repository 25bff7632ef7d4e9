"""`yaohao verify`: a sound bundle is accepted, and any one edit of it is refused and named."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from data.sample.city import city, write_city
from matching.bundle import pack, unpack
from matching.replay import replay
from matching.replayed import Differs
from matching.verifier import verify
from tests.city_plan import PLAN
from web.commands import main

FIXED = ("--secret", "5e" * 32, "--salt", "a1" * 32, "--entropy", "d10x20:31415926535897932384")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The joint petrol-station campaign of the sample city, drawn by the command."""
    folder = tmp_path_factory.mktemp("city")
    write_city(city(), folder)
    (folder / "plan.json").write_text(json.dumps(PLAN))
    files = (
        "--targets",
        "petrol_stations.csv",
        "--inspectors",
        "inspectors.csv",
        "--bars",
        "petrol_bars.csv",
    )
    named = [
        word if word.startswith("--") else str(folder / word)
        for word in (*files, "--pair-bars", "pair_bars.csv")
    ]
    plan, out = str(folder / "plan.json"), str(folder / "bundle.zip")
    done = CliRunner().invoke(
        main, ["draw", "--plan", plan, *named, *FIXED, "--out", out], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return unpack((folder / "bundle.zip").read_bytes())


def checked(files, tmp_path):
    (tmp_path / "bundle.zip").write_bytes(pack(files))
    return CliRunner().invoke(main, ["verify", str(tmp_path / "bundle.zip")], catch_exceptions=False)


def line(name, number, old, new):
    """An edit of one line of a file (header is line 0)."""

    def edit(files):
        lines = files[name].decode().split("\n")
        assert old in lines[number]
        lines[number] = lines[number].replace(old, new, 1)
        return files | {name: "\n".join(lines).encode()}

    return edit


def field(name, *path, value):
    """An edit of one value of a JSON file, written canonically."""

    def edit(files):
        told = json.loads(files[name])
        place = told
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value(place[path[-1]])
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return files | {name: text.encode()}

    return edit


def other_digit(text):
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def without_line(name, number):
    def edit(files):
        lines = files[name].split(b"\n")
        del lines[number]
        return files | {name: b"\n".join(lines)}

    return edit


def a_ticket(files):
    ticket = files["drawn.csv"].decode().split("\n")[1].split(",")[4]
    return line("drawn.csv", 1, ticket, other_digit(ticket))(files)


def another_quota(files):
    stratum, rows, quota, *_ = files["thresholds.csv"].decode().split("\n")[1].split(",")
    return line("thresholds.csv", 1, f"{stratum},{rows},{quota}", f"{stratum},{rows},{int(quota) + 1}")(files)


def an_unlawful_pair(files):
    """The first seat goes to the inspector of the second, who then sits twice."""
    first, second = (row.split(",") for row in files["pairs.csv"].decode().split("\n")[1:3])
    return line("pairs.csv", 1, first[2], second[2])(files)


EDITS = {
    "a ticket": a_ticket,
    "a pair": an_unlawful_pair,
    "a quota that is told": another_quota,
    "a quota of the plan": field("plan.json", "quota", "rates", "A", value=lambda _: "11/100"),
    "a row of targets": line("targets.tsv", 5, "加油站", "加油点"),
    "a row less": without_line("targets.tsv", 5),
    "the entropy": field("reveal.json", "entropy", value=other_digit),
    "a bar removed": without_line("bars.tsv", 1),
    "a pair bar removed": without_line("pair_bars.tsv", 1),
    "the digest of a table": field("commit.json", "tables", "targets", "digest", value=other_digit),
    "the commitment": field("commit.json", "commit", value=other_digit),
    "the seed": field("reveal.json", "seed", value=other_digit),
    "the secret": field("reveal.json", "secret", value=other_digit),
    "the salt secret": field("auditor.json", "salt_secret", value=other_digit),
    "a drawn row less": without_line("drawn.csv", 2),
    "a pair less": without_line("pairs.csv", 2),
    "the register": field("register.json", "entry", "commit", value=other_digit),
    "a file less": lambda files: {
        name: content for name, content in files.items() if name != "thresholds.csv"
    },
}


def test_the_bundle_as_drawn_is_accepted(bundle, tmp_path):
    done = checked(bundle, tmp_path)
    assert done.exit_code == 0
    assert "✓ replay" in done.output


def test_a_target_that_is_not_in_the_list_does_not_make_the_draw_wrong(bundle, tmp_path):
    (tmp_path / "bundle.zip").write_bytes(pack(bundle))
    done = CliRunner().invoke(
        main, ["verify", str(tmp_path / "bundle.zip"), "--target", "91000000"], catch_exceptions=False
    )
    assert done.exit_code == 2
    assert "? target: 91000000" in done.output
    assert "✗" not in done.output


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_any_one_edit_is_refused_and_named(bundle, tmp_path, edit):
    edited = edit(bundle)
    assert edited != bundle
    done = checked(edited, tmp_path)
    assert done.exit_code == 1
    assert done.stderr.startswith("✗")


def _swapped(files):
    """Two lawful teams exchange a member: nothing is against the rules but that it is not the cheapest pairing."""
    header, *rows = csv.reader(io.StringIO(files["pairs.csv"].decode()))
    for a, first in enumerate(rows):
        for b, second in enumerate(rows[:a]):
            if first[1] == second[1] and first[3] == second[3] == "member" and first[0] != second[0]:
                yield header, rows, a, b


def test_a_lawful_pairing_that_is_not_the_cheapest_is_found_by_its_certificate_or_by_solving_again(
    bundle, tmp_path
):
    from matching.draw.plan import read_plan
    from matching.draw.seed import stage_key
    from matching.pairing.costs import cost_of
    from matching.replay import _frame

    frame = _frame(bundle, read_plan(json.loads(bundle["plan.json"])))
    seed = bytes.fromhex(json.loads(bundle["reveal.json"])["seed"])
    table = bytes.fromhex(json.loads(bundle["commit.json"])["tables"]["inspectors"]["digest"])
    key = stage_key(seed, table, "match")
    for header, rows, a, b in _swapped(bundle):
        swapped = [list(row) for row in rows]
        swapped[a][2], swapped[b][2] = rows[b][2], rows[a][2]
        for row in (swapped[a], swapped[b]):
            row[4] = str(cost_of(key, frame.targets.index[row[0]], frame.inspectors.index[row[2]]))
        order = {department["code"]: place for place, department in enumerate(PLAN["departments"])}
        swapped.sort(
            key=lambda row: (frame.targets.index[row[0]], order[row[1]], frame.inspectors.index[row[2]])
        )
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *swapped])
        other = bundle | {"pairs.csv": text.getvalue().encode()}
        edited = {name: content for name, content in other.items() if name != "certificate.json"}
        if not any(claim.state == "wrong" for claim in verify(pack(edited))):
            break
    else:
        pytest.fail("no lawful swap was found to try")
    assert [claim.claim for claim in verify(pack(other)) if claim.state == "wrong"] == ["bans"]
    assert isinstance(replay(pack(edited)), Differs)
    done = checked(edited, tmp_path)
    assert done.exit_code == 1
    assert "✗ replay: pairs.csv" in done.stdout


@pytest.mark.parametrize(
    ("content", "code"),
    [
        *((each, "bundle.not_a_zip") for each in (b"", b"PK\x03\x04", b"not a zip", b"\0" * 1000)),
        (b'{"protocol":"draw-1/target"}', "bundle.is_a_proof"),
    ],
)
def test_of_what_is_no_bundle_nothing_is_said_of_the_draw(tmp_path, content, code):
    (tmp_path / "bundle.zip").write_bytes(content)
    done = CliRunner().invoke(main, ["verify", str(tmp_path / "bundle.zip")], catch_exceptions=False)
    assert done.exit_code == 2
    assert code in done.output
    assert "不成立" not in done.output
