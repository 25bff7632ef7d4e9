"""The registries as a registrar, a planner and a stranger find them; lists handed in, applied, taken away."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from data.models import (
    Bar,
    Certificate,
    Import,
    Inspector,
    Leave,
    Permit,
    SpecialRegistry,
    Target,
    TargetLabel,
    Upload,
)
from scheduler.clock import business_date
from scheduler.transaction import EVERYTHING, transaction
from tests.site import Reader, Site

SMALL = {"rates": {}, "total": 6, "strata_by": "none"}
HEAD = "编号,代码类别,名称,风险等级\n"
GOOD = HEAD + "T0000,其他,第0加油站,D\nN1,其他,新站,A\n"
FAULTY = GOOD + "N2,其他,,A\nN3,其他,又一站,E\n"


@pytest.fixture
def registrar(site: Site) -> Reader:
    return site.reader("amr.registrar")


def hand_in(reader: Reader, content: str | bytes, kind: str = "targets", name: str = "名单.csv") -> str:
    content = content.encode() if isinstance(content, str) else content
    return reader.does("/registries/imports", kind=kind, file=(io.BytesIO(content), name))


def rows_of(page: str) -> list[str]:
    """The codes of a list's rows."""
    return re.findall(r'<td class="nowrap"><code>([^<]+)</code></td>', page)


def store(site: Site, *rows) -> None:
    with transaction(site.town.database, EVERYTHING) as session:
        session.add_all(rows)


def ids(site: Site, model, code: str) -> int:
    with transaction(site.town.database, EVERYTHING) as session:
        return session.scalars(select(model.id).where(model.code == code)).one()


def lines(response) -> list[list[str]]:
    assert response.status_code == 200, response.text[:1000]
    return list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))


# Targets


def test_targets_are_found_by_words_and_conditions_and_by_page(registrar):
    assert len(rows_of(registrar.page("/registries/targets"))) == 20
    assert rows_of(registrar.page("/registries/targets?page=3"))[-1] == "T0059"
    assert rows_of(registrar.page("/registries/targets?q=第17加油站")) == ["T0017"]
    assert rows_of(registrar.page("/registries/targets?q=T0021")) == ["T0021"]
    page = registrar.page("/registries/targets?risk_class=B&type=加油站")
    assert rows_of(page) == [f"T{place:04d}" for place in range(1, 60, 4)]
    assert "共 15 条" in page
    assert rows_of(registrar.page("/registries/targets?abnormal=1")) == []
    assert rows_of(registrar.page("/registries/targets?sort=newest"))[0] == "T0059"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("targets?page=nonsense", 200),
        ("targets?page=99999999999999999999999", 200),
        ("targets?page=-5", 200),
        ("targets?abnormal=perhaps", 200),
        ("targets?state=nonsense", 422),
        ("targets?q=%00", 400),
        ("targets?q=" + "x" * 101, 422),
        ("targets/nothing", 404),
        ("targets/%00", 404),
        ("inspectors/nothing", 404),
        ("inspectors?state=nonsense", 422),
        ("bars?source=nonsense", 422),
        ("imports?kind=nonsense", 422),
        ("imports/columns/nonsense", 404),
        ("imports/template/nonsense.csv", 404),
        ("imports/template/targets.exe", 404),
        ("imports/waiting/7", 404),
        ("imports/waiting/99999999999999999999", 404),
        ("export/targets.exe", 404),
        ("export/targets.csv?state=nonsense", 422),
        ("export/targets.xlsx?q=%00", 400),
    ],
)
def test_nonsense_in_an_address_is_answered_and_breaks_nothing(registrar, address, status):
    assert registrar.get(f"/registries/{address}").status_code == status


