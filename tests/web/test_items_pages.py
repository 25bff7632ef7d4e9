"""The pages of items: a draft by a form, its approval in three hands, a new version, many at once, who sees what."""

from __future__ import annotations

import re

import pytest

from scheduler.inspection import item_versions, items
from tests.site import Site

FORM = {
    "code": "B07",
    "name": "计量监督检查",
    "basis": "《计量法》第十八条",
    "item_class": "general",
    "methods": ["onsite", "testing"],
    "ratio_most": "5/100",
    "times_most": "2",
}


def amended(**other):
    return {name: value for name, value in FORM.items() if name != "code"} | other


def drafted(site: Site, **other) -> str:
    return site.reader("amr.registrar").does("/items/new", **(FORM | other))


def moved(site: Site, path: str, *acts: tuple[str, str]) -> None:
    for role, act in acts:
        assert site.reader(f"amr.{role}").does(f"{path}/move", act=act, opinion=f"{role}意见") == path


PUBLISHED = (("registrar", "submit"), ("legal", "pass"), ("office", "confirm"))


def buttons(page: str) -> set[str]:
    return set(re.findall(r'name="act" value="(\w+)"', page))


def test_an_item_goes_from_its_form_to_publication_in_three_hands(site):
    path = drafted(site)
    for role, act in PUBLISHED:
        assert buttons(site.reader(f"amr.{role}").page(path)) >= {act}
        moved(site, path, (role, act))
    page = site.reader("fire.planner").page(path)
    for told in ("已公布", "现场检查、检验检测", "《计量法》第十八条", "5/100", "AMR legal", "office意见"):
        assert told in page
    assert not buttons(page)


def test_nobody_is_shown_a_button_that_he_may_not_press(site):
    path = drafted(site)
    assert not buttons(site.reader("amr.legal").page(path))
    assert "/amend" not in site.reader("amr.planner").page(path)
    moved(site, path, ("registrar", "submit"))
    assert buttons(site.reader("amr.legal").page(path)) == {"pass", "reject"}
    assert not buttons(site.reader("amr.registrar").page(path))
    assert "/amend" not in site.reader("amr.registrar").page(path)


def test_a_bad_form_is_told_whole_and_changes_nothing(site):
    registrar = site.reader("amr.registrar")
    wrong = FORM | {"name": "", "ratio_most": "5%", "times_most": "x", "methods": ["onsite", "magic"]}
    response = registrar.post("/items/new", headers={"HX-Request": "true"}, **wrong)
    assert response.status_code == 422
    for told in (
        "抽查事项：不能为空",
        "最高抽查比例：不是",
        "每年最多次数：应为",
        "检查方式：不是可以选择的值",
    ):
        assert told in response.text
    assert not re.search("[A-Za-z]{4,}", re.sub("<[^>]*>|item.fields|[0-9a-f]{12}", "", response.text))
    assert "B07" not in registrar.page("/items/")
    unknown = registrar.post("/items/new", **(FORM | {"state": "published"}))
    assert unknown.status_code == 422
    assert "state：没有这一项" in unknown.text


def test_an_english_reader_is_told_in_english(site):
    registrar = site.reader("amr.registrar", english=True)
    response = registrar.post("/items/new", headers={"HX-Request": "true"}, **(FORM | {"ratio_most": "5%"}))
    assert "Greatest ratio: not a ratio of at most 1" in response.text
    assert not re.search("[\u4e00-\u9fff]", response.text)


def test_a_draft_is_amended_and_once_submitted_no_longer(site):
    registrar, path = site.reader("amr.registrar"), drafted(site)
    form = registrar.page(f"{path}/amend")
    assert 'value="onsite" checked' in form
    assert 'value="documents" checked' not in form
    registrar.does(f"{path}/amend", **amended(name="计量器具检查", ratio_most=""))
    page = registrar.page(path)
    assert "计量器具检查" in page
    assert "5/100" not in page
    moved(site, path, ("registrar", "submit"))
    assert registrar.get(f"{path}/amend").status_code == 409
    assert registrar.post(f"{path}/amend", **amended(name="改")).status_code == 409


