"""Signed notes are those of C2SP and of Go's note package; of every byte of them nothing may be otherwise."""

from __future__ import annotations

import pytest

from data.notes import (
    Faulty,
    Head,
    Signer,
    claimed_head,
    new_signer,
    open_checkpoint,
    open_note,
    read_head,
    read_signer,
    read_vkey,
    write_signer,
)

# golang.org/x/mod/sumdb/note, note_test.go
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
PETER_SIGNED = f"— PeterNeumann {PETER}\n"
ENOCH_SIGNED = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
SIGNER = Signer(bytes(range(32)))
ROOT = "cnJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnI="
ORIGIN = "amr.example/yaohao/business"
HEAD = Head(ORIGIN, 20852163, {"sha256": b"r" * 32, "sm3": b"m" * 32})
NOTE = SIGNER.sign(ORIGIN, HEAD.text)
OURS = SIGNER.verifier(ORIGIN)


def fault(work):
    with pytest.raises(Faulty) as refused:
        work()
    return refused.value.fault


def test_the_key_of_the_public_example_signs_what_it_signed_there():
    signer, name = read_signer(PRIVATE)
    assert (name, signer.verifier(name).vkey) == ("PeterNeumann", VKEY)
    assert signer.sign(name, TEXT) == TEXT + "\n" + PETER_SIGNED
    assert write_signer(signer, name) == PRIVATE + "\n"


def test_a_note_is_opened_by_each_of_the_keys_that_signed_it_and_by_no_other():
    note = (TEXT + "\n" + PETER_SIGNED + ENOCH_SIGNED).encode()
    assert open_note(note, read_vkey(VKEY)) == open_note(note, read_vkey(ENOCH)) == TEXT
    assert fault(lambda: open_note(note, OURS)) == "other_key"
    assert fault(lambda: open_note((TEXT + "\n" + ENOCH_SIGNED).encode(), read_vkey(VKEY))) == "other_key"


@pytest.mark.parametrize("note", [
    TEXT,
    TEXT + "\n",
    "\n" + PETER_SIGNED,
    TEXT + "\n" + PETER_SIGNED[:-1],
    "\1" + TEXT + "\n" + PETER_SIGNED,
    "\r\n" + TEXT + "\n" + PETER_SIGNED,
    TEXT + "\n" + PETER_SIGNED + "Unexpected line.\n",
    TEXT + "\n" + PETER_SIGNED * 17,
    TEXT + "\n" + PETER_SIGNED.replace("PeterNeumann", "Bad Name"),
    TEXT + "\n" + PETER_SIGNED.replace("PeterNeumann", "a+b"),
    TEXT + "\n" + PETER_SIGNED.replace("—", "-"),
    TEXT + "\n" + PETER_SIGNED.replace("nAM=", "nAN="),
    TEXT + "\n— PeterNeumann x08g\n",
    "x" * 200_000 + "\n\n" + PETER_SIGNED,
], ids=range(14))  # fmt: skip
def test_what_is_not_in_the_form_of_a_note_is_none(note):
    assert fault(lambda: open_note(note.encode(), read_vkey(VKEY))) == "form"


def test_bytes_that_are_no_text_are_no_note():
    assert (
        fault(lambda: open_note(b"\xff" + (TEXT + "\n" + PETER_SIGNED).encode(), read_vkey(VKEY))) == "form"
    )


def test_a_checkpoint_comes_back_as_it_was_written():
    assert open_checkpoint(NOTE.encode(), OURS) == claimed_head(NOTE.encode()) == HEAD
    lines = NOTE.split("\n")
    assert lines[:5] == [
        ORIGIN, "20852163", ROOT,
        "sm3 bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0=", "",
    ]  # fmt: skip


@pytest.mark.parametrize("place", range(len(NOTE.encode())))
def test_no_byte_of_a_checkpoint_can_be_changed(place):
    changed = bytearray(NOTE.encode())
    changed[place] ^= 1
    assert fault(lambda: open_checkpoint(bytes(changed), OURS)) in ("form", "other_key", "signature")


@pytest.mark.parametrize("line", range(5))
def test_no_line_of_a_checkpoint_can_be_left_out_doubled_or_exchanged(line):
    lines = NOTE.splitlines(keepends=True)
    for other in (
        [*lines[:line], *lines[line + 1 :]],
        [*lines[: line + 1], *lines[line:]],
        [*lines[:line], lines[line + 1], lines[line], *lines[line + 2 :]],
    ):
        assert fault(lambda lines=other: open_checkpoint("".join(lines).encode(), OURS))


def test_a_signature_that_does_not_hold_is_not_taken_for_another_keys():
    assert fault(lambda: open_checkpoint(NOTE.replace("20852163", "20852164").encode(), OURS)) == "signature"
    of_another_text = SIGNER.sign(ORIGIN, "another\n").splitlines(keepends=True)[-1]
    assert fault(lambda: open_checkpoint((NOTE + of_another_text).encode(), OURS)) == "signature"
    assert fault(lambda: open_checkpoint((NOTE + of_another_text[:-5] + "\n").encode(), OURS)) == "signature"


def test_a_key_signs_for_its_own_log_alone():
    other = SIGNER.sign(ORIGIN, Head("elsewhere", 3, {"sha256": b"r" * 32}).text)
    assert fault(lambda: open_checkpoint(other.encode(), OURS)) == "other_key"


@pytest.mark.parametrize("text", [
    "o\n1\n", f"o\n01\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"o\n１\n{ROOT}\n", f"o\n9999999999999999999\n{ROOT}\n",
    f"\n1\n{ROOT}\n", "o\n1\ncnI=\n", f"o\n1\n{ROOT}\nsm3 x\n", f"o\n1\n{ROOT}\n\nx\n",
], ids=range(9))  # fmt: skip
def test_a_text_that_says_no_head_is_none(text):
    assert fault(lambda: read_head(text)) == "form"


def test_extension_lines_of_others_are_passed_over():
    assert read_head(HEAD.text + "timestamp 7\n") == HEAD
    assert fault(lambda: read_head(HEAD.text + HEAD.text.splitlines()[3] + "\n")) == "form"


def test_no_piece_and_no_changed_letter_of_a_key_is_a_key():
    for start in range(len(VKEY)):
        for end in range(start + 1, len(VKEY) + 1):
            if VKEY[start:end] != VKEY:
                assert fault(lambda told=VKEY[start:end]: read_vkey(told)) == "key"
    for told, read in ((VKEY, read_vkey), (PRIVATE, read_signer)):
        for place in range(len(told)):
            changed = told[:place] + chr(ord(told[place]) + 1) + told[place + 1 :]
            assert fault(lambda changed=changed, read=read: read(changed)) == "key"
    # of another length, and of another kind of signature; each with the right key id
    assert (
        fault(lambda: read_vkey("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="))
        == "key"
    )
    assert (
        fault(lambda: read_vkey("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"))
        == "key"
    )


def test_a_private_key_is_not_told_by_what_prints_it():
    made = new_signer()
    assert made != new_signer()
    assert made.seed.hex() not in repr(made)
    assert repr(made.seed) not in f"{made!r} {[made]}"
