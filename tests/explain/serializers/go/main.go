// Writes each line, base64 of a JSON text, as Go writes its value: one JSON object per line, from habits to base64.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		text, _ := base64.StdEncoding.DecodeString(lines.Text())
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			panic(err)
		}
		written := map[string][]byte{}
		written["Marshal"], _ = json.Marshal(value)
		written["MarshalIndent"], _ = json.MarshalIndent(value, "", "  ")
		var stream bytes.Buffer
		encoder := json.NewEncoder(&stream)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(value)
		written["Encoder, SetEscapeHTML(false)"] = stream.Bytes()
		var numbers any
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		_ = decoder.Decode(&numbers)
		written["UseNumber"], _ = json.Marshal(numbers)
		var compact bytes.Buffer
		_ = json.Compact(&compact, text)
		written["Compact"] = compact.Bytes()
		var indented bytes.Buffer
		_ = json.Indent(&indented, text, "", "\t")
		written["Indent"] = indented.Bytes()
		line, _ := json.Marshal(written)
		fmt.Println(string(line))
	}
}
