"""The two numbers under which a register knows a business, and their check characters.

USCC (统一社会信用代码) by GB 32100—2015; the older registration number (工商注册号) by GS 15—2006. Of both
only what the number says about itself is told here: whether its form and check character hold, and which
division issued it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I, O, S, V and Z

_USCC_LENGTH = 18
_USCC_DIVISION = slice(2, 8)
_USCC_MODULUS = len(USCC_ALPHABET)
_USCC_WEIGHTS = tuple(pow(3, place, _USCC_MODULUS) for place in range(_USCC_LENGTH - 1))
_USCC_VALUES = {character: value for value, character in enumerate(USCC_ALPHABET)}

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

_REGISTRATION_LENGTH = 15
_REGISTRATION_DIVISION = slice(0, 6)
_DIGITS = frozenset("0123456789")


def uscc_check_character(body: str) -> str:
    """The 18th character of the USCC that begins with these 17 (GB 32100—2015, 4.6: weights 3^i, mod 31).

    Raises KeyError for a character outside the alphabet and ValueError for another length.
    """
    total = sum(_USCC_VALUES[character] * w for character, w in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % _USCC_MODULUS]


def is_uscc(text: str) -> bool:
    """Whether this is a valid USCC: 18 characters of the alphabet, digits as division, check character."""
    return (
        len(text) == _USCC_LENGTH
        and _USCC_VALUES.keys() >= set(text)
        and set(text[_USCC_DIVISION]) <= _DIGITS
        and text[-1] == uscc_check_character(text[:-1])
    )


def organisation_check_character(body: str) -> str:
    """The ninth character of an organisation code (组织机构代码), USCC character 17 (GB 11714—1997: mod 11).

    Raises ValueError for a character that is neither digit nor letter and for another length than 8.
    """
    total = sum(int(character, 36) * w for character, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def registration_check_digit(body: str) -> str:
    """The 15th digit of the registration number that begins with these 14 (GB/T 17710—2008, mod 11,10).

    Raises ValueError for a character that is no digit.
    """
    carried = 10
    for character in body:
        carried = ((carried + int(character)) % 10 or 10) * 2 % 11
    return str((11 - carried) % 10)


def is_registration_number(text: str) -> bool:
    """Whether this is a whole valid registration number of GS 15—2006: 15 digits, the last one checking."""
    return (
        len(text) == _REGISTRATION_LENGTH
        and set(text) <= _DIGITS
        and text[-1] == registration_check_digit(text[:-1])
    )


def division_of(number: str) -> str:
    """The division (行政区划代码, six digits, GB/T 2260) whose register gave this valid number."""
    return number[_USCC_DIVISION if len(number) == _USCC_LENGTH else _REGISTRATION_DIVISION]


_VALUE_OF = np.full(256, -1, np.int16)
_VALUE_OF[[ord(character) for character in USCC_ALPHABET]] = np.arange(_USCC_MODULUS)
_DIGIT_OF = np.where(_VALUE_OF < 10, _VALUE_OF, -1).astype(np.int16)


def valid_numbers(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which of many texts are a USCC or a registration number as `is_uscc` and `is_registration_number` have it."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    # a byte for each character: what is no Latin letter or digit becomes a question mark, which neither number has
    characters = np.frombuffer("".join(texts).encode("latin-1", "replace"), np.uint8)
    starts = np.cumsum(lengths) - lengths
    valid = np.zeros(len(texts), np.bool_)
    for length, check in ((_USCC_LENGTH, _check_usccs), (_REGISTRATION_LENGTH, _check_registration_numbers)):
        places = np.flatnonzero(lengths == length)
        valid[places] = check(characters[starts[places, None] + np.arange(length)])
    return valid


def _check_usccs(characters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    values = _VALUE_OF[characters]
    total = values[:, :-1] @ np.array(_USCC_WEIGHTS, np.int16) + values[:, -1]
    division = _DIGIT_OF[characters[:, _USCC_DIVISION]]
    right: NDArray[np.bool_] = (
        (total % _USCC_MODULUS == 0) & (values >= 0).all(axis=1) & (division >= 0).all(axis=1)
    )
    return right


def _check_registration_numbers(characters: NDArray[np.uint8]) -> NDArray[np.bool_]:
    digits = _DIGIT_OF[characters]
    carried = np.full(len(digits), 10, np.int16)
    for column in digits[:, :-1].T:
        rest = (carried + column) % 10
        carried = np.where(rest == 0, 10, rest) * 2 % 11
    right: NDArray[np.bool_] = (digits >= 0).all(axis=1) & (digits[:, -1] == (11 - carried) % 10)
    return right
