"""An operator's risk officer and a list of 31 May, in an instance of its own; prints how many numbers are listed."""

import django

django.setup()


def main() -> None:
    from dataclasses import replace

    from jinzhong.district import operations as district
    from jinzhong.scoring import operations
    from tests.district import PASSWORD
    from tests.number_list import DAY, MEASURES, NOW, RUNG, judged

    unit = district.add_unit(code="operator-1", name="示范运营商", kind="operator", by="test", at=NOW)
    district.add_account(username="risk_1", password=PASSWORD, role="operator", unit=unit, by="test", at=NOW)
    given = replace(judged(), measures=MEASURES, rung=RUNG)
    kept, _fresh = operations.keep_list(operator=unit, day=DAY, given=given, by="risk_1", now=NOW)
    print(kept.listed)


if __name__ == "__main__":
    main()
