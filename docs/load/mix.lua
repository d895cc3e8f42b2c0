-- Asks the addresses of the file $PATHS in turn, and tells how long the answers took: PATHS=docs/load/questions.txt wrk -t2 -c50 -d60 -s docs/load/mix.lua ADDRESS
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths+1] = line end
local i = 0
request = function() i = i + 1; return wrk.format("GET", paths[(i % #paths) + 1]) end
done = function(summary, latency, requests)
  io.write(string.format("p50 %.2f ms  p99 %.2f ms  max %.1f ms  %.0f requests/s  errors %d %d %d %d\n", latency:percentile(50)/1000, latency:percentile(99)/1000, latency.max/1000, summary.requests/summary.duration*1e6, summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.status))
end
