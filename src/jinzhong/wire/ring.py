"""The message that makes an officer's phone ring when it isn't looking: an SMS through the operator's gateway.

Without ``JINZHONG_SMS_URL`` the gateway is simulated: the message is appended to ``outgoing/ring.jsonl`` of the data
folder, marked so. It carries ids only; the phone fetches the rest after login. The page itself rings by the stream.
"""

import json
import urllib.request
from typing import Any

from jinzhong.config import environment, instance

TIMEOUT_SECONDS = 5


def deliver(key: str, payload: dict[str, Any]) -> None:
    """Hand the message over; raises when the gateway does not take it. The same key is the same message."""
    url = environment.read("JINZHONG_SMS_URL")
    if not url:
        _simulate(key, payload)
        return
    request = urllib.request.Request(
        url,
        data=json.dumps(payload).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        answer.read(1)


def _simulate(key: str, payload: dict[str, Any]) -> None:
    folder = instance.data_folder() / "outgoing"
    folder.mkdir(exist_ok=True, mode=0o700)
    with (folder / "ring.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps({"simulated": True, "key": key, **payload}) + "\n")
