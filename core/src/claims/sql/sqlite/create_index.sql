CREATE INDEX IF NOT EXISTS {name}_state ON {table} (state, forget_at)
