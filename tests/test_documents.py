"""What the documents show is so: values are recomputed, commands are run, quoted constants are compared."""

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from matching import bundle
from matching.draw import tables, tickets
from matching.draw import weights as weights_of
from matching.draw.commitment import Secrets, commit, reveal
from matching.draw.frames import framed
from matching.draw.plan import read_plan
from matching.draw.seed import LOTTERIES, read_entropy, stage_key, witness_commitment
from matching.draw.tables import freeze_all, leaves, merkle_levels, merkle_path, salter
from matching.draw.targets import quota_by_rate, quotas_by_total
from matching.lottery import draw, pair
from matching.pairing.costs import REMAINDER_BITS
from matching.pairing.problem import staffing
from matching.pairing.solve import fill
from matching.replay import replay
from matching.replayed import Replayed
from matching.verifier import verify
from tests.matching.drawn_cases import drawn_case
from web.commands import main

ROOT = Path(__file__).parent.parent
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text()
README = (ROOT / "README.md").read_text()


# Reading a document


def fenced(kind):
    """The lines of all fenced blocks whose opening says `kind`."""
    blocks = re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", PROTOCOL, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line]


def pairs_of(lines):
    """`name = value` as pairs."""
    return [tuple(line.split(" = ", 1)) for line in lines]


def indented(heading):
    """The indented blocks below a heading of README.md, without their indent."""
    section = README.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    blocks = re.findall(r"(?:^    .*\n?)+", section, re.MULTILINE)
    return [re.sub("^    ", "", block, flags=re.MULTILINE) for block in blocks]


# The worked example of the protocol


class Example:
    """The tiny complete case of the protocol, drawn by the product from what the page gives."""

    def __init__(self, told):
        self.told = told
        self.plan = read_plan(json.loads(told["plan.json"]))
        self.frame = freeze_all(**{name: self._rows(name) for name in tables.COLUMNS})
        self.secrets = Secrets(bytes.fromhex(told["secret"]), bytes.fromhex(told["salt_secret"]))
        self.texts = [told["witness.1.text"], told["witness.2.text"]]
        reveals = [json.loads(told["reveal.1"]), json.loads(told["reveal.2"])]
        self.commitment = commit(
            self.plan, self.frame, self.secrets, [witness_commitment(text) for text in self.texts]
        )
        self.reveal = reveal(self.plan, self.commitment, self.secrets.secret, told["entropy"], reveals)
        strata = draw(self.plan, self.frame, self.commitment.seals, self.reveal.seed)
        self.outcome = pair(self.plan, self.frame, self.commitment.seals, self.reveal.seed, strata)

    def _rows(self, name):
        told = [value for key, value in self.told.items() if key.startswith(f"{name}.line.")]
        return [json.loads(value).split("\t") for value in told]

    def key(self, stage, table):
        return stage_key(self.reveal.seed, self.commitment.seals[table].digest, stage)

    def values(self):
        """Every value the page shows, under its name."""
        shown = {"philox.of.zero": " ".join(f"{word:016x}" for word in tickets.philox(0, 0))}
        shown |= self._digests()
        for table in self.frame.tables():
            shown |= self._table(table)
        return shown | self._seeds() | self._draw() | self._pairing()

    def _digests(self):
        made, texts = self.commitment, self.texts
        return {
            "plan.json": self.plan.text.decode(),
            "P": made.plan.hex(),
            "secret": self.secrets.secret.hex(),
            "S.frame": framed("secret", self.secrets.secret).hex(),
            "S": made.secret.hex(),
            "salt_secret": self.secrets.salt_secret.hex(),
            "Z": made.salt.hex(),
            "witness.1.text": texts[0],
            "witness.2.text": texts[1],
            "W.1": made.witnesses[0].hex(),
            "W.2": made.witnesses[1].hex(),
        }

    def _table(self, table):
        name, seal, secret = table.name, self.commitment.seals[table.name], self.secrets.salt_secret
        salt, levels = salter(secret, name), merkle_levels(leaves(table, secret))
        shown = {f"{name}.header": json.dumps(table.header)}
        for i, line in enumerate(table.lines):
            shown[f"{name}.line.{i}"] = json.dumps(line.decode(), ensure_ascii=False)
        shown[f"{name}.saltkey"] = tables.digest("saltkey", secret, name.encode()).hex()
        for i in range(len(table.rows)):
            shown[f"{name}.salt.{i}"] = salt(i).hex()
            shown[f"{name}.leaf.{i}"] = levels[0][i].hex()
        for height, level in enumerate(levels[1:-1], start=1):
            for place, node in enumerate(level):
                shown[f"{name}.node.{height}.{place}"] = node.hex()
        if name == "targets":
            shown["targets.path.2"] = json.dumps([[s, d.hex()] for s, d in merkle_path(levels, 2)])
            shown["targets.path.4"] = json.dumps([[s, d.hex()] for s, d in merkle_path(levels, 4)])
        return shown | {
            f"{name}.root": seal.root.hex(),
            f"{name}.ranges": json.dumps(seal.ranges, ensure_ascii=False, separators=(",", ":")),
            f"{name}.T": seal.digest.hex(),
        }

    def _seeds(self):
        return {
            "C": self.commitment.commit.hex(),
            "reveal.1": json.dumps(self.reveal.reveals[0], ensure_ascii=False),
            "reveal.2": json.dumps(self.reveal.reveals[1]),
            "R": self.reveal.reveals_digest.hex(),
            "entropy": self.reveal.entropy.text,
            "SEED": self.reveal.seed.hex(),
        }

    def _draw(self):
        key = self.key("targets", "targets")
        shown = {"K.targets": f"{key:032x}"}
        for i in range(len(self.frame.targets.rows)):
            shown[f"ticket.{i}"] = f"{tickets.word(key, i):016x}"
        for stratum in self.outcome.strata:
            shown[f"quota.{stratum.stratum}"] = str(stratum.quota)
        return shown

    def _pairing(self):
        key, drawn = (
            self.key("match", "inspectors"),
            sorted(int(i) for each in self.outcome.strata for i in each.indexes),
        )
        shown = {"K.match": f"{key:032x}"}
        for t in drawn:
            for j in range(len(self.frame.inspectors.rows)):
                word = tickets.pair_word(key, t, j)
                parts = word >> REMAINDER_BITS, word % 2**REMAINDER_BITS
                shown[f"w.{t}.{j}"] = f"{word:016x} {parts[0]} {parts[1]}"
        first = staffing(self.plan.departments[0], self.frame, drawn, key)
        answer = fill(first, self.plan.objectives)
        for position, t in enumerate(drawn):
            team = [first.taker[place] for place in answer.taken if first.target[place] == position]
            shown[f"first.{t}"] = " ".join(map(str, team))
        return shown

    def files(self):
        """The example as a full bundle."""
        times = "2026-11-22T09:00:00+08:00", "2026-11-22T15:00:00+08:00"
        register = bundle.register_entry(self.plan, self.commitment, False, True, *times)
        return bundle.full_bundle(
            self.plan,
            self.frame,
            self.secrets,
            self.commitment,
            [],
            self.reveal,
            register,
            bundle.draw_files(self.plan, self.frame, self.outcome),
            "外部随机性 66 比特 66 bits of outside entropy; self-drawn\n",
        )


