CREATE INDEX IF NOT EXISTS {name}_forget ON {table} (forget_at)
