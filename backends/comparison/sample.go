package comparison

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"provision-gateway/compat/redact"
	"provision-gateway/compat/shadow"
	"provision-gateway/models"
)

const (
	// longestPath is how many bytes of a path are stored, and longestRequest of a
	// query string or a body.
	longestPath    = 500
	longestRequest = 2000
)

// Sample is a request whose answers differ, without any secret.
type Sample struct {
	Mode string `json:"mode"`
	// Caller is the name of the API key.
	Caller      string `json:"caller"`
	Method      string `json:"method"`
	Query       string `json:"query"`
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
	// Path is where exactly the answers differ, Original and Own what stands
	// there, cut when it is long.
	Path     string `json:"path"`
	Original string `json:"original"`
	Own      string `json:"own"`
}

// capture makes samples of one request. All its samples share the knowledge of
// what is secret in the request and in both answers, which is taken from all of
// them before anything is shown.
type capture struct {
	job      *job
	found    *finding
	redactor *redact.Redactor
	request  Sample
}

func newCapture(j *job, f *finding) *capture {
	c := &capture{job: j, found: f, redactor: redact.New()}
	r := j.Request
	if r == nil {
		return c
	}
	// Twice: what only the answers show to be a secret may stand in the request.
	for range 2 {
		c.request = Sample{
			Mode: string(j.Mode), Caller: j.Caller, Method: r.Method, ContentType: cut(c.redactor.Header("Content-Type", r.ContentType), 200),
			Query: cut(c.redactor.Query(r.Query), longestRequest),
			Body:  cut(string(c.redactor.Body(r.ContentType, r.Body)), longestRequest),
		}
		for _, answer := range [][]byte{j.Answer.Body, f.original.Body, f.own.Body} {
			c.redactor.Answer(answer)
		}
	}
	return c
}

// redact takes the secrets out of what stands at a path of an answer.
func (c *capture) redact(path, text string) string { return c.redactor.Value(path, text) }

// difference makes a row of one way in which the answers differ.
func (c *capture) difference(id string, count shadow.Count, now time.Time) models.ComparisonDifference {
	sample := c.request
	for _, d := range c.found.result.Differences {
		if shadow.Fingerprint(c.job.action, d) == id {
			sample.Path, sample.Original, sample.Own = cut(c.redact("", d.Path), longestPath), d.Original, d.Own
			break
		}
	}
	return models.ComparisonDifference{
		Fingerprint: id, Action: c.job.action, Path: cut(c.redact("", count.Pattern), longestPath), Kind: string(count.Kind),
		Count: 1, FirstSeen: now.Unix(), LastSeen: now.Unix(), Sample: sample.encode(),
	}
}

func (s Sample) encode() string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	// A struct of texts can always be encoded.
	_ = encoder.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

// cut shortens a text to a number of bytes, neither within a character nor within
// a placeholder.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, "\ufffd")
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if open := strings.LastIndexByte(text[:end], '<'); open >= end-48 && open >= 0 && !strings.Contains(text[open:end], ">") {
		end = open
	}
	return text[:end] + "…"
}