@pytest.fixture(scope="module")
def example():
    return Example(dict(pairs_of(fenced("values"))))


def test_every_value_of_the_worked_example_is_what_the_product_computes(example):
    shown = pairs_of(fenced("values"))
    assert len(dict(shown)) == len(shown)
    assert dict(shown) == example.values()


@pytest.mark.parametrize("name", ["drawn.csv", "thresholds.csv", "pairs.csv", "bans.csv", "changes.csv"])
def test_the_files_of_the_worked_example_are_what_the_product_writes(example, name):
    assert "\n".join([*fenced(f"csv {name}"), ""]).encode() == example.files()[name]


def test_the_sm3_values_of_the_worked_example_are_right(example):
    if "sm3" not in hashlib.algorithms_available:
        pytest.skip("this machine has no SM3")
    made = example.commitment
    told = {
        "S": made.sm3["secret"],
        "C": made.sm3["commit"],
        "targets.tsv": made.seals["targets"].sm3,
    }
    assert dict(pairs_of(fenced("sm3"))) == told


def test_the_worked_example_passes_both_checks(example):
    packed = bundle.pack(example.files())
    claims = verify(packed)
    assert {claim.claim: claim.detail for claim in claims if claim.state == "wrong"} == {}
    assert any(claim.state == "verified" and "T-4" in claim.detail for claim in verify(packed, "T-4"))
    assert isinstance(replay(packed), Replayed)


# What the protocol quotes


def test_the_constants_of_the_generator_are_the_products():
    quoted = dict(re.findall(r"\b([MW][01]) = (0x[0-9A-F]{16})", PROTOCOL))
    product = zip(("M0", "M1", "W0", "W1"), (*tickets._MULTIPLIERS, *tickets._WEYL), strict=True)
    assert quoted == {name: f"0x{value:016X}" for name, value in product}
    assert f"{tickets._ROUNDS} times:" in PROTOCOL
    assert f"w mod 2^{REMAINDER_BITS}" in PROTOCOL


