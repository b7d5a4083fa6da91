"""Database triggers that refuse to change or delete what may only be added to. Used by migrations."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: rows are only ever added'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION rows_are_only_added() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%: rows are only ever added', TG_TABLE_NAME; END $$
"""
_POSTGRES = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION rows_are_only_added()"


def only_added(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE on the table."""
    if editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            editor.execute(_SQLITE.format(table=table, verb=verb))
        return
    editor.execute(_POSTGRES_FUNCTION, params=None)  # it has a percent sign of its own
    for verb in ("UPDATE", "DELETE", "TRUNCATE"):
        editor.execute(_POSTGRES.format(table=table, verb=verb))
