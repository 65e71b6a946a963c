"""The tables of the store's database, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

# Ids, deletion keys and clients are stored as SHA-256 hashes: a reader of the database can open no link and delete nothing.
# Moments are whole seconds since 1970 (UTC). The columns that are looked through stand before the large one.
shared_tables = Table(
    "shared_tables",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),
    Column("key_hash", LargeBinary, nullable=False),
    Column("client_hash", LargeBinary, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("name", JSON, nullable=False),  # JSON can hold every character, PostgreSQL's text not NUL
    Column("notes", JSON, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("shared_tables_by_expiry", "expires"),
    Index("shared_tables_by_client", "client_hash", "size"),
)

# What was written within the last hour; apart from the tables, so that deleting one does not allow another.
recent_writes = Table(
    "recent_writes",
    metadata,
    Column("client_hash", LargeBinary, nullable=False),
    Column("written", BigInteger, nullable=False),
    Index("recent_writes_by_client", "client_hash", "written"),
)

# A lecture that people follow: its code is no secret, it hangs on the wall.
lectures = Table(
    "lectures",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("revealed", Boolean, nullable=False),
    Column("address", JSON, nullable=False),
    Column("touched", BigInteger, nullable=False),
)

guesses = Table(
    "guesses",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("reader", LargeBinary, primary_key=True),
    Column("value", Float, nullable=False),
)
