"""The Farrington bound against numbers printed once by R 4.2.2 with surveillance 1.20.3 (15 digits; ours agree to 1e-12).

    i <- 0:329; y <- 12 + (i * 37) %% 17 + 6 * (i %% 52 < 13) + ifelse(i %in% c(150, 301, 325), 40, 0)
    s <- new("sts", epoch = as.numeric(seq(as.Date("2015-08-01"), by = 7, length.out = 330)), epochAsDate = TRUE,
             freq = 52, observed = matrix(y), state = matrix(0, 330, 1))
    r <- farringtonFlexible(s, list(range = 300, b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26, pThresholdTrend = 1,
             weightsThreshold = 2.58, alpha = 0.05, limit54 = c(0, 4), thresholdMethod = "nbPlugin"))
    r@control$expected; upperbound(r); r@control$pvalue; alarms(r)

1,648 further bounds of eight made-up series (none, rare, many cases; gaps; other settings): ``benchmarks/farrington.py``.
"""

from datetime import date, timedelta

import numpy as np
import pytest

from jinzhong_engine.surveillance.farrington import BadSettings, Settings, bound, has_history

WEEKS = [date(2015, 8, 1) + timedelta(weeks=n) for n in range(330)]
COUNTS = np.array(
    [12 + n * 37 % 17 + 6 * (n % 52 < 13) + 40 * (n in (150, 301, 325)) for n in range(330)], dtype=float
)


@pytest.mark.parametrize(
    ("week", "expected", "upper", "p", "alarm"),
    [
        (300, 20.184107180189500, 29, 0.193931946946666, False),
        (302, 20.5571778379201, 29, 8.14889304241774e-08, True),
        (318, 25.880188287839090, 36, 0.096762490937119, False),
        (326, 22.6803407899221, 32, 1.22029815370705e-07, True),
    ],
)
def test_the_plugged_in_quantile_is_that_of_r(week, expected, upper, p, alarm):
    found = bound(WEEKS, COUNTS, week - 1, Settings())

    assert found.expected == pytest.approx(expected, rel=1e-12)
    assert found.upper == upper
    assert found.p == pytest.approx(p, rel=1e-10)
    assert found.alarm is alarm


@pytest.mark.parametrize(
    ("week", "upper", "p"),
    [
        (300, 29.132969667417633, 0.181433033250909),
        (302, 29.4331373964252, 1.90636428505325e-08),
        (318, 35.8898895150903883, 0.0889274180453229),
        (326, 32.1950979687397, 2.66360156030090e-08),
    ],
)
def test_the_bound_on_the_two_thirds_scale_is_that_of_r(week, upper, p):
    found = bound(WEEKS, COUNTS, week - 1, Settings(threshold="delta"))

    assert found.upper == pytest.approx(upper, rel=1e-12)
    assert found.p == pytest.approx(p, rel=1e-10)


def test_where_nothing_ever_happened_one_case_is_an_alarm():
    """A case every 29th week, none of them in a reference week; R: 1.02618796317017e-11 and 0.00208850738021855."""
    rare = np.array([float(n * 53 % 29 == 0) for n in range(330)])
    two_years = Settings(b=2, w=4, periods=1, past_weeks_excluded=4, threshold="delta")

    found = bound(WEEKS, rare, 319, two_years)

    assert found.expected == pytest.approx(1.02618796317017e-11, rel=1e-6)
    assert found.upper == pytest.approx(0.00208850738021855, rel=1e-6)
    assert found.alarm


def test_a_week_that_is_not_known_gets_no_alarm_and_spoils_no_other():
    counts = COUNTS.copy()
    counts[[60, 319]] = np.nan

    assert not bound(WEEKS, counts, 319, Settings()).alarm
    assert bound(WEEKS, counts, 325, Settings()).alarm


def test_five_years_must_lie_before_the_week():
    """261 weeks back and three more; the very first of them may lack, as in R."""
    assert not has_history(WEEKS, 262, Settings())
    assert has_history(WEEKS, 263, Settings())
    with pytest.raises(BadSettings, match="2020-08-01: 5 years before it"):
        bound(WEEKS, COUNTS, 261, Settings())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"b": 0}, "--b 0"),
        ({"alpha": 0.7}, "--alpha 0.7"),
        ({"w": 20, "periods": 26}, "--periods 26: too many"),
    ],
)
def test_impossible_settings_are_named(wrong, told):
    with pytest.raises(BadSettings, match=told):
        Settings(**wrong).check()
