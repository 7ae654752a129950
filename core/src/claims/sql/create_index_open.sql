CREATE INDEX IF NOT EXISTS {name}_open ON {table} (lease_until) WHERE state <> 'done'
