"""Tickets by the stand-alone verifier, for any Python from 3.8 on: `python words.py matching/verifier.py`.

Reads lines `KEYHEX INDEX` (the ticket of a row) or `KEYHEX T J` (that of a pair) and writes 16 hex digits for each.
"""

import runpy
import sys


def main() -> None:
    """Answer line by line."""
    verifier = runpy.run_path(sys.argv[1])
    word = verifier["word"]
    for line in sys.stdin:
        key, *places = line.split()
        ticket = word(int(key, 16), *map(int, reversed(places)))
        print(f"{ticket:016x}")


if __name__ == "__main__":
    main()
