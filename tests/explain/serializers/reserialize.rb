# Writes each line, base64 of a JSON text, as Ruby writes its value: one JSON object per line, from habits to base64.
require "base64"
require "json"

$stdout.sync = true
$stdin.each_line do |line|
  value = JSON.parse(Base64.decode64(line).force_encoding("UTF-8"))
  written = {
    "generate" => JSON.generate(value),
    "pretty_generate" => JSON.pretty_generate(value),
    "ascii_only" => JSON.generate(value, ascii_only: true),
    "script_safe" => JSON.generate(value, script_safe: true),
  }
  puts JSON.generate(written.transform_values { |text| Base64.strict_encode64(text) })
end
