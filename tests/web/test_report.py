"""The report of a draw says what the bundle says, to whom it may concern, and nothing a bundle smuggles in."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from matching.refused import Refused
from scheduler.inspection.audit import Checked, Claim, Differs, Replayed, check_bundle
from web.report import CHART, CLAIMS, Load, Loads, report, style

NAMES = {"AMR": "市场监督管理局", "320602": "崇川区"}
VERIFIED = Checked((Claim("drawn", "verified", "抽中 11 drawn"),), Replayed(("drawn.csv",)))


class Page(HTMLParser):
    """The page's text, its elements, and the cells of its table of drawn targets, row by row."""

    def __init__(self, html):
        super().__init__()
        self.text, self.elements, self.rows = "", [], []
        self.hidden = self.within = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.hidden = self.hidden or tag == "style"
        self.within = self.within or dict(attributes).get("id") == "drawn-targets"
        if self.within and tag == "tr":
            self.rows.append([])
        if self.within and tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.hidden = self.hidden and tag != "style"
        self.within = self.within and tag != "table"

    def handle_data(self, data):
        self.text += "" if self.hidden else data
        if self.within and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def rows_of(files, name):
    return list(csv.DictReader(io.StringIO(files[name].decode())))


def shown(drawn, names=NAMES):
    return Page(report(drawn.files, check_bundle(drawn.packed()), names))


@pytest.fixture(scope="module")
def drawn(draw_case):
    return draw_case()


@pytest.fixture(scope="module")
def page(drawn):
    return shown(drawn)


def test_each_drawn_target_has_a_row_with_its_ticket_and_its_whole_team(drawn, page):
    told = rows_of(drawn.files, "drawn.csv")
    _, *rows = page.rows
    assert len(rows) == len(told) > 0
    for row, each in zip(rows, told, strict=True):
        team = {
            pair["inspector_id"]
            for pair in rows_of(drawn.files, "pairs.csv")
            if pair["target_id"] == each["id"]
        }
        assert each["id"] in row[2]
        assert each["ticket"] in row[3]
        assert set(re.findall(r"[A-Z]+-\d+", " ".join(row[4:]))) == team


def test_the_lead_of_a_team_is_marked_and_stands_first(drawn, page):
    leads = {
        (p["target_id"], p["inspector_id"]) for p in rows_of(drawn.files, "pairs.csv") if p["role"] == "lead"
    }
    for row in page.rows[1:]:
        for cell in row[4:]:
            marked = [person for person in cell.split("\n") if "组长" in person]
            assert len(marked) == 1
            assert marked[0] == next(person for person in cell.split("\n") if person)
            assert any(target in row[2] and inspector in marked[0] for target, inspector in leads)


def test_names_of_departments_and_regions_stand_where_they_are_known_and_codes_where_not(page):
    header, *rows = page.rows
    assert header[4].startswith("市场监督管理局")
    assert "FIRE" in header[6] or "FIRE" in header[5]
    assert any(row[3].startswith("崇川区") for row in rows)
    assert not any("320602" in row[3] for row in rows)


def test_every_digest_the_secret_the_entropy_and_the_seed_can_be_copied(drawn, page):
    committed, opened = (json.loads(drawn.files[name]) for name in ("commit.json", "reveal.json"))
    digests = [committed[name] for name in ("commit", "plan", "secret", "salt")]
    digests += [table["digest"] for table in committed["tables"].values()]
    digests += [opened[name] for name in ("secret", "entropy", "seed", "reveals_digest")]
    assert [digest for digest in digests if digest not in page.text] == []


def test_strata_show_rows_quota_and_the_inclusion_probability_as_a_fraction(drawn, page):
    for row in rows_of(drawn.files, "thresholds.csv"):
        assert f"{row['quota']}/{row['rows']}" in page.text
        assert row["ticket"] in page.text


def test_a_claim_has_its_sign_and_a_name_in_chinese(draw_case):
    for case in ("complete_case", "complete_case_fixed", "complete_case_shortage"):
        checked = check_bundle(draw_case(case).packed())
        assert not checked.wrong, checked.first_wrong
        assert {claim.claim for claim in checked.claims} <= CLAIMS.keys()


def test_markup_in_a_name_is_shown_as_text(draw_case):
    name = "<script>alert(1)</script>{{7*7}}\"'&amp;"
    page = shown(draw_case(target_name=name, purpose=name), {"AMR": name})
    assert "script" not in {tag for tag, _ in page.elements}
    assert page.rows[0][4].startswith(name)
    assert all(row[2].startswith(name) for row in page.rows[1:])