def test_a_target_shows_all_that_is_known_of_it(site):
    _, number = site.town.drawn(**SMALL)
    registrar = site.reader("amr.registrar")
    drawn = site.town.visits(number)[0]
    target_id = ids(site, Target, drawn[1])
    day = business_date(site.town.now)
    with transaction(site.town.database, EVERYTHING) as session:
        department = session.scalars(select(Inspector.department_id).where(Inspector.code == "AMR000")).one()
    store(site, SpecialRegistry(code="JYZ", name="加油站库", department_id=department, label="加油站"))
    store(
        site,
        TargetLabel(target_id=target_id, label="危化", valid_from=day),
        Permit(
            target_id=target_id,
            registry_code="JYZ",
            number="证1",
            expires_on=day - timedelta(1),
            state="expired",
        ),
    )
    page = registrar.page(f"/registries/targets/{drawn[1]}")
    for told in ("危化", "长期", "加油站库", "证1", "已过期", "加油站部门联合抽查", "待检查"):
        assert told in page
    assert rows_of(registrar.page("/registries/targets?registry=JYZ")) == []  # its permit has expired
    assert rows_of(registrar.page("/registries/targets?label=危化")) == [drawn[1]]
    assert "加油站库" in registrar.page("/registries/special")


def test_what_stands_between_people_is_read_by_those_who_work_with_it(site):
    for login, reads in (("amr.registrar", True), ("amr.planner", True), ("amr.publisher", False)):
        reader = site.reader(login)
        assert ("亲属关系" in reader.page("/registries/targets/T0000")) is reads
        assert ("亲属关系" in reader.page("/registries/inspectors/AMR000")) is reads
        assert reader.get("/registries/bars").status_code == (200 if reads else 403)
        assert ("/registries/bars" in reader.page("/registries/targets")) is reads
    # his own he may see, those of others not
    assert "亲属关系" in site.reader("amr000").page("/registries/inspectors/AMR000")
    assert "亲属关系" not in site.reader("amr001").page("/registries/targets/T0000")


def test_bars_are_found_by_either_side_source_and_day(site, registrar):
    day = business_date(site.town.now)
    store(
        site,
        Bar(
            inspector_id=ids(site, Inspector, "AMR001"),
            target_id=ids(site, Target, "T0007"),
            ground="interest",
            source="declared",
            valid_to=day - timedelta(1),
        ),
        Bar(
            inspector_id=ids(site, Inspector, "EM001"),
            target_id=ids(site, Target, "T0008"),
            ground="interest",
        ),
    )

    def found(asked):
        return set(re.findall(r"/registries/targets/(\w+)", registrar.page(f"/registries/bars?{asked}")))

    assert found("") == {"T0000", "T0007"}
    assert found("current=1") == {"T0000"}
    assert found("source=declared") == {"T0007"}
    assert found("inspector=AMR000") == {"T0000"}
    assert found("target=T0007&inspector=AMR000") == set()


# Inspectors


def test_inspectors_show_the_end_of_their_certificates(site, registrar):
    day = business_date(site.town.now)
    with transaction(site.town.database, EVERYTHING) as session:
        ends = {"AMR001": -1, "AMR002": 0, "AMR003": 60, "AMR004": 61}
        for code, days in ends.items():
            held = session.scalars(select(Certificate).where(Certificate.number == code)).one()
            held.expires_on = day + timedelta(days)
    page = registrar.page("/registries/inspectors")
    assert rows_of(page) == [f"AMR00{place}" for place in range(6)]
    assert [page.count(told) for told in ("已过期", "今天到期", "60 天后到期", "61 天后到期")] == [1, 1, 1, 0]
    assert rows_of(registrar.page("/registries/inspectors?uncertified=1")) == ["AMR001"]
    assert rows_of(registrar.page("/registries/inspectors?qualification=lead&q=员AMR1")) == ["AMR001"]
    assert "抽取时不入池" in registrar.page("/registries/inspectors/AMR001")
    assert "抽取时不入池" not in registrar.page("/registries/inspectors/AMR002")
    store(site, Leave(inspector_id=ids(site, Inspector, "AMR002"), first_day=day, last_day=day))
    assert "休假中" in registrar.page("/registries/inspectors/AMR002")


def test_another_departments_inspectors_are_not_there(site, registrar):
    assert registrar.get("/registries/inspectors/EM000").status_code == 404
    assert registrar.post("/registries/inspectors/EM000/state", state="left").status_code == 404
    assert registrar.post("/registries/inspectors/EM000/transfer", department="AMR").status_code == 404
    assert state_of(site, "EM000") == "active"
    assert rows_of(registrar.page("/registries/inspectors?q=EM")) == []