def test_the_columns_of_the_frozen_tables_are_the_products():
    section = PROTOCOL.split("## 3 Frozen tables", 1)[1].split("\n\n- ", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)
    assert {name: tuple(re.findall(r"`(\w+)`", columns)) for name, columns in rows} == tables.COLUMNS


def test_the_headers_of_the_csv_files_are_the_products():
    section = PROTOCOL.split("### 11.2 CSV files", 1)[1].split("\n## ", 1)[0]
    quoted = re.findall(r"^\| (`.*?) \| `([a-z_,]+)` \|", section, re.MULTILINE)
    assert {file.replace("`", ""): tuple(header.split(",")) for file, header in quoted} == {
        "drawn.csv": bundle.DRAWN,
        "thresholds.csv": bundle.THRESHOLDS,
        "groups.csv": bundle.GROUPS,
        "pairs.csv": bundle.PAIRS,
        "pairs.csv, fixed": bundle.GROUP_PAIRS,
        "bans.csv": bundle.BANS,
        "changes.csv": bundle.CHANGES,
    }


def test_every_file_of_a_bundle_is_in_the_protocols_list(example):
    section = PROTOCOL.split("\n## 11 The bundle", 1)[1].split("\n### ", 1)[0]
    listed = {name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in row.split("`")}
    assert set(example.files()) <= listed


@pytest.mark.parametrize(("text", "bits"), pairs_of(fenced("bits")))
def test_the_bits_of_an_entropy_are_counted_as_the_protocol_says(text, bits):
    assert read_entropy(text).bits == (None if bits == "unknown" else int(bits))


def test_the_bits_of_the_named_lotteries_are_the_products():
    lines = re.findall(r"^- `(\w+)` \(\w+\) has (\d+): an issue has (.*)", PROTOCOL, re.MULTILINE)
    balls = {name: re.findall(r"(\d+) (?:different )?(?:balls )?of (\d+)", told) for name, _, told in lines}
    assert {name: tuple((int(n), int(of)) for n, of in told) for name, told in balls.items()} == LOTTERIES
    assert {bits for _, bits, _ in lines} == {"24"}


@pytest.mark.parametrize(("case", "quota"), pairs_of(fenced("quotas")))
def test_a_quota_is_reckoned_as_the_protocol_says(case, quota):
    kind, number, _, *rest = case.replace(",", "").split(" ")
    sizes = [int(each) for each in rest if each.isdigit()]
    if kind == "rate":
        given = [quota_by_rate(Fraction(number), *sizes, case.endswith("at least one"))]
    else:
        given = quotas_by_total(int(number), sizes)
    assert ", ".join(map(str, given)) == quota


@pytest.mark.parametrize(("case", "drawn"), pairs_of(fenced("systematic")))
def test_a_weighted_pool_is_drawn_as_the_protocol_says(case, drawn):
    number, weights, begins = re.fullmatch(r"(\d+) of ([\d, ]+) at (\d+)", case).groups()
    sample = weights_of.sampling(int(number), [int(each) for each in weights.split(", ")])
    rows = weights_of.covered(sample, int(begins)).tolist()
    assert ", ".join(map(str, rows)) == drawn.replace("none", "")


@pytest.mark.parametrize(("case", "begins"), pairs_of(fenced("begin")))
def test_the_points_begin_where_the_protocol_says(case, begins):
    key, weight = case.split(" ")
    assert weights_of.begin(int(key, 16), int(weight)) == int(begins)


