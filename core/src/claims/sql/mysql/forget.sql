DELETE FROM {table} WHERE forget_at <= {now} ORDER BY forget_at LIMIT :limit
