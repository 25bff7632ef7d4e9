"""`yaohao serve`: the pages and the API over an installation's database, with the jobs of the same process."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import click
from flask import Flask
from waitress import create_server
from waitress.server import BaseWSGIServer, MultiSocketServer

from matching.refused import Refused
from web import worker
from web.app import create_app
from web.commands import console
from web.settings import DEFAULT_DATABASE, Settings, from_environment

HOST, PORT = "127.0.0.1", 8000
THREADS = 8


@click.command(short_help="网站 Serve the pages and the API.")
@click.option(
    "--database",
    envvar="YAOHAO_DATABASE",
    default=DEFAULT_DATABASE,
    show_default=True,
    metavar="URL",
    help="数据库（也可用环境变量 YAOHAO_DATABASE）The database.",
)
@click.option("--host", default=HOST, show_default=True, help="监听地址 The address to listen on.")
@click.option("--port", default=PORT, show_default=True, help="端口 Port.")
@console.refusing
def serve(database: str, host: str, port: int) -> None:
    """在本机打开网站和接口。对外服务时设 YAOHAO_TLS=1 并放在终结 TLS 的代理后面。

    Serve pages and API. For others than this machine set YAOHAO_TLS=1 and put a proxy that ends TLS in front.
    """
    settings = from_environment()
    if not settings.over_tls and not _is_this_machine(host):
        raise Refused("serve.needs_tls", host=host)
    serve_app(_with_database(settings, database), host, port)


def serve_app(settings: Settings, host: str = HOST, port: int = PORT) -> None:
    """Serve until somebody ends it."""
    app = create_app(settings)
    jobs = worker.start(app)
    console.say(f"网站：http://{host}:{port} （按 Ctrl+C 结束）", "(Ctrl+C ends it)")
    try:
        listen(app, host, port)
    finally:
        jobs.stop()


def listen(app: Flask, host: str, port: int) -> None:
    """Serve an application by waitress."""
    listener(app, host, port).run()


def listener(app: Flask, host: str, port: int) -> BaseWSGIServer | MultiSocketServer:
    """The waitress of an application, which listens and does not answer yet.

    What a request says of a proxy is thrown away, unless the installation has said how many stand in front: then the
    application believes just so many (`web.app`).
    """
    return create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        ident="yaohao",
        clear_untrusted_proxy_headers=not app.extensions["yaohao.settings"].proxies,
    )


def _with_database(settings: Settings, database: str) -> Settings:
    return replace(settings, database=database)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
