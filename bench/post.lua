-- Posts one signed body over and over. wrk … -- BODY-FILE SIGNATURE
function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("a")
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Payvost-Signature"] = arguments[2]
  file:close()
end

function done(summary)
  local errors = summary.errors
  io.stderr:write(string.format('{"requests":%d,"microseconds":%d,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
