CREATE TABLE IF NOT EXISTS {table} (
  claim_key varbinary(400) NOT NULL PRIMARY KEY,
  fingerprint char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  token varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt int NOT NULL,
  lease_until bigint NOT NULL,
  forget_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  event_type varchar(255) CHARACTER SET utf8mb4 NOT NULL,
  error varchar(255) CHARACTER SET utf8mb4,
  payload longblob,
  signature char(64) CHARACTER SET ascii COLLATE ascii_bin,
  KEY {name}_state (state, forget_at)
) ENGINE = InnoDB
