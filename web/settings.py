"""Settings (设置) of the web faces: which database, over which address, how strict."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from scheduler.clock import Clock, SystemClock

DEFAULT_DATABASE = "sqlite:///yaohao.db"
PROOF_CODE_DAYS = 14
LARGEST_REQUEST = 24 << 20  # an upload of 20 MB and the rest of its form
NO_PROXY = (
    "YAOHAO_PROXIES：设了 YAOHAO_TLS=1 而没有设代理的层数，所有来访者会被当作同一个地址，一人多次输错就会让所有人等待",
    "behind the proxy that ends TLS all strangers seem to come from one address, and whoever mistypes often makes all of "
    "them wait",
)
NO_PUBLIC_ADDRESS = (
    "YAOHAO_PUBLIC_ADDRESS：没有设公众访问的地址，检查通知书上的二维码指向打印人所用的地址",
    "the QR codes on notices of inspection lead to the address by which whoever prints them came",
)


@dataclass(frozen=True)
class Settings:
    """What an installation decides. `over_tls` makes cookies travel over TLS alone, and tells browsers to insist on it.

    `tick` is how often jobs are looked for; `proxies` how many trusted proxies stand in front. `ledger_key` is the file of
    the key that signs the ledger, by default beside the file of the database; `ledger_name` the name it is made under.
    `public_address` is how the public comes here (https://...), for what is printed; empty, as whoever prints does.
    `proof_code_days` is how long a code is good that a department gives to a target.
    """

    database: str = DEFAULT_DATABASE
    over_tls: bool = False
    proxies: int = 0
    clock: Clock = field(default_factory=SystemClock)
    tick: timedelta = timedelta(seconds=1)
    largest_request: int = LARGEST_REQUEST
    ledger_key: str = ""
    ledger_name: str = ""
    public_address: str = ""
    proof_code_days: int = PROOF_CODE_DAYS

    @property
    def doubts(self) -> tuple[tuple[str, str], ...]:
        """What may have been left out, in Chinese and English: the installation runs, but not as somebody will expect."""
        no_proxy = self.over_tls and not self.proxies
        return ((NO_PROXY,) if no_proxy else ()) + (() if self.public_address else (NO_PUBLIC_ADDRESS,))


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment tells: YAOHAO_DATABASE, YAOHAO_TLS=1, YAOHAO_PROXIES, of the ledger's key
    YAOHAO_LEDGER_KEY and YAOHAO_LEDGER_NAME, and YAOHAO_PUBLIC_ADDRESS, YAOHAO_PROOF_CODE_DAYS.
    """
    return Settings(
        database=environment.get("YAOHAO_DATABASE", DEFAULT_DATABASE),
        over_tls=environment.get("YAOHAO_TLS", "") == "1",
        proxies=int(environment.get("YAOHAO_PROXIES", "0")),
        ledger_key=environment.get("YAOHAO_LEDGER_KEY", ""),
        ledger_name=environment.get("YAOHAO_LEDGER_NAME", ""),
        public_address=environment.get("YAOHAO_PUBLIC_ADDRESS", "").rstrip("/"),
        proof_code_days=int(environment.get("YAOHAO_PROOF_CODE_DAYS", PROOF_CODE_DAYS)),
    )
