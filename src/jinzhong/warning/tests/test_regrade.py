"""A person sets another grade, with one of the office's reasons."""

import pytest

from jinzhong.warning import operations as warnings
from jinzhong.warning import queries
from tests.district import at
from tests.journeys.test_one_alert import raise_alert


def test_a_person_lowers_a_grade_only_with_a_known_reason(place):
    warning = raise_alert(place, at("14:05")).warning

    for reason in ("", "because"):
        with pytest.raises(warnings.ReasonMissing):
            warnings.regrade(warning=warning, grade="blue", reason=reason, by="desk", now=at("14:06"))

    lowered = warnings.regrade(
        warning=warning, grade="blue", reason="family_present", by="desk", now=at("14:06")
    )
    assert lowered.grade == "blue"
    assert [queries.reason_word(one) for one in lowered.reasons] == ["家人或民警已在身边"]
    assert [(one.grade, one.by) for one in lowered.gradings.order_by("at")] == [
        ("red", "teller"),
        ("blue", "desk"),
    ]
