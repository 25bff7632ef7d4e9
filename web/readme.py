"""README.txt of a bundle: what it is, who drew what and when, how to check it; warnings first."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.inspection.circumstances import Circumstances, PublicCircumstances
from web import sentences
from web.words import WORDS

_TEMPLATES = Environment(
    loader=PackageLoader("web", "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def readme(each: Circumstances) -> str:
    """The text of README.txt, of a full bundle or, of public circumstances, of a public one."""
    name, more = _of_public(each) if isinstance(each, PublicCircumstances) else ("bundle_readme.txt", {})
    return _TEMPLATES.get_template(name).render(
        bits=each.bits,
        warnings=sentences.warnings(each.bits, each.plan.entropy is not None, each.self_drawn, each.short),
        plan=each.plan,
        commit=each.commitment.commit.hex(),
        entropy=each.reveal.entropy.text,
        published=each.published,
        committed_at=each.committed_at,
        drawn_at=each.drawn_at,
        strata=each.strata,
        **more,
    )


def _of_public(each: PublicCircumstances) -> tuple[str, dict[str, object]]:
    return "public_bundle_readme.txt", {
        "attempts": each.attempts,
        "teams": each.teams,
        "inspectors": each.inspectors,
        "voids": [(*WORDS["void_target_ground"][ground], count) for ground, count in each.voids],
        "recusals": each.recusals,
        "departures": each.departures,
    }
