"""Logs name ids, never people: tracebacks are kept without values, messages with long digit runs are cut."""

import logging
import re

LONG_DIGITS = re.compile(r"\d{7,}")


class NoPersonalData(logging.Filter):
    """Mask whatever looks like a phone, an ID number or an account; tell no words of an address."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = LONG_DIGITS.sub("<digits>", _told(record)), ()
        if record.exc_info and record.exc_info[0]:
            where = record.exc_info[2]
            while where and where.tb_next:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
            record.msg += f" [{record.exc_info[0].__name__} at {place}]"
            record.exc_info = record.exc_text = None
        return True


def _told(record: logging.LogRecord) -> str:
    """Of a request the page's pattern, unless its address holds nothing but ids: people type names into addresses."""
    told, request = record.getMessage(), getattr(record, "request", None)
    if request is None:
        return told
    match = getattr(request, "resolver_match", None)
    if match and not any(isinstance(part, str) for part in match.kwargs.values()):
        return told
    typed = request.path.encode("unicode_escape").decode()  # as django.utils.log writes it
    return told.replace(typed, f"/{match.route}" if match else "/…")
