package compat

import (
	"provision-gateway/compat/phpjson"
)

// AppendEnvelope appends a whole answer without data. The key order is success,
// message, data (vendor documentation, all modules).
func AppendEnvelope(dst []byte, success bool, message string) []byte {
	return append(appendHead(dst, success, message), '}')
}

// AppendEnvelopeData appends a whole answer with data, which is JSON already.
func AppendEnvelopeData(dst []byte, success bool, message string, data []byte) []byte {
	dst = append(appendHead(dst, success, message), `,"data":`...)
	return append(append(dst, data...), '}')
}

func appendHead(dst []byte, success bool, message string) []byte {
	if success {
		dst = append(dst, `{"success":1,"message":`...)
	} else {
		dst = append(dst, `{"success":0,"message":`...)
	}
	return phpjson.AppendString(dst, message)
}

// Succeeded reports whether an answer made here says success 1.
func Succeeded(answer []byte) bool {
	const head = `{"success":1`
	return len(answer) >= len(head) && string(answer[:len(head)]) == head
}