def state_of(site: Site, code: str) -> str:
    with transaction(site.town.database, EVERYTHING) as session:
        return session.scalars(select(Inspector.state).where(Inspector.code == code)).one()


def test_a_suspended_inspectors_seats_are_refilled_and_it_is_told(site):
    _, number = site.town.drawn(**SMALL)
    registrar = site.reader("amr.registrar")
    mine = [target for visit, target in site.town.visits(number) if "amr001" in site.town.team(visit)]
    address = "/registries/inspectors/AMR001"
    assert all(f">第{int(target[1:])}加油站<" in registrar.page(address) for target in mine)
    assert registrar.does(f"{address}/state", state="suspended") == address
    page = registrar.page(address)
    assert f"已补位 {len(mine)} 户" in page
    assert all(f"{target} → AMR" in page for target in mine)
    assert "没有尚未完成的检查" in page
    assert registrar.post(f"{address}/state", state="suspended").status_code == 422
    registrar.does(f"{address}/state", state="active")
    assert state_of(site, "AMR001") == "active"


def test_an_inspector_who_is_transferred_is_the_other_departments(site, registrar):
    address = "/registries/inspectors/AMR005"
    assert registrar.post(f"{address}/transfer", department="").status_code == 404
    assert registrar.does(f"{address}/transfer", department="EM") == "/registries/inspectors"
    assert "AMR005 已调往 EM" in registrar.page("/registries/inspectors")
    assert registrar.get(address).status_code == 404
    assert "变更状态" in site.reader("em.registrar").page(address)


def test_only_the_registrar_is_shown_what_only_he_may_do(site, registrar):
    address = "/registries/inspectors/AMR001"
    assert f"{address}/transfer" in registrar.page(address)
    for login in ("amr.planner", "amr.administrator", "amr001"):
        reader = site.reader(login)
        page = reader.page(address)
        assert all(f"{address}/{act}" not in page for act in ("state", "transfer"))
        assert (f"{address}/leave" in page) == (login == "amr.planner")  # he may enter leave
        assert reader.post(f"{address}/state", state="left").status_code == 403
        assert reader.post(f"{address}/transfer", department="EM").status_code == 403
        assert reader.post("/registries/refill").status_code == 403
    assert state_of(site, "AMR001") == "active"


# Imports


def test_a_list_is_looked_at_and_then_applied(registrar):
    waiting = hand_in(registrar, GOOD)
    page = registrar.page(waiting)
    assert "没有问题，可以导入" in page
    assert "只导入没有问题的行" not in page
    assert "名单.csv" in registrar.page("/registries/imports")
    assert registrar.get("/registries/targets/N1").status_code == 404
    assert registrar.does(f"{waiting}/apply", rows="all") == "/registries/imports"
    page = registrar.page("/registries/imports")
    assert "已导入检查对象：新增 1 行，变更 1 行，未变 0 行。" in page
    assert "AMR registrar" in page
    assert "等待导入的文件" not in page
    assert "新站" in registrar.page("/registries/targets/N1")
    # the second click finds nothing that waits
    assert registrar.post(f"{waiting}/apply", rows="all").status_code == 404


def test_an_import_is_told_as_done_also_where_its_file_is_gone_meanwhile(site, registrar):
    """As where somebody sent the same form twice."""
    waiting = hand_in(registrar, GOOD)
    table, uploads = Import.__tablename__, Upload.__tablename__
    with site.town.database.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER gone AFTER INSERT ON {table} BEGIN DELETE FROM {uploads}; END"
        )
    assert registrar.does(f"{waiting}/apply", rows="all") == "/registries/imports"
    assert "已导入检查对象：新增 1 行，变更 1 行，未变 0 行。" in registrar.page("/registries/imports")


def test_every_fault_is_told_with_its_place_and_nothing_is_applied_by_mistake(registrar):
    waiting = hand_in(registrar, FAULTY + "".join(f"B{n},其他,,A\n" for n in range(250)))
    page = registrar.page(waiting)
    assert "252" in page
    assert "这里是前 200 处，共 252 处" in page
    assert page.count('class="fault-value"') == 200
    assert "不能为空" in page
    assert f"{waiting}/apply" in page
    assert "全部导入" not in page
    refused = registrar.post(f"{waiting}/apply", rows="all")
    assert refused.status_code == 422
    assert "有 252 处问题" in refused.text
    assert registrar.get("/registries/targets/N1").status_code == 404
    told = lines(registrar.get(f"{waiting}/faults.csv"))
    assert len(told) == 253
    assert told[2] == ["", "5", "风险等级", "E", "不是这一列允许的值", "not_a_choice"]
    registrar.does(f"{waiting}/apply", rows="sound")
    assert "有问题的 252 行没有导入" in registrar.page("/registries/imports")
    assert registrar.page("/registries/targets/N1")
    assert registrar.get("/registries/targets/N3").status_code == 404


