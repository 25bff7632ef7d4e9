"""The one way to fail for what a person may cause."""


class Refused(Exception):  # noqa: N818 - the field's word; nobody reads "RefusedError" aloud
    """Something asked for is not done; the code says why, the parameters say where.

    Codes are words for programs (`plan.quota.missing`); the sentence a person reads is made at the edge.
    Parameters are JSON values and never hold a secret.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({told})" if told else self.code
