"""Time as the features see it: whole microseconds, UTC; hours and days are of Asia/Shanghai.

China has had no clock change since 1991, so its hours and days are integer arithmetic, the same on every engine.
"""

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
WEEK = 7 * DAY
MONTH = 30 * DAY
LOOKBACK = WEEK + MONTH
"""How far back any feature looks: the week before the moment, and the 30 days before that week."""

SHANGHAI = 8 * HOUR
"""Added to a UTC time before hours and days are counted."""

SHORT_SECONDS = 10
"""A call under 10 s, unanswered included, is short (contract)."""

NIGHT_UNTIL, NIGHT_FROM = 7, 22
"""Night calls are made before 7 or from 22 o'clock: outside the hours in which the district plays its loudspeakers, widened
by one hour for early risers; placeholder until a week of real calls was looked at."""

MOST_ON_HANDSET = 1000
"""Numbers counted on one handset: a placeholder IMEI shared by a whole network would else cost its square."""

EARLIEST = 946_684_800 * SECOND
"""The year 2000. Whatever lies before is a clock that was never set, or seconds read as microseconds."""