def test_faults_are_told_in_one_language(site):
    reader = site.reader("amr.registrar", english=True)
    waiting = hand_in(reader, FAULTY)
    page = reader.page(waiting)
    assert "must not be empty" in page
    assert "不能为空" not in page
    assert lines(reader.get(f"{waiting}/faults.csv"))[1][4] == "must not be empty"


def test_columns_that_nobody_reads_are_told(registrar):
    page = registrar.page(hand_in(registrar, "编号,代码类别,名称,来历\nN1,其他,新站,x\n"))
    assert "以下列这种名单不认识，不会读取：来历。" in page


def test_a_discarded_list_is_gone_and_changed_nothing(registrar):
    waiting = hand_in(registrar, GOOD)
    registrar.does(f"{waiting}/discard")
    assert "已放弃" in registrar.page("/registries/imports")
    assert registrar.get(waiting).status_code == 404
    assert registrar.get("/registries/targets/N1").status_code == 404


def test_nobody_else_looks_at_a_file_that_waits_or_applies_it(site, registrar):
    waiting = hand_in(registrar, GOOD)
    for login in ("fire.registrar", "amr.administrator"):
        other = site.reader(login)
        assert other.get(waiting).status_code == 404
        assert other.get(f"{waiting}/faults.csv").status_code == 404
        assert other.post(f"{waiting}/apply", rows="all").status_code == 404
        assert other.post(f"{waiting}/discard").status_code == 404
        assert "名单.csv" not in other.page("/registries/imports")
    for login in ("amr.planner", "amr.auditor"):
        assert site.reader(login).get(waiting).status_code == 403
    assert site.stranger().get(waiting).status_code == 303
    assert "可以导入" in registrar.page(waiting)


def test_who_may_hand_in_what(site, registrar):
    assert 'value="departments"' not in kinds(registrar)
    administrator = site.reader("amr.administrator")
    assert set(re.findall(r'value="([^"]+)"', kinds(administrator))) == {"jurisdictions", "departments"}
    for reader, kind in ((registrar, "departments"), (administrator, "targets")):
        refused = reader.post("/registries/imports", kind=kind, file=(io.BytesIO(GOOD.encode()), "a.csv"))
        assert refused.status_code == 403
    assert "上传名单" not in site.reader("amr.auditor").page("/registries/imports")
    waiting = hand_in(administrator, "code,name,jurisdiction\nNEW,新局,390100\n", "departments")
    administrator.does(f"{waiting}/apply", rows="all")
    assert "新局" in registrar.page("/registries/inspectors/AMR001")


def kinds(reader: Reader) -> str:
    page = reader.page("/registries/imports")
    return page[page.index('id="f-kind"') : page.index("</select>")]


def send(reader: Reader, content: bytes, kind: str = "targets"):
    """Hand a file in without the test client's own file on disk, which it leaves open."""
    told = {"csrf_token": reader.token(), "kind": kind}
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in told.items()
    )
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content
    body += b"\r\n--x--\r\n"
    return reader.client.post(
        "/registries/imports",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
        headers={"HX-Request": "true"},
    )


def test_a_file_that_is_missing_empty_or_too_large_is_refused_where_one_is(site, registrar):
    missing = registrar.post("/registries/imports", headers={"HX-Request": "true"}, kind="targets")
    for refused, told in (
        (missing, "upload.name"),
        (send(registrar, b""), "upload.empty"),
        (send(registrar, b"x", "nonsense"), "import.kind"),
        (send(registrar, b"x" * ((20 << 20) + 1)), "upload.too_large"),
    ):
        assert refused.status_code == 422
        assert told in refused.text
        assert "<html" not in refused.text
    assert send(registrar, b"x" * (25 << 20)).status_code == 413
    with transaction(site.town.database, EVERYTHING) as session:
        assert session.scalars(select(Upload)).all() == []


