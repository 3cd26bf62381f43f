"""Alembic's entry: runs the versions on the connection that `upgrade` hands in."""

from alembic import context

from doorward.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
