"""What a bulletin says, as JSON: written in one way only, so that equal content is equal bytes."""

import hashlib
import json
from typing import Any

Content = dict[str, Any]

OF_THIS_REVISION = {
    "revision",
    "state",
    "as_of",
    "rules",
    "layout",
    "signed",
    "drafted",
    "changes",
    "tables_changed",
    "words_changed",
    "digest",
}
"""Fields that say which revision it is. All others are its substance: equal substance needs no further revision."""


def written(content: Content) -> bytes:
    """The file ``daily-D.json``."""
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def digest(content: Content) -> str:
    """SHA-256 of the content without its digest."""
    return hashlib.sha256(
        written({key: value for key, value in content.items() if key != "digest"})
    ).hexdigest()


def sealed(content: Content) -> Content:
    """The content with its digest."""
    return content | {"digest": digest(content)}


def read_mark(content: Content) -> str:
    """Names what somebody has read: the same for every content of equal substance."""
    return hashlib.sha256(substance(content)).hexdigest()


def substance(content: Content) -> bytes:
    """What the bulletin says, whichever revision it is."""
    return written({key: value for key, value in content.items() if key not in OF_THIS_REVISION})
