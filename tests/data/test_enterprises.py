"""Lists of enterprises: a number that proves itself makes a target, everything else is told."""

import io
import random

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from data.intake.enterprises import (
    EnterpriseTarget,
    YearStrata,
    registration_year,
    targets_of_enterprises,
)
from data.intake.faults import Fault
from data.intake.fields import bare_number
from data.intake.records import Source
from data.intake.registration_codes import (
    USCC_ALPHABET,
    division_of,
    is_registration_number,
    is_uscc,
    organisation_check_character,
    registration_check_digit,
    uscc_check_character,
)

HEADER = "name,uscc,registered_on,entity_type,capital,scope,province,city,address"
# both invented, in the block 39 that no province has
CODE = "913901020000000012"
NUMBER = "390102000000010"


def make_uscc(body: str) -> str:
    return body + uscc.calc_check_digit(body)


def make_number(body: str) -> str:
    return body + mod_11_10.calc_check_digit(body)


def read(*lines: str, header: str = HEADER) -> tuple[list[EnterpriseTarget], list[tuple[int, str, str, str]]]:
    """What a CSV list of these lines gives; a fault as line, column, code, value."""
    content = "".join(line + "\n" for line in (header, *lines)).encode()
    targets, faults = targets_of_enterprises(Source("list.csv", content))
    return targets, [(fault.line, fault.column, fault.code, fault.value) for fault in faults]


def row(name: str, number: str, registered_on: str = "1998-05-18") -> str:
    return f"{name},{number},{registered_on},,3.4万元,五金,某省,临澜,城北路1号"


# --- numbers that prove themselves


def test_2000_random_codes_get_the_same_judgement_from_another_program() -> None:
    """Each once as it is, and once with one character changed to another of the alphabet: that never checks."""
    chance = random.Random(7)
    for _ in range(2000):
        body = "".join(chance.choices("0123456789", k=8)) + "".join(chance.choices(USCC_ALPHABET, k=9))
        code = body + uscc_check_character(body)
        place = chance.randrange(18)
        other = chance.choice([character for character in USCC_ALPHABET if character != code[place]])
        changed = code[:place] + other + code[place + 1 :]
        assert is_uscc(code)
        assert uscc.is_valid(code)
        assert not is_uscc(changed)
        assert not uscc.is_valid(changed)


@given(st.text("0123456789ABCXYOIZSV一 -", min_size=16, max_size=19))
def test_any_text_in_digits_first_gets_the_same_judgement_from_another_program(text: str) -> None:
    if not set(text) & {" ", "-"}:  # the other program would take them out
        code = "91390102" + text[8:]
        assert is_uscc(code) == uscc.is_valid(code)


def test_2000_random_registration_numbers_get_the_same_judgement_from_another_program() -> None:
    chance = random.Random(8)
    for _ in range(2000):
        body = "".join(chance.choices("0123456789", k=14))
        number = body + registration_check_digit(body)
        assert is_registration_number(number)
        assert mod_11_10.is_valid(number)
        place = chance.randrange(15)
        other = str((int(number[place]) + chance.randrange(1, 10)) % 10)
        assert not is_registration_number(number[:place] + other + number[place + 1 :])


def test_a_code_may_begin_with_letters_as_those_of_village_collectives_do() -> None:
    """GB 32100 gives the registering department and the kind a digit or a letter each; N2 is in use."""
    assert is_uscc(make_uscc("N2390102MF0000001"))


@pytest.mark.parametrize(
    "code",
    ["", CODE[:-1], CODE + "0", CODE.lower() + " ", make_uscc("9139A102000000001"), "9139010200000000I7"],
)
def test_what_has_not_the_form_of_a_code_is_none(code: str) -> None:
    assert not is_uscc(code)


def test_a_number_of_15_digits_that_are_not_ascii_is_none() -> None:
    assert not is_registration_number("３" + NUMBER[1:])


def test_the_organisation_code_of_the_standards_own_example_checks() -> None:
    """GB 11714 shows D2143569-X."""
    assert organisation_check_character("D2143569") == "X"


def test_the_division_stands_third_to_eighth_in_a_code_and_first_to_sixth_in_a_number() -> None:
    assert division_of(CODE) == "390102"
    assert division_of(NUMBER) == "390102"


# --- a row


def test_a_row_becomes_a_target_in_the_order_of_the_frozen_table() -> None:
    targets, faults = read(row("临澜市鑫源五金厂", CODE))
    assert targets == [("1998-2000", CODE, "390102", "临澜市鑫源五金厂")]
    assert targets[0]._fields == ("stratum", "id", "region", "name")
    assert faults == []


