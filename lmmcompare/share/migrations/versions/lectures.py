"""Lectures that people follow, and their guesses."""

import sqlalchemy as sa
from alembic import op

revision = "lectures"
down_revision = "first"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "lectures",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("revealed", sa.Boolean, nullable=False),
        sa.Column("address", sa.JSON, nullable=False),
        sa.Column("touched", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "guesses",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("reader", sa.LargeBinary, primary_key=True),
        sa.Column("value", sa.Float, nullable=False),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("guesses")
    op.drop_table("lectures")
