"""Golden vectors of the lottery draw-1: facts that no change of the program may move, and never regenerated.

`vectors()` reads vectors.json and lays the common part under each complete case. All digests, keys, salts and
words are lowercase hex; indexes count from 0; a dictionary that counts has decimal strings as keys.

    philox   key; words {i: word(K, i)}; pair_words [{t, j, word}]; sha256_of_first_100000_words (as 8 bytes each,
             least significant first)
    frames   [{tag, parts (hex), digest}]: H(tag, parts...)
    quotas_by_total   [[n, sizes of the strata, quotas]]
    quotas_by_rate    [[rate, rows, at_least_one, quota]]
    tree     one small table of targets: name, rows (fields), salt_secret, salt_key, salts, leaves, root, ranges,
             digest (T), proofs {index: [["L" or "R", sibling], ...] from the leaf up}, roots_of_first {n: root}
    complete_case, complete_case_near, complete_case_fixed, complete_case_shortage   each
             plan, plan_text (canonical JSON), plan_digest (P); tables {name: rows}, frozen {name: root, ranges,
             digest (T)}; secret, secret_digest (S); salt_secret, salt_digest (Z); witnesses (their texts),
             witness_digests (W); commit (C); reveals (an absent witness is None), reveals_digest (R); entropy, seed;
             keys {stage: K}; quotas in table order; drawn and thresholds as the rows of drawn.csv, thresholds.csv;
             groups, pairs, bans as the rows of their files, where the case has them;
             shortage [{department, demand, greatest}] where nothing can be paired
"""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _text() -> str:
    return Path(__file__).with_name("vectors.json").read_text(encoding="utf-8")


def vectors() -> dict[str, Any]:
    """All vectors, freshly read, so that a test may change its own copy."""
    facts = json.loads(_text())
    cases, common = facts.pop("cases"), json.dumps(facts.pop("common"))
    return {**facts, **{case.pop("name"): {**json.loads(common), **case} for case in cases}}
