package golden

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// Answer is what a server answers, as far as it matters to a script.
type Answer struct {
	// Status is the HTTP status.
	Status int
	// ContentType is the whole header, with parameters if it has any.
	ContentType string
	// Body is the exact bytes.
	Body string
}

// The answers of which a file holds only the body.
const (
	usualStatus = http.StatusOK
	usualType   = "application/json"
)

// statusLine and typeLine are what may stand in front of a body. None of them
// can be the start of JSON, but a server may answer anything.
var (
	statusLine = regexp.MustCompile(`^([1-5][0-9][0-9])(?: ([^\n]+))?\n`)
	typeLine   = regexp.MustCompile(`^(?:no type|[0-9A-Za-z!#$&^_.+-]+/[0-9A-Za-z!#$&^_.+-]+(?: *;[^\r\n]*)?)\n`)
)

// noType stands for an answer without a Content-Type.
const noType = "no type"

// ParseAnswer reads an answer as a file holds it, and as String writes it.
func ParseAnswer(text string) Answer {
	a := Answer{Status: usualStatus, ContentType: usualType}
	if m := statusLine.FindStringSubmatch(text); m != nil {
		status, _ := strconv.Atoi(m[1])
		if status != usualStatus && m[2] == http.StatusText(status) {
			a.Status, text = status, text[len(m[0]):]
		}
	}
	if line := typeLine.FindString(text); line != "" && line != usualType+"\n" {
		a.ContentType, text = strings.TrimSuffix(line, "\n"), text[len(line):]
		if a.ContentType == noType {
			a.ContentType = ""
		}
	}
	a.Body = text
	return a
}

// String is the answer as a file holds it: the body, with status and type in
// front where they are not the usual ones.
func (a Answer) String() string {
	text := a.Body
	switch a.ContentType {
	case usualType:
	case "":
		text = noType + "\n" + text
	default:
		text = a.ContentType + "\n" + text
	}
	if a.Status != usualStatus {
		text = strings.TrimSuffix(strconv.Itoa(a.Status)+" "+http.StatusText(a.Status), " ") + "\n" + text
	}
	return text
}

func (a Answer) check() error {
	if ParseAnswer(a.String()) != a {
		return errors.New("the answer cannot be written: its status or type is odd, or its body begins like one")
	}
	return nil
}
