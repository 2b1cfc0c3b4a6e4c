-- The script of wrk. Without arguments it repeats the request of the command
-- line. With a form and an address format it posts the form with an address
-- of its own in every request.
function init(args)
  if #args == 0 then return end
  local form, format, run = args[1], args[2], tonumber(args[3])
  local n = 0
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  function request()
    n = n + 1
    -- No group of the address may be zero.
    local address = string.format(format, run, math.floor(n / 65535) + 1, n % 65535 + 1)
    return wrk.format(nil, nil, nil, string.format(form, (address:gsub(":", "%%3A"))))
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,' ..
    '"connect_errors":%d,"read_errors":%d,"write_errors":%d,"status_errors":%d,"timeouts":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    e.connect, e.read, e.write, e.status, e.timeout))
end
