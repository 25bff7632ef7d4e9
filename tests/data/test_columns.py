"""Columns read at once give what their cells give one by one; numbers checked at once what an oracle says of each."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from data.intake.columns import Plain, Registration, Repeating
from data.intake.fields import bare_number, plainly_sound
from data.intake.lists import LISTS, item_code
from data.intake.records import Cell, Number
from data.intake.registration_codes import (
    USCC_ALPHABET,
    registration_check_digit,
    uscc_check_character,
    valid_numbers,
)

READERS = {
    f"{kind.name}.{column.name}": column.reader
    for kind in LISTS.values()
    for column in kind.columns
    if not column.known
}
SOUND = "91320684138804108P"
PIECES = (
    *(
        "甲",
        "乙厂",
        "a",
        " ",
        "\u3000",
        "\t",
        "\n",
        "\u200b",
        "\u0301",
        "e",
        "+",
        "1E+17",
        ";",
        "；",
        "、",
        "#N/A",
    ),
    *("#", "*", "是", "否", "2026-05-18", "2026-02-30", "A", "uscc", "5/100", "0", "12", "\xa0", "\ud7b0"),
    *(SOUND, SOUND.lower(), "320600000000015", "Ａ", "x" * 60),
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=4).map("".join),
    st.sampled_from(["", "甲厂", "A", "2026-05-18"]),
    st.text(max_size=6),
    st.sampled_from([Number("12"), Number("2026-05-18T00:00:00"), Number("TRUE")]),
)


def one_by_one(reader: Plain | Repeating | Registration, cells: Sequence[Cell]) -> object:
    read = [reader.cell(cell) for cell in cells]
    return [value for value, _ in read], {
        place: list(found) for place, (_, found) in enumerate(read) if found
    }


def at_once(reader: Plain | Repeating | Registration, cells: Sequence[Cell]) -> object:
    values, findings = reader.read(cells)
    return values, {place: list(found) for place, found in findings.items()}


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40, deadline=None)
@given(cells=st.lists(CELLS, max_size=8), repeated=st.sampled_from([1, 9]))
def test_a_column_is_read_as_its_cells_are(name, cells, repeated):
    cells = cells * repeated
    assert at_once(READERS[name], cells) == one_by_one(READERS[name], cells)


@pytest.mark.parametrize("doubt", ["\u200b甲", " 甲", "甲\u3000", "e\u0301", "#N/A", "x" * 1_001])
def test_one_doubtful_cell_in_ten_thousand_is_looked_at(doubt):
    cells = ["临澜市甲厂"] * 10_000
    assert plainly_sound(cells, 1_000, "+")
    cells[7_777] = doubt
    assert not plainly_sound(cells, 1_000, "+")


def a_uscc(chance: random.Random) -> str:
    body = "91" + f"{chance.randrange(10**6):06}" + "".join(chance.choices(USCC_ALPHABET, k=9))
    return body + uscc_check_character(body)


def a_number_with_letters_in_its_division(chance: random.Random) -> str:
    body = "91" + "".join(chance.choices(USCC_ALPHABET, k=15))
    return body + uscc_check_character(body)


def a_registration_number(chance: random.Random) -> str:
    body = f"{chance.randrange(10**14):014}"
    return body + registration_check_digit(body)


def mutated(chance: random.Random, number: str) -> str:
    place = chance.randrange(len(number))
    kind = chance.randrange(5)
    if kind == 0:
        return (
            number[:place] + chance.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-é汉") + number[place + 1 :]
        )
    if kind == 1:
        return number[:place] + number[place + 1 :]
    if kind == 2:
        return number[:place] + number[place : place + 2][::-1] + number[place + 2 :]
    return number if kind == 3 else number[:place] + chance.choice("0123456789") + number[place:]


def test_three_hundred_thousand_numbers_check_as_the_oracle_says():
    chance = random.Random(18)
    makers = (
        a_uscc,
        a_registration_number,
        a_uscc,
        a_registration_number,
        a_number_with_letters_in_its_division,
    )
    numbers = [makers[place % 5](chance) for place in range(100_000)]
    numbers += [mutated(chance, number) for number in numbers] + [
        mutated(chance, number) for number in numbers
    ]
    expected = [
        uscc.is_valid(number)
        if len(number) == 18
        else len(number) == 15 and number.isascii() and number.isdigit() and mod_11_10.is_valid(number)
        for number in map(_as_it_stands, numbers)
    ]
    told = valid_numbers(numbers).tolist()
    assert [n for n, a, b in zip(numbers, told, expected, strict=True) if a != b] == []
    assert 80_000 < sum(told) < 250_000


def _as_it_stands(number: str) -> str:
    # the oracle passes over hyphens and spaces, and takes small letters; here a number is what it is
    return number if number == bare_number(number) else ""


def test_no_numbers_at_all_are_no_error():
    assert valid_numbers([]).tolist() == []


def test_an_item_without_a_code_has_the_same_one_for_ever():
    assert item_code(["食品", "食品销售监督检查", "", "销售者"]) == item_code(
        ["食品", "食品销售监督检查", "", "销售者"]
    )
    assert item_code(["a", "b", "", ""]) != item_code(["ab", "", "", ""])
    assert item_code(["食品", "食品销售监督检查", "", "销售者"]) == "auto-246f104147086cde"
