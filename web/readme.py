"""README.txt of a bundle: what it is, who drew what and when, how to check it; warnings first."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from scheduler.inspection.circumstances import Circumstances
from web import sentences

_TEMPLATES = Environment(
    loader=PackageLoader("web", "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def readme(each: Circumstances) -> str:
    """The text of README.txt."""
    return _TEMPLATES.get_template("bundle_readme.txt").render(
        bits=each.bits,
        warnings=sentences.warnings(each.bits, each.plan.entropy is not None, each.self_drawn, each.short),
        plan=each.plan,
        commit=each.commitment.commit.hex(),
        entropy=each.reveal.entropy.text,
        published=each.published,
        committed_at=each.committed_at,
        drawn_at=each.drawn_at,
        strata=each.strata,
    )
