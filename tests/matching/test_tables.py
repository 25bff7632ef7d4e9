"""What may stand in a frozen table, and what its tree proves."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.draw.frames import canonical, digest, framed, read_canonical, sm3
from matching.draw.tables import freeze, freeze_all, leaves, merkle_levels, merkle_path, seal
from matching.refused import Refused

SALT = bytes(range(32))
TARGET = ("A", "91320602MA1000001X", "320602", "企业一")
INSPECTOR = ("AMR", "AMR-01", "lead;safety", "320602", "320602;320612", "4", "张三")


def test_rows_are_sorted_by_stratum_and_id_whatever_order_they_come_in():
    rows = [
        ("乙", "1", "", "x"),
        ("A", "2", "", "x"),
        ("A", "10", "", "x"),
        ("𠮷", "0", "", "x"),
        ("\uffee", "9", "", "x"),
    ]
    expected = sorted(rows, key=lambda row: (row[0].encode(), row[1].encode()))
    assert list(freeze("targets", rows).rows) == list(freeze("targets", reversed(rows)).rows) == expected


def test_a_character_below_the_tab_does_not_change_the_order():
    rows = [("A", "1", "", "x"), ("A\x01", "0", "", "x"), ("B", "2", "", "x"), ("B", "2\x02", "", "x")]
    assert list(freeze("targets", reversed(rows)).rows) == rows


def test_a_mark_that_begins_a_field_stands_though_the_field_before_ends_with_its_letter():
    assert freeze("targets", [("A", "1", "e", "\u0301x")]).rows == (("A", "1", "e", "\u0301x"),)


def test_of_many_rows_that_may_not_stand_the_first_of_the_table_is_told():
    rows = [("A", f"{i:05}", "", "\0" if i in (7, 9_000) else "x") for i in range(9_999)]
    rows[8_000] = ("A", "08000", "")
    for given_rows, told in ((rows, 7), (reversed(rows), 7), (rows[8:], 8_000), (rows[8_001:], 9_000)):
        with pytest.raises(Refused) as refused:
            freeze("targets", given_rows)
        assert refused.value.params["row"][1] == f"{told:05}"


def test_the_file_is_a_header_and_one_line_per_row():
    assert freeze("targets", [TARGET]).file() == (
        "stratum\tid\tregion\tname\nA\t91320602MA1000001X\t320602\t企业一\n".encode()
    )
    assert freeze("bars", []).file() == b"inspector_id\ttarget_id\tground\n"


def _with(row, place, value):
    return (*row[:place], value, *row[place + 1 :])


@pytest.mark.parametrize(
    ("name", "rows", "code"),
    [
        ("targets", [_with(TARGET, 3, "a\tb")], "table.text"),
        ("targets", [_with(TARGET, 3, "a\nb")], "table.text"),
        ("targets", [_with(TARGET, 3, "a\rb")], "table.text"),
        ("targets", [_with(TARGET, 3, "a\0b")], "table.text"),
        ("targets", [_with(TARGET, 3, "e\u0301")], "table.text"),
        ("targets", [_with(TARGET, 3, "\ud800")], "table.text"),
        ("targets", [_with(TARGET, 0, "")], "table.key_empty"),
        ("targets", [_with(TARGET, 1, "")], "table.key_empty"),
        ("targets", [TARGET, _with(TARGET, 3, "again")], "table.key_twice"),
        ("targets", [TARGET, _with(TARGET, 0, "B")], "table.id_twice"),
        ("targets", [TARGET[:3]], "table.columns"),
        ("inspectors", [_with(INSPECTOR, 2, "safety;lead")], "table.list_not_sorted"),
        ("inspectors", [_with(INSPECTOR, 4, "320602;320602")], "table.list_not_sorted"),
        ("inspectors", [_with(INSPECTOR, 4, "320602;")], "table.list_not_sorted"),
        ("inspectors", [_with(INSPECTOR, 5, "04")], "table.capacity"),
        ("inspectors", [_with(INSPECTOR, 5, "-1")], "table.capacity"),
        ("inspectors", [_with(INSPECTOR, 5, "４")], "table.capacity"),
        ("inspectors", [_with(INSPECTOR, 5, "")], "table.capacity"),
    ],
)
def test_a_row_that_may_not_stand_is_refused_and_shown(name, rows, code):
    with pytest.raises(Refused) as refused:
        freeze(name, rows)
    assert refused.value.code == code
    assert refused.value.params["table"] == name
    assert refused.value.params["row"] in [list(row) for row in rows]


@pytest.mark.parametrize(
    ("bars", "pair_bars", "code"),
    [
        ([("AMR-99", TARGET[1], "kinship")], [], "table.bar_of_unknown"),
        ([("AMR-01", "nobody", "kinship")], [], "table.bar_of_unknown"),
        ([], [("AMR-01", "AMR-99", "kinship")], "table.bar_of_unknown"),
        ([], [("AMR-02", "AMR-01", "kinship")], "table.pair_not_ordered"),
        ([], [("AMR-01", "AMR-01", "kinship")], "table.pair_not_ordered"),
    ],
)
def test_a_bar_must_name_two_that_stand_in_the_registries(bars, pair_bars, code):
    with pytest.raises(Refused, match=code):
        freeze_all([TARGET], [INSPECTOR, _with(INSPECTOR, 1, "AMR-02")], bars, pair_bars)


def root_by_definition(hashes):
    """RFC 6962, section 2.1: split at the largest power of two below the number of leaves."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_by_definition(hashes[:k]) + root_by_definition(hashes[k:])).digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_tree_is_that_of_rfc_6962_and_every_path_leads_to_its_root(hashes):
    levels = merkle_levels(hashes)
    assert levels[-1] == [root_by_definition(hashes)]
    for i, each in enumerate(hashes):
        for side, sibling in merkle_path(levels, i):
            each = hashlib.sha256(b"\1" + (sibling + each if side == "L" else each + sibling)).digest()
        assert each == levels[-1][0]