def test_a_new_version_shows_what_changed_and_replaces_the_one_before(site):
    registrar, path = site.reader("amr.registrar"), drafted(site)
    moved(site, path, *PUBLISHED)
    form = registrar.does(f"{path}/version")
    second = form.removesuffix("/amend")
    assert registrar.post(f"{path}/version").status_code == 422
    registrar.does(form, **amended(basis="《计量法》第十九条"))
    page = registrar.page(second)
    assert "与第 1 版相比" in page
    changed = page[page.index("与第 1 版相比") : page.index("审批经过")]
    assert "第十八条" in changed
    assert "第十九条" in changed
    assert "抽查比例" not in changed
    moved(site, second, *PUBLISHED)
    assert "已被新版本取代" in registrar.page(path)


def test_a_return_needs_its_reason_and_keeps_the_state(site):
    path = drafted(site)
    moved(site, path, ("registrar", "submit"))
    legal = site.reader("amr.legal")
    assert legal.post(f"{path}/move", act="reject", opinion=" ").status_code == 422
    assert buttons(legal.page(path)) == {"pass", "reject"}
    legal.does(f"{path}/move", act="reject", opinion="<b>依据过时</b>")
    assert "&lt;b&gt;依据过时&lt;/b&gt;" in site.reader("amr.registrar").page(path)


def test_three_hundred_drafts_are_approved_with_three_clicks(site):
    with site.town.at("amr.registrar") as desk:
        for place in range(300):
            items.draft_item(desk, FORM | {"code": f"C{place:03}"})
    for role, act in PUBLISHED:
        reader = site.reader(f"amr.{role}")
        page = reader.page("/items/")
        assert f'<input type="hidden" name="act" value="{act}">' in page
        assert '<input type="hidden" name="seen" value="300">' in page
        assert reader.post("/items/move", act=act, seen="299").status_code == 422
        reader.does("/items/move", act=act, seen="300", opinion="同意")
    with site.town.at("amr.planner") as desk:
        found = item_versions.listed(desk, item_versions.Wanted(state="published"), 1)
        assert found.page.total == 303


@pytest.mark.parametrize("login", ["fire.registrar", "fire.planner"])
def test_a_draft_of_another_department_is_not_there(site, login):
    path, other = drafted(site), site.reader(login)
    assert other.get(path).status_code == 404
    assert "B07" not in other.page("/items/")
    if login == "fire.registrar":
        assert other.get(f"{path}/amend").status_code == 404
        assert other.post(f"{path}/amend", **amended()).status_code == 404
        assert other.post(f"{path}/move", act="submit").status_code == 404


def test_who_lacks_the_role_is_told_so(site):
    path, planner = drafted(site), site.reader("amr.planner")
    for response in (
        planner.get("/items/new"),
        planner.post("/items/new", **FORM),
        planner.get(f"{path}/amend"),
        planner.post(f"{path}/move", act="submit"),
        site.reader("amr.office").post(f"{path}/move", act="submit"),
        site.reader("amr.legal").post("/items/move", act="submit", seen="1"),
    ):
        assert response.status_code == 403
    assert "草案" in planner.page(path)


def test_the_list_is_filtered_and_nonsense_in_the_address_breaks_nothing(site):
    drafted(site)
    reader = site.reader("amr.planner")
    assert "B07" in reader.page("/items/?word=计量")
    assert "B07" not in reader.page("/items/?word=计量&state=published")
    assert "B07" in reader.page("/items/?state=draft&item_class=general&department=AMR")
    assert "没有符合条件" in reader.page("/items/?word=%25")
    for nonsense in (
        *("state=x", "page=-1", "page=x", "page=99999999999999999999"),
        *("item_class='", "department=AMR&department=FIRE"),
    ):
        reader.page(f"/items/?{nonsense}")
    for path in ("/items/0", "/items/999999", "/items/99999999999999999999", "/items/x"):
        assert reader.get(path).status_code == 404
    assert site.reader("amr.legal").post("/items/1/move", act="amend").status_code == 400


def test_a_stranger_is_sent_to_log_in(site):
    assert site.stranger().get("/items/").headers["Location"].startswith("/login")


def test_the_english_pages_speak_no_chinese_but_names(site):
    path = drafted(site, name="Item", basis="Law", code="B07")
    reader = site.reader("amr.registrar", english=True)
    moved(site, path, ("registrar", "submit"))
    for page in ("/items/", path, "/items/1", "/items/new"):
        told = reader.page(page)
        text = re.sub(
            r"<[^>]*>|(AMR|EM|FIRE)检查事项|(AMR|EM|FIRE|NOTARY)局|《某某法》第一条|加油站|registrar意见|中文",
            " ",
            told[told.index("<main") : told.index("</main")],
        )
        assert not re.search("[\u4e00-\u9fff]", text), page
