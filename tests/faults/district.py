"""Build the small district in an instance of its own, with a token for each account; prints {username: token}."""

import json

import django

django.setup()


def main() -> None:
    from jinzhong.district import operations as district
    from jinzhong.district import queries
    from tests.district import at, small_district

    place = small_district()
    for moment in (at("02:00"), at("18:00"), at("02:00", "2021-06-01"), at("10:00", "2021-06-01")):
        shift = district.open_shift(moment=moment, by="test", at=at("07:00"))
        for officer in place.patrols:
            district.assign(shift=shift, account=officer, post="patrol", by="test", at=at("07:00"))
        district.assign(shift=shift, account=place.chief, post="chief", by="test", at=at("07:00"))
    tokens = {
        account.username: district.make_token(account=account, by="test", at=at("07:00"))
        for account in queries.accounts()
    }
    print(json.dumps(tokens))


if __name__ == "__main__":
    main()
