"""The process ends at every SQL statement, commit, file write and send: nothing is lost, doubled or half there."""

import pytest

LEAST = {"alert": 26, "escalate": 20, "chief": 20, "close": 20}
"""Places to end at that each path has at the very least; fewer would mean that the hooks don't hold."""


@pytest.mark.parametrize("path", LEAST)
def test_ending_anywhere_on_the_path_leaves_no_bad_state(own, tokens, path):
    found = own.python("tests.faults.exits", path, TELLER=tokens["teller"], CHIEF=tokens["chief"])

    assert found["bad"] == {}
    assert found["came"]
    assert found["ends"] >= LEAST[path]
