"""The sample city as the lists that a registrar would hand in, with what a service needs beside a draw from files.

Certificates, special registry and items are made up like the rest of the city, and the same on every machine but for
the days, which depend on the day on which the lists are asked for.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from data.sample.city import City, petrol_stations
from data.sample.particulars import Particulars, particulars

CITY_CODE = "390100"
NOTARY = ("NOTARY", "临澜市公证处")
PETROL = "petrol"
ITEMS = (
    (
        "AMR",
        "A01",
        "加油站监督检查",
        "加油机计量、成品油质量检查",
        "《计量法》第十八条",
        "计量器具和成品油质量",
    ),
    (
        "FIRE",
        "B01",
        "消防安全检查",
        "加油站消防安全检查",
        "《消防法》第五十三条",
        "消防设施、疏散通道、用火用电",
    ),
    (
        "EM",
        "C01",
        "安全生产检查",
        "加油站安全生产检查",
        "《安全生产法》第六十五条",
        "安全生产制度、培训、应急预案",
    ),
)
"""Department, code, category, item, legal basis and content of the items of the joint campaign."""

_EXPIRED_EVERY, _SUSPENDED_EVERY = (
    37,
    53,
)  # inspectors who must not be drawn, so that a pool shows them kept out


def sample_lists(city: City, expired_on: str, valid_to: str) -> dict[str, bytes]:
    """All lists by kind, in the order in which they can be imported, as CSV with a byte order mark.

    The two days, written 2026-03-02, are the last ones of certificates that have expired and of those that are valid.
    """
    stations = petrol_stations(city)
    return {
        "jurisdictions": _list(
            ("code", "name", "superior_code"),
            [(CITY_CODE, city.name, ""), *((each.code, each.name, CITY_CODE) for each in city.districts)],
        ),
        "departments": _list(
            ("code", "name", "jurisdiction"),
            [(code, name, CITY_CODE) for code, name in (*city.departments, NOTARY)],
        ),
        "items": _list(
            ("department", "code", "category", "item", "legal_basis", "content", "target_type", "item_class", "methods"),
            [(*item, "加油站", "重点检查事项", "现场检查、检验检测") for item in ITEMS],
        ),
        "targets": _list(
            ("code", "name", "risk_class", "region", *Particulars._fields),
            [
                (each.id, each.name, each.stratum, each.region, *told)
                for each, told in zip(city.targets, particulars(city), strict=True)
            ],
        ),
        "registries": _list(("code", "name", "department", "label"), [(PETROL, "加油站专项库", "AMR", "加油站")]),
        "permits": _list(
            ("uscc", "registry", "number", "name", "issuer"),
            [
                (each.id, PETROL, f"临油零售证书第{place:04d}号", "成品油零售经营批准证书", "临澜市商务局")
                for place, each in enumerate(stations, start=1)
            ],
        ),
        "inspectors": _inspectors(city, expired_on, valid_to),
        "bars": _list(
            ("inspector_id", "target_id", "ground"),
            [(each.inspector_id, each.target_id, each.ground) for each in city.bars],
        ),
        "pair-bars": _list(("inspector_a", "inspector_b", "ground"), city.pair_bars),
    }  # fmt: skip


def _inspectors(city: City, expired_on: str, valid_to: str) -> bytes:
    header = (
        *("department", "id", "name", "qualifications", "home", "regions", "capacity", "state"),
        *("certificate_kind", "certificate_number", "certificate_expires_on"),
    )
    rows = []
    for place, each in enumerate(city.inspectors, start=1):
        expires_on = expired_on if place % _EXPIRED_EVERY == 0 else valid_to
        state = "suspended" if place % _SUSPENDED_EVERY == 0 else "active"
        rows.append(
            (
                *(each.department, each.id, each.name, each.qualifications, each.home, each.regions),
                *(each.capacity, state, "行政执法证", each.id, expires_on),
            )
        )
    return _list(header, rows)


def _list(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
