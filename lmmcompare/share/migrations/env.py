"""Alembic runs the revisions here, inside the transaction that `store_engine.migrate` has begun."""

from alembic import context

from lmmcompare.share.store_schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