def test_after_an_import_that_moved_somebody_the_refill_is_offered(site):
    _, number = site.town.drawn(**SMALL)
    registrar = site.reader("amr.registrar")
    mine = [target for visit, target in site.town.visits(number) if "amr001" in site.town.team(visit)]
    waiting = hand_in(
        registrar, "department,id,name,capacity,状态\nAMR,AMR001,检查员AMR1,60,停用\n", "inspectors"
    )
    assert "/registries/refill" not in registrar.page("/registries/imports")
    registrar.does(f"{waiting}/apply", rows="all")
    page = registrar.page("/registries/imports")
    assert "待补位" in page
    assert f"AMR001 · {len(mine)} 户" in page
    registrar.does("/registries/refill")
    page = registrar.page("/registries/inspectors")
    assert f"已补位 {len(mine)} 户" in page
    assert "待补位" not in page
    registrar.does("/registries/refill")
    assert "没有需要补位的检查" in registrar.page("/registries/inspectors")


def test_a_department_sees_its_own_imports(site, registrar):
    registrar.does(f"{hand_in(registrar, GOOD, name='我们的.csv')}/apply", rows="all")
    assert "我们的.csv" in site.reader("amr.auditor").page("/registries/imports?kind=targets")
    assert "我们的.csv" not in registrar.page("/registries/imports?kind=bars")
    assert "我们的.csv" not in site.reader("fire.registrar").page("/registries/imports")
    with transaction(site.town.database, EVERYTHING) as session:
        assert session.scalars(select(Import.sha256)).one() in registrar.page("/registries/imports")


def test_the_templates_are_files_that_the_import_takes(registrar):
    made = registrar.get("/registries/imports/template/targets.xlsx")
    assert CalamineWorkbook.from_filelike(io.BytesIO(made.data)).get_sheet_by_index(0).to_python()[0][0] == (
        "统一社会信用代码"
    )
    header = lines(registrar.get("/registries/imports/template/inspectors.csv"))[0]
    assert header[0] == "部门"
    assert all(name in registrar.page("/registries/imports/columns/inspectors") for name in header)


# Files to take away


def test_what_is_found_is_taken_away_and_comes_in_again_unchanged(site, registrar):
    store(
        site,
        *(
            Target(code=code, code_kind="other", kind="organisation", name=name, jurisdiction_code="390100")
            for code, name in (
                ("F1", "=1+1"),
                ("F2", "@SUM(A1)"),
                ("F3", "-2+3"),
                ("F4", "+cmd|' /C calc'!A0"),
            )
        ),
    )
    told = lines(registrar.get("/registries/export/targets.csv?risk_class=C"))
    assert len(told) == 16
    made = registrar.get("/registries/export/targets.csv")
    assert "attachment" in made.headers["Content-Disposition"]
    assert len(lines(made)) == 65
    assert not [cell for row in lines(made) for cell in row if cell[:1] in "=@+-" and cell]
    again = registrar.page(hand_in(registrar, made.data, name="again.csv"))
    assert "名单与库中一致" in again
    book = registrar.get("/registries/export/targets.xlsx?q=F1")
    assert CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0).to_python()[1][:3] == [
        "F1",
        "其他",
        "=1+1",
    ]


def test_inspectors_are_taken_away_by_those_who_work_with_them_and_only_their_own(site, registrar):
    told = lines(registrar.get("/registries/export/inspectors.csv"))
    assert {row[1] for row in told[1:]} == {f"AMR00{place}" for place in range(6)}
    assert len(lines(registrar.get("/registries/export/inspectors.csv?qualification=lead"))) == 4
    assert site.reader("amr.publisher").get("/registries/export/inspectors.csv").status_code == 403
    assert "export/inspectors" not in site.reader("amr.publisher").page("/registries/inspectors")


def test_a_stranger_comes_to_no_registry(site):
    stranger = site.stranger()
    for address in ("targets", "inspectors", "bars", "special", "imports", "export/targets.csv"):
        assert stranger.get(f"/registries/{address}").headers["Location"].startswith("/login")
