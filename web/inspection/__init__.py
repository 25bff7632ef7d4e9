"""Pages of random inspection (随机抽查), one file a subject.

Each file has a blueprint `pages`; its attribute `links`, if any, is a function that gives the title of its group in the
menu and the links of it: (name, endpoint, roles that it is shown to; none for everybody).
"""

from __future__ import annotations

from web.inspection import (
    accounts,
    attached,
    campaigns,
    ceremony,
    checkpoints,
    custody,
    declarations,
    draws,
    fairness,
    items,
    jobs,
    ledgers,
    plans,
    proofs,
    registries,
    rehearsals,
    shortages,
    timetable,
    visits,
)

PARTS = tuple(
    each.pages
    for each in (
        *(campaigns, plans, visits, timetable, registries, declarations, items, draws, ceremony, rehearsals),
        *(fairness, attached, proofs, shortages, ledgers, checkpoints, jobs, accounts, custody),
    )
)
"""The blueprints in the order of the menu."""