def test_the_fields_of_a_targets_proof_are_the_products():
    section = PROTOCOL.split("\n### 11.3 The proof of one target", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    listed = {name for row in rows for name in re.findall("`([a-z_]+)`", row)}
    told = [json.loads(drawn_case("per_target", 4, quota).proof(0)) for quota in ("total", "systematic")]
    assert listed == {*told[0], *told[1], "successor"}


# Links between documents


def anchors(text):
    """The anchors that the headings of a page have."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md"))]
)
def test_every_link_to_a_page_of_ours_leads_somewhere(page):
    here = ROOT / page
    links = re.findall(r"\]\(\s*([^)\s]*)\s*\)", here.read_text())
    ours = [link for link in links if not link.startswith("http")]
    for link in ours:
        path, _, anchor = link.partition("#")
        there = (here.parent / path) if path else here
        assert there.is_file(), link
        assert not anchor or anchor in anchors(there.read_text()), link


# The commands of README.md, run as shown

OWN_DRAW = "A draw of your own"
PLAN_SHOWN, COMMANDS_SHOWN = indented(OWN_DRAW)[:2]
TARGETS = [f"9199010{n},加油站{n},{'ABCD'[n % 4]},32060{n % 2}" for n in range(10)]
INSPECTORS = [
    f"{code}-{n},检查员{n},{code},{'lead' if n % 2 else ''},*,,{9}"
    for code in ("AMR", "FIRE")
    for n in range(6)
]


def run(command, folder):
    """A command as a person would type it, with the `yaohao` of this environment."""
    binaries = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": binaries + os.pathsep + os.environ["PATH"]}
    return subprocess.run(
        shlex.split(command), cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


def commands(block):
    """The commands of a block; a backslash at the end of a line goes on in the next."""
    return block.replace("\\\n", " ").strip().splitlines()


@pytest.fixture
def folder(tmp_path):
    """The plan of README.md, and small registries under the headings that it names."""
    (tmp_path / "plan.json").write_text(PLAN_SHOWN)
    headings = {
        name: re.search(rf"`{name}` \((.*?)\)", README, re.DOTALL)[1] for name in ("targets", "inspectors")
    }
    assert headings["targets"].replace(" ", "").split(",") == ["id", "name", "stratum", "region"]
    columns = ["id", "name", "department", "qualifications", "regions", "home", "capacity"]
    assert headings["inspectors"].replace(" ", "").replace("\n", "").split(",") == columns
    (tmp_path / "targets.csv").write_text("\n".join(["id,name,stratum,region", *TARGETS, ""]))
    (tmp_path / "inspectors.csv").write_text("\n".join([",".join(columns), *INSPECTORS, ""]))
    return tmp_path


def test_the_plan_shown_in_the_readme_is_a_plan():
    plan = read_plan(json.loads(PLAN_SHOWN))
    assert [department.code for department in plan.departments] == ["AMR", "FIRE"]


def test_the_draw_shown_in_the_readme_runs_as_shown_and_its_bundle_passes(folder):
    shown = commands(COMMANDS_SHOWN)
    assert [command.split()[1] for command in shown] == ["draw", "draw", "report"]
    committed, drawn, reported = (run(command, folder) for command in shown)
    ended = committed.returncode, drawn.returncode, reported.returncode
    assert ended == (0, 0, 0), committed.stderr + drawn.stderr + reported.stderr
    assert (folder / "report.html").exists()
    told = json.loads((folder / "commit.json").read_text())
    assert committed.stdout.strip() == told["commit"]
    assert run("yaohao verify bundle.zip", folder).returncode == 0
    verifier = f"{shlex.quote(str(ROOT / 'matching' / 'verifier.py'))} bundle.zip"
    assert run(f"python3 -I {verifier}", folder).returncode == 0
    checked = run(f"python3 -I {verifier} --target 91990103", folder)
    assert checked.returncode == 0
    assert "91990103" in checked.stdout


def test_a_bad_row_stops_the_draw_shown_and_every_bad_row_is_told(folder):
    with (folder / "targets.csv").open("a") as registry:
        registry.write("91990100,又一个,A,320600\n,无编号,A,320600\n")
    stopped = run(commands(COMMANDS_SHOWN)[0], folder)
    assert stopped.returncode == 2
    assert not (folder / "commit.json").exists()
    for line, column, code in (("12", "id", "id_twice"), ("13", "id", "empty")):
        assert any(
            {line, column, code} <= set(re.findall(r"\w+", told)) for told in stopped.stderr.splitlines()
        )


def test_a_shortage_ends_the_draw_shown_with_its_own_code_and_is_told_as_json(folder):
    registry = folder / "inspectors.csv"
    registry.write_text(registry.read_text().replace(",9\n", ",0\n"))
    committed, drawn = (run(command, folder) for command in commands(COMMANDS_SHOWN)[:2])
    assert (committed.returncode, drawn.returncode) == (0, 3), committed.stderr + drawn.stderr
    causes = json.loads(drawn.stdout)["shortage"]
    assert [(cause["kind"], cause["department"]) for cause in causes] == [("seats", "AMR"), ("seats", "FIRE")]
    checked = run("yaohao verify bundle.zip", folder)
    assert checked.returncode == 0, checked.stdout


def test_the_help_that_the_readme_names_is_there():
    commands = set(re.findall(r"`yaohao ([a-z]+)(?: --help)?`", README))
    assert len(commands) > 5
    for command in commands:
        assert CliRunner().invoke(main, [command, "--help"]).exit_code == 0, command
