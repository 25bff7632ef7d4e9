"""The commands of `yaohao`: each reads files, calls one use case and prints what came of it."""

import click

from web.commands.campaign import campaign, plan
from web.commands.demo import demo
from web.commands.draw import draw
from web.commands.imports import import_, template
from web.commands.installation import department, doctor, inspector, item, upgrade, user
from web.commands.ledger import ledger
from web.commands.registry import registry, sample
from web.commands.report import report
from web.commands.serving import serve
from web.commands.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="yaohao")
def main() -> None:
    """摇号：可复核的双随机抽查。Verifiable random inspection."""


COMMANDS = (
    *(import_, template),
    *(draw, verify, report, registry, sample, demo),
    *(upgrade, doctor, user, item, inspector, department, plan, campaign),
    *(ledger, serve),
)

for command in COMMANDS:
    main.add_command(command)
