"""What keeps the rows of a table as they were written, on both databases."""

from alembic import op


def keep(table: str) -> None:
    """Refuse every change, deletion and replacement of a row of `table`."""
    message = f"{table} are facts"
    if op.get_bind().dialect.name == "sqlite":
        # INSERT OR REPLACE deletes without firing the delete trigger: a taken id is refused.
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608
        op.execute(
            f"CREATE TRIGGER {table}_once BEFORE INSERT ON {table} WHEN {taken} "
            f"BEGIN SELECT RAISE(ABORT, 'the id is taken'); END"
        )
        for action in ("update", "delete"):
            _sqlite(table, action, message)
    else:
        for action in ("update", "delete", "truncate"):
            _postgresql(table, action, message)


def _sqlite(table: str, action: str, message: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_no_{action} BEFORE {action.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _postgresql(table: str, action: str, message: str) -> None:
    name = f"{table}_no_{action}"
    each = "STATEMENT" if action == "truncate" else "ROW"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{message}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {action.upper()} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION {name}()"
    )