def test_the_page_stands_alone_without_script_request_or_inline_style(page):
    tags = [tag for tag, _ in page.elements]
    attributes = {(name, value) for _, each in page.elements for name, value in each.items()}
    assert tags.count("style") == 1
    assert not {"script", "img", "iframe", "object", "base", "form"} & set(tags)
    assert not [name for name, _ in attributes if name == "style" or name.startswith("on")]
    links = {value for name, value in attributes if name in ("href", "src", "action", "xlink:href")}
    assert {link for link in links if not link.startswith("#")} == {"bundle.zip", "verifier.py", "data:,"}
    assert not re.search(r"url\(|@import|</", style())


def test_the_style_sheet_asks_for_nothing_newer_than_chromium_90():
    newer = (
        r":has\(|color-mix\(|@container|@layer|@scope|[0-9][dsl]v[hw]\b|light-dark\(|oklch\(|accent-color|&"
    )
    assert re.findall(newer, style()) == []


def test_a_bundle_with_something_wrong_shows_what_is_wrong_and_no_result(drawn):
    told = drawn.files["drawn.csv"].decode()
    forged = drawn.files | {"drawn.csv": told.replace(",1,", ",2,", 1).encode()}
    wrong = Checked((Claim("plan", "verified", "P"), Claim("drawn", "wrong", "drawn.csv 第2行 line 2")), None)
    page = Page(report(forged, wrong, NAMES))
    assert "有不符之处" in page.text
    assert "drawn.csv 第2行" in page.text
    assert "复核通过" not in page.text
    assert page.rows == []
    assert not [row["id"] for row in rows_of(drawn.files, "drawn.csv") if row["id"] in page.text]


def test_a_bundle_so_damaged_that_it_cannot_be_read_still_has_a_report():
    wrong = Checked((Claim("members", "wrong", "缺少文件 missing"),), None)
    assert "缺少文件" in Page(report({}, wrong, {})).text


@pytest.mark.parametrize(
    ("again", "sentence"),
    [
        (Differs("pairs.csv", 3, "a,b", "a,c"), "pairs.csv 第 3 行"),
        (Refused("replay.other_seed"), "种子与承诺、揭示和随机数不符"),
    ],
)
def test_a_replay_that_came_out_otherwise_is_wrong_and_told(drawn, again, sentence):
    page = Page(report(drawn.files, Checked(VERIFIED.claims, again), NAMES))
    assert sentence in page.text
    assert page.rows == []


def test_a_draw_published_before_with_enough_bits_of_a_named_source_carries_no_warning(draw_case):
    page = shown(draw_case(plan_entropy="d10x20"))
    assert "另有警告" not in page.text
    assert not [each for tag, each in page.elements if "warn" in each.get("class", "")]


@pytest.mark.parametrize(
    ("entropy", "published", "warning"),
    [
        ("text:今天天气很好", None, "外部随机性为 0 比特"),
        ("lottery:ssq:2026133:03-07-12-19-25-31-09", None, "外部随机性只有 24 比特"),
        ("lottery:abc:1:03-07", None, "外部随机性不详"),
        ("d6x25:1234561234561234561234561", (), "自抽"),
        ("d6x25:1234561234561234561234561", None, "来源未定"),
    ],
)
def test_a_weakness_of_the_draw_is_told_before_the_result(draw_case, entropy, published, warning):
    weak = draw_case(entropy=entropy, **({} if published is None else {"published": published}))
    text = Page(report(weak.files, VERIFIED, NAMES)).text
    assert 0 < text.index("另有警告") < text.index(warning) < text.index("抽中对象与检查组")


def test_a_shortage_is_told_by_department_and_nobody_is_paired(draw_case):
    short = draw_case("complete_case_shortage")
    page = shown(short)
    told = json.loads(short.files["shortage.json"])["shortage"]
    assert told
    for cause in told:
        assert (
            f"共需 {cause['demand']} 个席位，最多能填 {cause['greatest']} 个，缺 {cause['missing']} 个"
            in page.text
        )
    assert len(page.rows[0]) == 4
    assert "工作量" not in page.text


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (
            {"kind": "pair_bar", "target": "T", "department": "AMR", "barred": ["A", "B"]},
            "应相互回避，但都无人可替",
        ),
        (
            {"kind": "group", "department": "AMR", "group": 2, "role": "lead"},
            "市场监督管理局：2 号组找不到组长",
        ),
        ({"kind": "no_group", "targets": ["X-1", "X-2"]}, "没有任何检查组可以承担"),
        (
            {"kind": "groups", "demand": 9, "greatest": 7, "targets": ["X-1"]},
            "各组合计最多能承担 7 户，共需 9 户",
        ),
    ],
)
def test_each_kind_of_shortage_has_its_sentence(draw_case, cause, sentence):
    files = draw_case("complete_case_shortage").files
    files = files | {"shortage.json": json.dumps({"shortage": [cause]}).encode()}
    assert sentence in Page(report(files, VERIFIED, NAMES)).text