def test_an_old_registration_number_is_as_good_as_a_credit_code() -> None:
    targets, faults = read(row("甲厂", NUMBER))
    assert [(target.id, target.region) for target in targets] == [(NUMBER, "390102")]
    assert faults == []


@pytest.mark.parametrize(
    "written", [CODE, f" {CODE} ", "9139 0102 0000 000012", "91-390102-000000001-2", "９１" + CODE[2:]]
)
def test_spaces_hyphens_and_full_width_in_a_code_say_nothing(written: str) -> None:
    targets, _ = read(row("甲厂", written))
    assert [target.id for target in targets] == [CODE]


def test_a_code_in_small_letters_is_the_same_code() -> None:
    code = make_uscc("91390102MA0000001")
    assert bare_number(code.lower()) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "no_id"),
        ("  ", "no_id"),
        ("-", "no_id"),
        ("913901020000000018", "not_a_uscc"),
        ("91390102000000001", "not_a_uscc"),
        ("91390102MA000001", "not_a_uscc"),
        ("390102000000016", "not_a_registration_number"),
        ("3901021100001", "not_a_registration_number"),
        ("企独临总字第001234号", "not_a_registration_number"),
        ("13830295-X", "not_a_uscc"),
        ("138302951", "not_a_uscc"),
        ("无", "not_a_registration_number"),
        ("9.13901E+17", "number_as_text"),
        ("9139010200;000000012", "separator_in_id"),
    ],
)
def test_a_number_that_does_not_check_is_told_as_what_it_was_meant_to_be(number: str, code: str) -> None:
    targets, faults = read(row("甲厂", CODE), row("乙厂", number))
    assert [target.name for target in targets] == ["甲厂"]
    assert faults == [(3, "uscc", code, number.strip())]


def test_a_workbooks_number_is_told_since_its_last_digits_may_be_gone() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(0, 0, ["企业名称", "统一社会信用代码", "成立日期"])
        sheet.write_row(1, 0, ["甲厂", int(CODE), "1990年1月"])
        sheet.write_row(2, 0, ["乙厂", NUMBER, "1990年1月"])
    targets, faults = targets_of_enterprises(Source("list.xlsx", file.getvalue()))
    assert [tuple(target) for target in targets] == [("before-1992", NUMBER, "390102", "乙厂")]
    assert [(f.file, f.sheet, f.line, f.column, f.code) for f in faults] == [
        ("list.xlsx", "名单", 2, "统一社会信用代码", "number_cell")
    ]


def test_a_row_without_a_name_is_told_and_gives_no_target() -> None:
    assert read(row(" ", CODE)) == ([], [(2, "name", "empty", "")])


def test_everything_wrong_with_a_row_is_told_in_the_order_of_its_columns() -> None:
    _, faults = read("1998-05-18,X,", header="registered_on,uscc,name")
    assert faults == [(2, "uscc", "not_a_uscc", "X"), (2, "name", "empty", "")]


def test_a_name_keeps_the_comma_and_the_line_break_is_told() -> None:
    targets, faults = read(row('"甲厂,乙厂"', CODE), row('"丙\n厂"', NUMBER))
    assert [target.name for target in targets] == ["甲厂,乙厂"]
    assert faults == [(3, "name", "control_character", "U+000A")]


def test_a_long_value_is_cut_where_it_is_told() -> None:
    _, faults = read(row("甲厂", "9" * 200))
    assert faults == [(2, "uscc", "not_a_uscc", "9" * 80)]


# --- rows among each other


def test_of_a_repeated_row_the_first_counts_and_the_others_are_told() -> None:
    targets, faults = read(row("甲厂", CODE), row("乙厂", NUMBER), row("甲厂", CODE))
    assert [target.name for target in targets] == ["甲厂", "乙厂"]
    assert faults == [(4, "", "row_twice", CODE)]


def test_a_number_of_two_different_rows_is_told_for_somebody_to_decide() -> None:
    targets, faults = read(
        row("甲厂", CODE), row("甲厂", CODE, "1999-01-01"), row("丙厂", f"{CODE[:8]} {CODE[8:]}")
    )
    assert [target.name for target in targets] == ["甲厂"]
    assert faults == [(3, "uscc", "id_twice", CODE), (4, "uscc", "id_twice", CODE)]


def test_a_row_that_repeats_a_faulty_rows_number_is_told_too() -> None:
    _, faults = read(row("", CODE), row("甲厂", CODE))
    assert faults == [(2, "name", "empty", ""), (3, "uscc", "id_twice", CODE)]


