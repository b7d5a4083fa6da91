"""Give every account of the small district the tests' password, in an instance of its own; prints how many."""

import django

django.setup()


def main() -> None:
    from jinzhong.district import operations as district
    from jinzhong.district import queries
    from tests.district import PASSWORD, at

    accounts = list(queries.accounts())
    for account in accounts:
        district.set_password(account=account, password=PASSWORD, by="test", at=at("07:00"))
    print(len(accounts))


if __name__ == "__main__":
    main()
