-- Arguments: fingerprint, token, lease and remember in milliseconds, event type, payload and signature (both empty: not kept).
local record, open = KEYS[1], KEYS[2]
local fingerprint, token, lease, remember = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- The provider's guide marks a handled event with a plain text.
if redis.call('TYPE', record).ok == 'string' then
  return { 'done', 0 }
end

local attempt = 1
local old = redis.call('HMGET', record, 'fingerprint', 'state', 'token', 'attempt', 'lease_until')
if old[1] then
  if old[1] ~= fingerprint then
    return { 'conflict', 0 }
  end
  if old[2] == 'done' then
    return { 'done', 0 }
  end
  local left = tonumber(old[5]) - now
  -- Asked again, because the first reply was lost.
  if left > 0 and old[3] == token then
    return { 'claimed', tonumber(old[4]) }
  end
  if left > 0 then
    return { 'in_progress', left }
  end
  attempt = tonumber(old[4]) + 1
end

redis.call('HSET', record, 'fingerprint', fingerprint, 'state', 'claimed', 'token', token, 'attempt', attempt,
  'lease_until', now + lease, 'changed_at', now, 'event_type', ARGV[5])
if ARGV[7] == '' then
  redis.call('HDEL', record, 'payload', 'signature')
else
  redis.call('HSET', record, 'payload', ARGV[6], 'signature', ARGV[7])
end
redis.call('PEXPIRE', record, remember)
redis.call('ZADD', open, now + lease, record)
-- Records that have expired leave their names in the list.
redis.call('ZREMRANGEBYSCORE', open, '-inf', now - remember)
return { 'claimed', attempt }
