"""How the store's database came to its schema: a revision a file in `versions`, run by `store_engine.migrate`."""
