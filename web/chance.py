"""Secrets (秘密) that nobody has seen, for a draw that begins."""

import secrets

from scheduler.inspection.file_draw import Secrets

SECRET_BYTES = 32


def fresh_secrets() -> Secrets:
    """Two secrets of this machine's randomness."""
    return Secrets(secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES))