# --- the stratum


@pytest.mark.parametrize(
    ("registered_on", "stratum"),
    [
        ("1991-12-31", "before-1992"),
        ("1992-01-01", "1992-1997"),
        ("1997/12/31", "1992-1997"),
        ("1998年5月18日", "1998-2000"),
        ("20001231", "1998-2000"),
        ("2001", "from-2001"),
        ("2024-02-30 00:00:00", "from-2001"),
        ("", "year-unknown"),
        ("36000", "year-unknown"),
        ("不详", "year-unknown"),
        ("18-05-1998", "year-unknown"),
    ],
)
def test_the_stratum_is_the_period_of_registration(registered_on: str, stratum: str) -> None:
    targets, faults = read(row("甲厂", CODE, registered_on))
    assert [target.stratum for target in targets] == [stratum]
    assert faults == []


def test_other_bounds_make_other_strata() -> None:
    strata = YearStrata((2000,))
    source = Source("list.csv", f"{HEADER}\n{row('甲厂', CODE)}\n{row('乙厂', NUMBER, '2000')}\n".encode())
    targets, _ = targets_of_enterprises(source, strata)
    assert [target.stratum for target in targets] == ["before-2000", "from-2000"]


@given(st.lists(st.integers(1900, 2050), min_size=1, unique=True).map(sorted), st.integers(1800, 2099))
def test_every_year_lies_in_the_period_its_stratum_names(bounds: list[int], year: int) -> None:
    name = YearStrata(tuple(bounds)).stratum(year)
    if name.startswith("before-"):
        assert year < bounds[0] == int(name[7:])
    elif name.startswith("from-"):
        assert year >= bounds[-1] == int(name[5:])
    else:
        first, last = map(int, name.split("-"))
        assert first <= year <= last
        assert last + 1 == bounds[bounds.index(first) + 1]


@pytest.mark.parametrize("bounds", [(), (1998, 1992), (1992, 1992)])
def test_bounds_that_do_not_rise_are_a_mistake_of_the_program(bounds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rising"):
        YearStrata(bounds)


def test_a_year_is_only_a_year_of_four_digits() -> None:
    assert registration_year("1998") == 1998
    assert registration_year("19985") is None
    assert registration_year("0998-01-01") is None


# --- the file


def test_the_columns_are_found_by_their_chinese_headers_in_any_order() -> None:
    targets, faults = read(f"1990-01-01,{CODE},甲厂", header="成立日期,统一社会信用代码,企业名称")
    assert [tuple(target) for target in targets] == [("before-1992", CODE, "390102", "甲厂")]
    assert faults == []


def test_a_missing_column_is_told_and_nothing_is_read() -> None:
    assert read(f"甲厂,{CODE}", header="name,uscc") == ([], [(1, "registered_on", "column_missing", "")])


def test_a_column_that_stands_twice_is_told_and_nothing_is_read() -> None:
    targets, faults = read(f"甲厂,{CODE},1990,乙厂", header="name,uscc,registered_on,企业名称")
    assert targets == []
    assert faults == [(1, "企业名称", "column_twice", "企业名称")]


def test_a_row_of_another_width_is_told_and_the_rest_is_read() -> None:
    targets, faults = read(f"甲厂,{CODE}", row("乙厂", NUMBER), row("丙厂", CODE) + ",,")
    assert [target.name for target in targets] == ["乙厂"]
    assert faults == [(2, "", "row_short", "2/9"), (4, "", "row_long", "11/9")]


def test_a_damaged_byte_costs_its_own_line_only() -> None:
    content = f"{HEADER}\n{row('甲厂', CODE)}\n".encode() + b"\xff" + f"{row('乙厂', NUMBER)}\n".encode()
    targets, faults = targets_of_enterprises(Source("list.csv", content))
    assert [target.name for target in targets] == ["甲厂"]
    assert faults == [Fault("list.csv", "", 3, "", "not_text", "0xFF")]


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_is_told(content: bytes) -> None:
    assert targets_of_enterprises(Source("list.csv", content)) == (
        [],
        [Fault("list.csv", "", 0, "", "empty_file", "")],
    )


def test_a_list_in_gb18030_is_read() -> None:
    source = Source("list.csv", f"{HEADER}\n{row('临澜市甲厂', CODE)}\n".encode("gb18030"))
    assert [target.name for target in targets_of_enterprises(source).targets] == ["临澜市甲厂"]
