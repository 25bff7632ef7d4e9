"""Times that somebody wrote (时间): without a zone they are China's."""

from datetime import UTC, datetime

from matching.refused import Refused
from scheduler.clock import SHANGHAI


def read_moment(written: str) -> datetime:
    """A time of ISO 8601; Refused `publication.form`."""
    try:
        moment = datetime.fromisoformat(written)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        (
            zoned.astimezone(UTC),
            zoned.astimezone(SHANGHAI),
        )  # at the edge of the calendar there may be no such day
    except (ValueError, OverflowError):
        raise Refused("publication.form", value=written) from None
    return zoned
