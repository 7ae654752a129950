-- Arguments: the ticket's token, the new token (which begins with it), lease and remember in milliseconds.
local record, open = KEYS[1], KEYS[2]
local ticket, token, lease, remember = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local old = redis.call('HMGET', record, 'state', 'token', 'attempt', 'lease_until')
if old[1] == 'done' then
  return { 'done', 0 }
end
-- Anything shorter than a token would be the beginning of other tokens too.
if not old[1] or #ticket ~= 32 or string.sub(old[2], 1, #ticket) ~= ticket then
  return { 'lost', 0 }
end
local attempt, left = tonumber(old[3]), tonumber(old[4]) - now
if old[1] ~= 'claimed' or (old[2] ~= ticket and old[2] ~= token) then
  -- Another worker has taken it.
  if left > 0 then
    return { 'in_progress', left }
  end
  attempt = attempt + 1
end
redis.call('HSET', record, 'state', 'claimed', 'token', token, 'attempt', attempt, 'lease_until', now + lease, 'changed_at', now)
if redis.call('PTTL', record) < remember then
  redis.call('PEXPIRE', record, remember)
end
redis.call('ZADD', open, now + lease, record)
return { 'claimed', attempt }
