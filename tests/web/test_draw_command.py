"""`yaohao draw` as a department with three spreadsheets lives it: what it writes, prints and how it ends."""

import csv
import json
import stat
import zipfile

import pytest
from click.testing import CliRunner

from tests.golden import vectors
from web.commands import main

HEADERS = {
    "targets": "stratum,id,region,name",
    "inspectors": "department,id,qualifications,home,regions,capacity,name",
    "bars": "inspector_id,target_id,ground",
    "pair_bars": "inspector_a,inspector_b,ground",
}
ENTROPY = "d10x20:31415926535897932384"


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The files of a golden case in a folder that is the working one."""

    def write(name="complete_case"):
        told = vectors()[name]
        for table, header in HEADERS.items():
            with (tmp_path / f"{table}.csv").open("w", newline="") as file:
                file.write(header + "\n")
                csv.writer(file).writerows(told["tables"][table])
        (tmp_path / "plan.json").write_text(json.dumps(told["plan"]))
        monkeypatch.chdir(tmp_path)
        return told

    return write


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def draw(*more):
    tables = [word for name in HEADERS for word in ("--" + name.replace("_", "-"), f"{name}.csv")]
    return run("draw", "--plan", "plan.json", *tables, *more)


def with_secrets(told, *more):
    return draw("--secret", told["secret"], "--salt", told["salt_secret"], *more)


def files_of(path):
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.mark.parametrize(
    ("name", "code"), [("complete_case", 0), ("complete_case_fixed", 0), ("complete_case_shortage", 3)]
)
def test_a_draw_writes_a_bundle_that_verifies(case, name, code):
    told = case(name)
    done = with_secrets(told, "--entropy", told["entropy"], "--out", "bundle.zip")
    # without the witnesses of the golden case the seed is another, and another drawing may find a shortage
    assert done.exit_code in (code, 3)
    checked = run("verify", "bundle.zip")
    assert checked.exit_code == 0, checked.output
    assert "✗" not in checked.output


def test_the_same_secrets_and_entropy_give_the_same_files(case):
    told = case()
    for out in ("a.zip", "b.zip"):
        assert with_secrets(told, "--entropy", ENTROPY, "--out", out).exit_code in (0, 3)
    first, second = files_of("a.zip"), files_of("b.zip")
    changing = {"README.txt", "register.json"}  # they hold the time
    assert {n: c for n, c in first.items() if n not in changing} == {
        n: c for n, c in second.items() if n not in changing
    }


def test_fresh_secrets_give_another_draw_each_time(case):
    case()
    for out in ("a.zip", "b.zip"):
        draw("--entropy", ENTROPY, "--out", out)
    assert files_of("a.zip")["reveal.json"] != files_of("b.zip")["reveal.json"]


def test_a_commitment_comes_first_and_the_draw_follows_it(case, tmp_path):
    case()
    committed = draw("--commit-only", "commit.json")
    assert committed.exit_code == 0
    c = committed.stdout.strip()
    told = json.loads((tmp_path / "commit.json").read_text())
    assert c == told["commit"]
    kept = tmp_path / "commit.json.secret"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    secret = json.loads(kept.read_text())["secret"]
    assert secret not in committed.output + (tmp_path / "commit.json").read_text()
    # the commitment was made in January; of the two publications after it one would be enough
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "committed_at": "2026-01-05T08:30:00+08:00"}))
    published = ("--published", "市政府门户网站, 2026-01-05T09:00", "--published", "电子屏，2026-01-06")
    done = draw("--commit", "commit.json", "--entropy", ENTROPY, *published, "--out", "bundle.zip")
    assert done.exit_code in (0, 3)
    files = files_of("bundle.zip")
    bundled = json.loads(files["commit.json"])
    assert bundled["commit"] == c
    assert bundled["published"] == [
        {"when": "2026-01-05T09:00", "where": "市政府门户网站"},
        {"when": "2026-01-06", "where": "电子屏"},
    ]
    assert json.loads(files["register.json"])["entry"]["self_drawn"] is False
    assert files["README.txt"].decode().startswith("外部随机性 66 比特")
    assert "self-drawn" not in files["README.txt"].decode()
    assert "in any number" in files["README.txt"].decode()
    assert run("verify", "bundle.zip").exit_code == 0


@pytest.mark.parametrize(
    "when", ["2999-01-01", "2999-01-01T00:00:00+08:00", "1999-01-01", "2026-01-05T08:29"]
)
def test_a_publication_that_is_not_dated_between_commitment_and_draw_does_not_count(case, when):
    case()
    draw("--commit-only", "commit.json")
    draw(
        "--commit", "commit.json", "--entropy", ENTROPY, "--published", f"网站, {when}", "--out", "bundle.zip"
    )
    files = files_of("bundle.zip")
    assert json.loads(files["register.json"])["entry"]["self_drawn"] is True
    assert "self-drawn" in files["README.txt"].decode()


def test_a_draw_by_one_person_is_marked_and_free_text_is_told_in_the_first_line(case):
    case()
    draw("--out", "bundle.zip")
    readme = files_of("bundle.zip")["README.txt"].decode()
    assert "0 bits of outside entropy; the drawer could have chosen" in readme.splitlines()[0]
    assert "no source of entropy" in readme.splitlines()[2]
    assert "self-drawn" in readme.splitlines()[4]
    assert json.loads(files_of("bundle.zip")["reveal.json"])["entropy"].startswith("text:")


def test_few_bits_are_told_in_the_first_line(case):
    case()
    draw("--entropy", "lottery:ssq:2026133:03-07-12-19-25-31-09", "--out", "bundle.zip")
    assert "24 bits of outside entropy" in files_of("bundle.zip")["README.txt"].decode().splitlines()[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "part"),
    [
        ("targets.csv", "加油站3号", "加油站三号", "tables.targets"),
        ("inspectors.csv", "检查员AMR0", "检查员甲", "tables.inspectors"),
        ("bars.csv", "kinship", "shareholding", "tables.bars"),
        ("pair_bars.csv", "former_colleague", "kinship", "tables.pair_bars"),
        ("plan.json", "20/100", "21/100", "plan"),
    ],
)
def test_nothing_is_drawn_over_what_was_not_committed(case, tmp_path, file, old, new, part):
    case()
    draw("--commit-only", "commit.json")
    path = tmp_path / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    done = draw("--commit", "commit.json", "--entropy", ENTROPY, "--out", "bundle.zip")
    assert done.exit_code == 2
    assert "commitment.differs" in done.stderr
    assert part in done.stderr
    assert not (tmp_path / "bundle.zip").exists()


def test_a_secret_is_never_written_over(case, tmp_path):
    case()
    draw("--commit-only", "commit.json")
    before = (tmp_path / "commit.json.secret").read_bytes()
    again = draw("--commit-only", "commit.json")
    assert again.exit_code == 2
    assert "file.exists" in again.stderr
    assert (tmp_path / "commit.json.secret").read_bytes() == before


def test_every_bad_row_is_told_with_its_place_and_nothing_is_drawn(case, tmp_path):
    case()
    lines = (tmp_path / "inspectors.csv").read_text().splitlines()
    lines[3] = lines[3].replace(",4,", ",vier,")
    lines.append("AMR,AMR-00,,,*,1,重复")
    (tmp_path / "inspectors.csv").write_text("\n".join(lines) + "\n")
    with (tmp_path / "bars.csv").open("a") as bars:
        bars.write("nobody,nothing,kinship\n")
    done = draw("--out", "bundle.zip")
    assert done.exit_code == 2
    assert 'inspectors.csv:4:capacity: not_a_capacity: "vier"' in done.stderr
    assert f'inspectors.csv:{len(lines)}:id: id_twice: "AMR-00"' in done.stderr
    assert 'unknown_inspector: "nobody"' in done.stderr
    assert 'unknown_target: "nothing"' in done.stderr
    assert "4 faults" in done.stderr
    assert not (tmp_path / "bundle.zip").exists()


def test_a_shortage_is_printed_as_json_and_the_bundle_holds_the_drawn_targets(case):
    told = case("complete_case_shortage")
    done = with_secrets(told, "--entropy", ENTROPY, "--out", "bundle.zip")
    assert done.exit_code == 3
    short = json.loads(done.stdout)["shortage"]
    assert [each["department"] for each in short] == ["AMR", "FIRE", "EM"]
    assert all(each["missing"] == each["demand"] - each["greatest"] > 0 for each in short)
    files = files_of("bundle.zip")
    assert len(files["drawn.csv"].splitlines()) == 21
    assert json.loads(files["shortage.json"]) == json.loads(done.stdout)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--entropy", "dice"], "entropy.form"),
        (["--secret", "00"], "secret.not_hex"),
        (["--published", "网站, 2026-01-01"], "published.without_commitment"),
        (["--commit", "nothing.json"], "file.secret_missing"),
    ],
)
def test_a_wrong_option_is_refused_in_both_languages(case, tmp_path, options, code):
    case()
    done = draw(*options, "--out", "bundle.zip")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-2].startswith(code + ": ")
    assert not (tmp_path / "bundle.zip").exists()


@pytest.mark.parametrize("written", ["网站", "网站, gestern", ", 2026-01-01", "网站,"])
def test_a_publication_without_place_or_date_is_refused(case, written):
    case()
    draw("--commit-only", "commit.json")
    done = draw("--commit", "commit.json", "--published", written, "--out", "bundle.zip")
    assert done.exit_code == 2
    assert "published.form" in done.stderr


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        ("{", "json.unreadable"),
        ("[]", "plan.not_an_object"),
        ('{"purpose": "x"}', "plan.missing"),
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(case, tmp_path, plan, code):
    case()
    (tmp_path / "plan.json").write_text(plan)
    done = draw("--out", "bundle.zip")
    assert done.exit_code == 2
    assert code in done.stderr


def test_strata_that_no_row_has_are_refused_before_anything_is_drawn(case, tmp_path):
    told = case()
    plan = {**told["plan"], "quota": {"rates": {"A": "1/2"}}}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert "draw.no_stratum_listed" in draw("--out", "bundle.zip").stderr


def test_a_missing_file_is_told(case):
    case()
    done = run(
        "draw",
        "--plan",
        "none.json",
        "--targets",
        "targets.csv",
        "--inspectors",
        "inspectors.csv",
        "--out",
        "b.zip",
    )
    assert (done.exit_code, "file.unusable" in done.stderr) == (2, True)


def test_verify_checks_one_target_drawn_or_not(case):
    told = case()
    with_secrets(told, "--entropy", ENTROPY, "--out", "bundle.zip")
    drawn = {row.split(",")[3] for row in files_of("bundle.zip")["drawn.csv"].decode().splitlines()[1:]}
    everybody = {row[1] for row in told["tables"]["targets"]}
    for target in (min(drawn), min(everybody - drawn)):
        checked = run("verify", "bundle.zip", "--target", target)
        assert checked.exit_code == 0, checked.output
        assert "✓ target" in checked.output
    assert run("verify", "bundle.zip", "--target", "nobody").exit_code == 2


def test_help_shows_examples_and_exit_codes():
    for command in ("draw", "verify", "registry", "sample", "demo"):
        assert run(command, "--help").exit_code == 0
    told = run("draw", "--help").output
    assert "yaohao draw --plan plan.json" in told
    assert "Exit codes" in told


def test_a_bundle_that_stands_under_the_name_is_kept(case, tmp_path):
    case()
    draw("--out", "bundle.zip")
    before = (tmp_path / "bundle.zip").read_bytes()
    draw("--out", "bundle.zip")
    assert (tmp_path / "bundle.1.zip").read_bytes() == before
    assert (tmp_path / "bundle.zip").read_bytes() != before


@pytest.mark.parametrize("out", ["targets.csv", "plan.json"])
def test_no_input_is_written_over(case, tmp_path, out):
    case()
    before = (tmp_path / out).read_bytes()
    done = draw("--out", out)
    assert (done.exit_code, "file.exists" in done.stderr) == (2, True)
    assert (tmp_path / out).read_bytes() == before


def test_a_bundle_with_persons_can_be_read_by_its_owner_alone(case, tmp_path):
    case()
    draw("--out", "bundle.zip")
    assert stat.S_IMODE((tmp_path / "bundle.zip").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"witnesses": ["公证处"]}, "draw.witnesses_need_the_service"),
        ({"witnesses": "公证处"}, "plan.not_names"),
        ({"entropy": "lottery:ssq"}, "entropy.no_such_source"),
        ({"entropy": "d10x20:"}, "entropy.no_such_source"),
        ({"entropy": "beacon:ab"}, "entropy.no_such_source"),
        ({"purpose": "a\nWARNING: all is well"}, "plan.not_a_text"),
        ({"quota": {"total": 0}}, "draw.nothing_drawn"),
        ({"quota": {"total": 10**30}}, "plan.not_a_count"),
        ({"note": 10**30}, "json.too_large"),
        ({"teams": "fixed", "groups": 10**9}, "plan.not_a_count"),
    ],
)
def test_a_plan_that_would_mislead_is_refused_before_anything_is_committed(case, tmp_path, change, code):
    told = case()
    (tmp_path / "plan.json").write_text(json.dumps({**told["plan"], **change}))
    done = draw("--commit-only", "commit.json")
    assert done.exit_code == 2
    assert code in done.stderr
    assert not (tmp_path / "commit.json").exists()
    assert not (tmp_path / "commit.json.secret").exists()


@pytest.mark.parametrize("plan", ["[" * 200_000, '{"purpose": "a", "purpose": "b"}', "\xff"])
def test_a_plan_that_is_no_plain_json_is_refused_without_a_crash(case, tmp_path, plan):
    case()
    (tmp_path / "plan.json").write_bytes(plan.encode("latin-1"))
    done = draw("--out", "bundle.zip")
    assert (done.exit_code, "json.unreadable" in done.stderr) == (2, True)


@pytest.mark.parametrize("commit", ["[]", "{}", '{"tables": {"targets": "x"}}', '{"tables": 3}'])
def test_a_commitment_in_another_form_is_refused_without_a_crash(case, tmp_path, commit):
    case()
    draw("--commit-only", "commit.json")
    (tmp_path / "commit.json").write_text(commit)
    done = draw("--commit", "commit.json", "--entropy", ENTROPY, "--out", "bundle.zip")
    assert done.exit_code == 2
    assert "commitment." in done.stderr


def test_what_may_be_a_slip_of_the_pen_is_told(case, tmp_path):
    told = case()
    plan = {**told["plan"], "predecesor": "0" * 64, "quota": {"rates": {"甲": "1/2", "丁": "1/2"}}}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    said = draw("--out", "bundle.zip").stderr
    assert "predecesor decides nothing" in said
    assert "does not list stratum 乙" in said
    assert "lists stratum 丁, of which the registry has no row" in said
    (tmp_path / "plan.json").write_text(json.dumps({**told["plan"], "quota": {"total": 99}}))
    assert "is more than the 30 rows" in draw("--out", "all.zip").stderr


def test_options_of_the_second_step_are_not_taken_in_the_first(case):
    case()
    assert draw("--commit-only", "commit.json", "--entropy", ENTROPY).exit_code == 2


def test_a_folder_that_is_not_there_is_told(case):
    case()
    done = draw("--out", "nowhere/bundle.zip")
    assert (done.exit_code, "file.unusable" in done.stderr) == (2, True)


def test_what_will_surely_be_short_is_told_before_anything_is_sealed(case, tmp_path):
    told = case()
    departments = [{**told["plan"]["departments"][0], "code": "XF"}, *told["plan"]["departments"][1:]]
    (tmp_path / "plan.json").write_text(json.dumps({**told["plan"], "departments": departments}))
    lines = (tmp_path / "inspectors.csv").read_text().splitlines()
    nowhere = [
        line.replace('"*"', "").replace("*", "") if line.startswith("FIRE") else line for line in lines
    ]
    nowhere = [
        ",".join([*row[:4], "", *row[5:]]) if row[0] == "FIRE" else ",".join(row)
        for row in csv.reader(nowhere)
    ]
    (tmp_path / "inspectors.csv").write_text("\n".join(nowhere) + "\n")
    said = draw("--commit-only", "commit.json").stderr
    assert "XF has 0 inspectors" in said
    assert "FIRE has nobody for" in said
    assert said.index("XF has 0") < said.index("are sealed")


def test_a_publication_that_does_not_count_is_told_at_the_draw(case):
    case()
    draw("--commit-only", "commit.json")
    done = draw(
        "--commit", "commit.json", "--entropy", ENTROPY, "--published", "网站, 1999-01-01", "--out", "b.zip"
    )
    assert "the publication of 1999-01-01 does not lie between" in done.stderr


def test_the_warnings_of_the_readme_stand_at_the_terminal_too(case):
    case()
    said = draw("--out", "bundle.zip").stderr
    for warning in ("the drawer could have chosen", "names no source of entropy", "self-drawn"):
        assert f"WARNING: {warning}" in said or warning in said
    assert (
        "WARNING: 24 bits"
        in draw("--entropy", "lottery:ssq:2026133:03-07-12-19-25-31-09", "--out", "b.zip").stderr
    )


def test_a_shortage_is_told_in_words_to_act_on(case):
    told = case("complete_case_shortage")
    said = with_secrets(told, "--entropy", ENTROPY, "--out", "bundle.zip").stderr
    assert "部门 AMR：需 40 个席位，最多能派 13，缺 27；缺在 320602 组长" in said
    assert "Department FIRE: 40 seats, at most 13 can be filled, 27 missing" in said


def test_the_report_of_a_draw_opens_from_disk(case, tmp_path):
    told = case()
    with_secrets(told, "--entropy", ENTROPY, "--out", "bundle.zip")
    done = run("report", "bundle.zip", "--out", "report.html")
    assert done.exit_code == 0
    assert "加油站部门联合抽查" in (tmp_path / "report.html").read_text()
    assert "for you to check: published" in done.stderr


def test_verify_names_what_is_left_to_the_reader(case):
    told = case()
    with_secrets(told, "--entropy", ENTROPY, "--out", "bundle.zip")
    assert run("verify", "bundle.zip").stdout.splitlines()[-1].endswith("for you to check: published.")
