-- Arguments: how many at the most. The records that it reads are named by the list, which one server has together with them.
local open = KEYS[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local letters = {}
for _, record in ipairs(redis.call('ZRANGEBYSCORE', open, '-inf', now, 'LIMIT', 0, tonumber(ARGV[1]))) do
  local old = redis.call('HMGET', record, 'event_type', 'state', 'attempt', 'error', 'changed_at', 'lease_until')
  if old[2] == 'failed' then
    letters[#letters + 1] = { record, old[1], 'failed', tonumber(old[3]), old[4] or '', now - tonumber(old[5]) }
  elseif old[2] == 'claimed' then
    letters[#letters + 1] = { record, old[1], 'abandoned', tonumber(old[3]), old[4] or '', now - tonumber(old[6]) }
  else
    redis.call('ZREM', open, record)
  end
end
return letters
