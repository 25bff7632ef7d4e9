"""The tickets are the same to the bit by definition, by numpy, and by every other program, under every Python found."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from matching.draw import tickets
from tests.golden import vectors
from tests.test_versions import python_of

ROOT = Path(__file__).parent.parent.parent
WORDS = Path(__file__).with_name("words.py")
VERIFIER = ROOT / "matching" / "verifier.py"
PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
SOME, MANY = 30_000, 1_000_000
HIGHEST_BITS = 40  # of an index; tables have no more rows than 30
EDGE_KEYS = (0, 1, 2**64 - 1, 2**64, 2**127, 2**128 - 1)
EDGE_PLACES = (0, 1, 3, 4, 5, 7, 8, 2**32 - 1, 2**32, 2**HIGHEST_BITS - 1)

Case = tuple[int, ...]  # a key, then an index, or a target's and an inspector's


def cases(number: int) -> Iterator[Case]:
    """Keys and places at the edges, then by chance: small and large ones alike often."""
    yield from ((key, place) for key in EDGE_KEYS for place in EDGE_PLACES)
    yield from ((key, t, j) for key in EDGE_KEYS for t in EDGE_PLACES for j in EDGE_PLACES)
    chance = random.Random(number)
    for turn in range(number):
        bits = (chance.randrange(1, HIGHEST_BITS + 1) for _ in range(1 + turn % 2))
        yield chance.getrandbits(128), *(chance.getrandbits(each) for each in bits)


def of_vectors() -> dict[Case, str]:
    """The tickets that the golden vectors know."""
    philox = vectors()["philox"]
    key = int(philox["key"], 16)
    words = {(key, int(i)): word for i, word in philox["words"].items()}
    return words | {(key, each["t"], each["j"]): each["word"] for each in philox["pair_words"]}


def by_definition(case: Case) -> str:
    key, *places = case
    return f"{(tickets.pair_word if len(places) == 2 else tickets.word)(key, *places):016x}"


def by_numpy(case: Case) -> str:
    key, *row, place = case
    return f"{int(tickets.words(key, place, 1, *row)[0]):016x}"


def by_program(command: list[str], asked: list[Case]) -> list[str]:
    """What a program answers to the cases, line by line."""
    lines = "".join(f"{case[0]:032x} {' '.join(map(str, case[1:]))}\n" for case in asked)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def check_program(command: list[str], number: int) -> None:
    """All vectors, and so many cases by chance."""
    known = of_vectors()
    assert by_program(command, list(known)) == list(known.values())
    asked = list(cases(number))
    assert by_program(command, asked) == [by_definition(case) for case in asked]


def test_numpy_is_in_use():
    """Else a test of its words would compare the definition with itself."""
    assert tickets._stream is tickets._by_numpy
    assert tickets._pairs is tickets._pairs_by_numpy


@pytest.mark.parametrize("number", [100_000, pytest.param(MANY, marks=pytest.mark.long)])
def test_numpy_gives_what_the_definition_gives(number):
    known = of_vectors()
    assert [by_definition(case) for case in known] == list(known.values())
    assert [by_numpy(case) for case in known] == list(known.values())
    differing = [case for case in cases(number) if by_numpy(case) != by_definition(case)]
    assert differing == []


def test_long_streams_and_chunks_are_the_words_one_by_one():
    chance = random.Random(7)
    for _ in range(200):
        key, start, count, row = (
            chance.getrandbits(128),
            chance.getrandbits(30),
            chance.randrange(40),
            chance.getrandbits(30),
        )
        assert tickets.words(key, start, count).tolist() == [
            tickets.word(key, start + i) for i in range(count)
        ]
        pairs = [tickets.pair_word(key, row, start + i) for i in range(count)]
        assert tickets.words(key, start, count, row).tolist() == pairs
    chunks = list(tickets.word_chunks(5, 3, tickets.CHUNK + 9))
    assert [first for first, _ in chunks] == [3, 3 + tickets.CHUNK]
    assert np.array_equal(
        np.concatenate([chunk for _, chunk in chunks]), tickets.words(5, 3, tickets.CHUNK + 9)
    )


def test_words_of_many_pairs_are_the_words_one_by_one():
    """Of small and large rows and columns, through the end of what is made at once."""
    chance = np.random.default_rng(11)
    number = tickets._AT_ONCE + 5_000
    rows = chance.integers(0, 2**64, number, dtype=np.uint64) >> chance.integers(
        0, 64, number, dtype=np.uint64
    )
    columns = chance.integers(0, 2**64, number, dtype=np.uint64) >> chance.integers(
        0, 64, number, dtype=np.uint64
    )
    for key in (1, 2**128 - 1, 0xC019B59BD01D936B832451118095C87B):
        found = tickets.pair_words(key, rows, columns).tolist()
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        assert found == [tickets.pair_word(key, t, j) for t, j in pairs]
    assert tickets.pair_words(3, rows[:0], columns[:0]).tolist() == []
    philox = vectors()["philox"]
    known = philox["pair_words"]
    rows, columns = (np.array([each[name] for each in known], dtype=np.uint64) for name in "tj")
    found = tickets.pair_words(int(philox["key"], 16), rows, columns)
    assert [f"{word:016x}" for word in found.tolist()] == [each["word"] for each in known]


@pytest.mark.parametrize("number", [SOME, pytest.param(MANY, marks=pytest.mark.long)])
@pytest.mark.parametrize("version", PYTHONS)
def test_the_verifier_gives_what_the_definition_gives_under_every_python(version, number):
    python = python_of(version)
    if python is None:
        pytest.skip(f"Python {version} is not on this machine")
    # nothing but the standard library is at hand
    check_program([str(python), "-I", "-S", "-W", "error", str(WORDS), str(VERIFIER)], number)


@pytest.mark.parametrize("name", ["_ROUNDS", "_WEYL", "_MULTIPLIERS"])
def test_the_vectors_find_a_generator_that_is_not_this_one(monkeypatch, name):
    others = {"_ROUNDS": 9, "_WEYL": tickets._WEYL[::-1], "_MULTIPLIERS": tickets._MULTIPLIERS[::-1]}
    monkeypatch.setattr(tickets, name, others[name])
    assert all(by_definition(case) != word for case, word in of_vectors().items())
