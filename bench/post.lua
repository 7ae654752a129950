-- Posts signed bodies in turns. wrk … -- FILE, with a signature and a body in each line
local requests, turn = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local signature, body = line:match("^(%x+) (.*)$")
    local headers = { ["Content-Type"] = "application/json", ["Payvost-Signature"] = signature }
    table.insert(requests, wrk.format("POST", nil, headers, body))
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary)
  local errors = summary.errors
  io.stderr:write(string.format('{"requests":%d,"microseconds":%d,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
