"""Shared tables, and the writes of the last hour."""

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "shared_tables",
        sa.Column("id_hash", sa.LargeBinary, primary_key=True),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("client_hash", sa.LargeBinary, nullable=False),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("name", sa.JSON, nullable=False),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("shared_tables_by_expiry", "shared_tables", ["expires"])
    op.create_index("shared_tables_by_client", "shared_tables", ["client_hash", "size"])
    op.create_table(
        "recent_writes",
        sa.Column("client_hash", sa.LargeBinary, nullable=False),
        sa.Column("written", sa.BigInteger, nullable=False),
    )
    op.create_index("recent_writes_by_client", "recent_writes", ["client_hash", "written"])


def downgrade() -> None:
    """Drop both."""
    op.drop_table("recent_writes")
    op.drop_table("shared_tables")
