"""How Alembic reaches the database: through the connection, and inside the transaction, that prosa hands it."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True, render_as_batch=True)
context.run_migrations()
