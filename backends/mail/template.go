package mail

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"provision-gateway/models"
)

//go:embed templates/*.txt
var builtIn embed.FS

// Templates are the texts of the mails that the gateway writes itself.
//
// Each is a file NAME.txt: the line "Subject: …", an empty line, and the body,
// all in the language of text/template over a TemplateData. Line ends may be LF
// or CRLF.
type Templates struct{ byName map[string]parts }

type parts struct{ subject, body *template.Template }

// Text is a rendered template. The subject is one line, and the body's lines
// end in CRLF.
type Text struct{ Subject, Body string }

// TemplateNames lists the templates: request asks for peering, and the others
// write to the contact of that role.
func TemplateNames() []string { return []string{"noc", "policy", "request", "technical"} }

// LoadTemplates reads the templates of a folder. Those that it lacks, or all
// where it is nil, are the built-in ones. A template that cannot be read, or
// that cannot be filled with samples, is an error that names the file and the
// line; so is a .txt file of another name, which nothing would ever use.
func LoadTemplates(dir fs.FS) (*Templates, error) {
	standard, err := fs.Sub(builtIn, "templates")
	if err != nil {
		return nil, err
	}
	if dir != nil {
		if err := checkNames(dir); err != nil {
			return nil, err
		}
	}
	t := &Templates{byName: map[string]parts{}}
	for _, name := range TemplateNames() {
		file := name + ".txt"
		source, err := []byte(nil), fs.ErrNotExist
		if dir != nil {
			source, err = fs.ReadFile(dir, file)
		}
		if errors.Is(err, fs.ErrNotExist) {
			source, err = fs.ReadFile(standard, file)
		}
		if err != nil {
			return nil, fmt.Errorf("mail template %s: %w", file, err)
		}
		if t.byName[name], err = parseTemplate(file, string(source)); err != nil {
			return nil, fmt.Errorf("mail template %s: %w", file, err)
		}
	}
	return t, nil
}

func checkNames(dir fs.FS) error {
	files, err := fs.Glob(dir, "*.txt")
	if err != nil {
		return fmt.Errorf("mail templates: %w", err)
	}
	for _, file := range files {
		if !slices.Contains(TemplateNames(), strings.TrimSuffix(path.Base(file), ".txt")) {
			return fmt.Errorf("mail template %s: there is no such template; there are %s", file, strings.Join(TemplateNames(), ", "))
		}
	}
	return nil
}

// parseTemplate takes a file apart and fills it with samples, once with
// everything known and once with next to nothing, so that a mistake shows when
// the gateway starts and not when a mail is due.
func parseTemplate(file, source string) (parts, error) {
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\uFEFF"), "\r\n", "\n")
	for i, line := range strings.Split(source, "\n") {
		if !utf8.ValidString(line) {
			return parts{}, fmt.Errorf("%s:%d: not UTF-8", file, i+1)
		}
	}
	var p parts
	var subject string
	rest, line := source, 0
	for {
		header, after, more := strings.Cut(rest, "\n")
		line++
		if !more {
			return parts{}, fmt.Errorf("%s:%d: no empty line between the header and the body", file, line)
		}
		if rest = after; strings.TrimSpace(header) == "" {
			break
		}
		name, value, colon := strings.Cut(header, ":")
		if !colon || !strings.EqualFold(strings.TrimSpace(name), "Subject") || p.subject != nil {
			return parts{}, fmt.Errorf("%s:%d: the header is one line, \"Subject: …\"", file, line)
		}
		subject = strings.TrimSpace(value)
		var err error
		if p.subject, err = parsePart(file, subject, line-1); err != nil {
			return parts{}, err
		}
	}
	if subject == "" {
		return parts{}, fmt.Errorf("%s:1: the line \"Subject: …\" is missing or empty", file)
	}
	var err error
	if p.body, err = parsePart(file, rest, line); err != nil {
		return parts{}, err
	}
	for _, sample := range samples() {
		if _, err := p.render(sample); err != nil {
			return parts{}, err
		}
	}
	return p, nil
}

// parsePart parses what stands behind so many lines of a file. A comment of
// that many lines stands for them, so that errors count right.
func parsePart(file, source string, behind int) (*template.Template, error) {
	lines := "{{/*" + strings.Repeat("\n", behind) + "*/}}"
	return template.New(file).Option("missingkey=error").Parse(lines + source)
}

// Render fills a template. An unknown name, and a subject that a value has made
// unusable, are models.Errors with the code Invalid.
func (t *Templates) Render(name string, data TemplateData) (Text, error) {
	p, ok := t.byName[name]
	if !ok {
		return Text{}, invalid("template", name)
	}
	return p.render(data)
}

func (p parts) render(data TemplateData) (Text, error) {
	var subject, body strings.Builder
	if err := p.subject.Execute(&subject, data); err != nil {
		return Text{}, err
	}
	if err := p.body.Execute(&body, data); err != nil {
		return Text{}, err
	}
	text := Text{Subject: strings.TrimSpace(subject.String()), Body: canonical(body.String())}
	if text.Subject == "" {
		return Text{}, models.Errorf(models.Invalid, "The subject of the template %s is empty", p.subject.Name())
	}
	if !isSubject(text.Subject) {
		return Text{}, invalid("subject", text.Subject)
	}
	return text, nil
}