def test_fixed_groups_are_shown_with_their_members_and_each_target_with_its_group(draw_case):
    fixed = draw_case("complete_case_fixed")
    page = shown(fixed)
    group = {row["target_id"]: row["group"] for row in rows_of(fixed.files, "pairs.csv")}
    for row, each in zip(page.rows[1:], rows_of(fixed.files, "drawn.csv"), strict=True):
        assert row[4].strip() == f"{group[each['id']]} 号组"
    assert [
        seat for seat in rows_of(fixed.files, "groups.csv") if seat["inspector_id"] not in page.text
    ] == []


def test_loads_are_the_numbers_of_targets_each_inspector_was_given(drawn):
    html = report(drawn.files, VERIFIED, NAMES)
    told = rows_of(drawn.files, "pairs.csv")
    for person in {pair["inspector_id"] for pair in told}:
        load = sum(pair["inspector_id"] == person for pair in told)
        item = re.search(rf"<li><span>[^<]*<code>{person}</code>.*?</li>", html, re.DOTALL)
        assert item
        assert f'<span class="n">{load}<small>' in item[0]


@pytest.mark.parametrize("loads", [[0], [0, 0, 1, 3], list(range(40)), [12, 12, 300], [5]])
def test_a_chart_of_loads_counts_everybody_and_stays_small(loads):
    chart = Loads("", "", [Load(str(place), "", load, None) for place, load in enumerate(loads)]).counts
    assert sum(number for _, number in chart) == len(loads)
    assert len(chart) <= CHART + 1
    assert chart[0][1] > 0


def test_a_public_bundle_is_shown_without_persons_and_without_undrawn_targets(draw_case):
    full = draw_case().files
    header, *lines = full["targets.tsv"].decode().split("\n")
    ids = {row["id"] for row in rows_of(full, "drawn.csv")}
    proofs = [{"line": line, "salt": "", "path": []} for line in lines[:-1] if line.split("\t")[1] in ids]
    closed = {
        "targets.tsv",
        "inspectors.tsv",
        "bars.tsv",
        "pair_bars.tsv",
        "auditor.json",
        "pairs.csv",
        "bans.csv",
    }
    public = {name: content for name, content in full.items() if name not in closed}
    page = Page(report(public | {"proofs.json": json.dumps({"targets": proofs}).encode()}, VERIFIED, NAMES))
    assert header == "stratum\tid\tregion\tname"
    assert len(page.rows) == len(ids) + 1
    assert all(len(row) == 4 for row in page.rows)
    assert "内部材料" not in page.text
    assert not [
        line for line in lines[:-1] if line.split("\t")[1] not in ids and line.split("\t")[1] in page.text
    ]


def test_bans_and_bars_that_touch_a_drawn_target_are_listed(drawn, page):
    people = {
        row["id"]
        for row in csv.DictReader(io.StringIO(drawn.files["inspectors.tsv"].decode()), delimiter="\t")
    }
    bars = list(csv.DictReader(io.StringIO(drawn.files["bars.tsv"].decode()), delimiter="\t"))
    ids = {row["id"] for row in rows_of(drawn.files, "drawn.csv")}
    touching = sum(bar["target_id"] in ids and bar["inspector_id"] in people for bar in bars)
    assert touching
    assert f"其中 {touching} 条涉及抽中的对象" in page.text
    bans = rows_of(drawn.files, "bans.csv")
    assert bans
    assert f"匹配中有 {len(bans)} 次因人员间回避由其中一人让位" in page.text


def test_a_long_list_is_folded_and_a_short_one_open(drawn, monkeypatch):
    def folded():
        before, _ = report(drawn.files, VERIFIED, NAMES).split('<table id="drawn-targets">')
        return "open" not in before.rpartition("<details")[2].partition(">")[0]

    count = len(rows_of(drawn.files, "drawn.csv"))
    monkeypatch.setattr("web.report.OPEN_ROWS", count)
    assert not folded()
    monkeypatch.setattr("web.report.OPEN_ROWS", count - 1)
    assert folded()
