package ix

import (
	"bytes"
	"encoding/json"
)

// Encode writes a value as JSON, with <, > and & as they are: answers are no part
// of a page, and what a caller sent comes back as it was sent.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
