CREATE INDEX IF NOT EXISTS {name}_state ON {table} (({is_open}), forget_at)
