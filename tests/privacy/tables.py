"""Every row of every table of this instance as plain bytes on standard output: what a dump of the database would hold."""

import sys

import django

django.setup()

from django.db import connection


def main() -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    raw = (
                        bytes(value)
                        if isinstance(value, (bytes, memoryview))
                        else str(value).encode("utf-8", "surrogatepass")
                    )
                    sys.stdout.buffer.write(raw + b"\n")


if __name__ == "__main__":
    main()