@pytest.mark.parametrize("rows", [0, 1, 255, 256, 257, 1_000])
def test_the_root_of_a_long_table_is_that_of_all_its_leaves(rows):
    table = freeze("targets", [("A", f"{i:05}", "", "x") for i in range(rows)])
    assert seal(table, SALT).root == root_by_definition(leaves(table, SALT))


def test_every_part_of_a_table_changes_its_digest():
    table = freeze("inspectors", [INSPECTOR])
    digests = {seal(table, SALT).digest, seal(table, bytes(32)).digest}
    for place, value in enumerate(("EM", "AMR-02", "lead", "320612", "*", "5", "李四")):
        digests.add(seal(freeze("inspectors", [_with(INSPECTOR, place, value)]), SALT).digest)
    assert len(digests) == 9


def test_leaves_of_equal_rows_differ_by_their_salt():
    table = freeze("targets", [("A", str(i), "", "同名") for i in range(9)])
    assert len(set(leaves(table, SALT))) == 9


def test_frames_of_different_parts_never_read_alike():
    assert framed("x", b"a", b"b") != framed("x", b"ab") != framed("xa", b"b")
    assert digest("x", b"", b"a") != digest("x", b"a", b"")


def test_canonical_json_has_one_spelling():
    value = {"乙": [1, True, None, 'a"\\\n\x01é\u2028'], "丙": {}, "A": -3}
    written = '{"A":-3,"丙":{},"乙":[1,true,null,"a\\"\\\\\\n\\u0001é\u2028"]}'.encode()
    assert canonical(value) == written
    assert read_canonical(written, "x") == value
    for other in (b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.0}', b'"\\u00e9"', b'{"a":1}\n'):
        with pytest.raises(Refused, match=r"json\."):
            read_canonical(other, "x")


@pytest.mark.parametrize(
    "value", [0.5, float("nan"), {"a": [1.0]}, {1: "a"}, b"bytes", {"a": "e\u0301"}, "\ud800"]
)
def test_a_value_without_canonical_form_is_refused(value):
    with pytest.raises(Refused):
        canonical(value)


def test_sm3_is_that_of_the_standard():
    # GB/T 32905-2016, annex A.1
    assert sm3(b"abc") in (None, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
