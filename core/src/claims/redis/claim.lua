-- Arguments: fingerprint, token, lease and remember in milliseconds, event type, payload and signature (both empty: not kept).
local record, open = KEYS[1], KEYS[2]
local fingerprint, token = ARGV[1], ARGV[2]

-- The reply is one number: the attempt if claimed, 0 if done, -1 for a conflict, and below that -1 less the milliseconds to wait.

-- One call decides about an event that is done.
local old = redis.pcall('HMGET', record, 'fingerprint', 'state', 'token', 'attempt', 'lease_until')
if old.err then
  -- The provider's guide marks a handled event with a plain text.
  if redis.call('TYPE', record).ok == 'string' then
    return 0
  end
  return old
end
local is_known = old[1]
if is_known and old[1] ~= fingerprint then
  return -1
end
if old[2] == 'done' then
  return 0
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local attempt = 1
if is_known then
  local left = tonumber(old[5]) - now
  -- Asked again, because the first reply was lost.
  if left > 0 and old[3] == token then
    return tonumber(old[4])
  end
  if left > 0 then
    return -1 - left
  end
  attempt = tonumber(old[4]) + 1
end

local lease_until, remember = now + tonumber(ARGV[3]), tonumber(ARGV[4])
if ARGV[7] == '' then
  redis.call('HSET', record, 'fingerprint', fingerprint, 'state', 'claimed', 'token', token, 'attempt', attempt,
    'lease_until', lease_until, 'changed_at', now, 'event_type', ARGV[5])
  if is_known then
    redis.call('HDEL', record, 'payload', 'signature')
  end
else
  redis.call('HSET', record, 'fingerprint', fingerprint, 'state', 'claimed', 'token', token, 'attempt', attempt,
    'lease_until', lease_until, 'changed_at', now, 'event_type', ARGV[5], 'payload', ARGV[6], 'signature', ARGV[7])
end
redis.call('PEXPIRE', record, remember)
redis.call('ZADD', open, lease_until, record)
-- Records that have expired leave their names in the list. One claim in 16 removes them for all.
if now % 16 == 0 then
  redis.call('ZREMRANGEBYSCORE', open, '-inf', now - remember)
end
return attempt
