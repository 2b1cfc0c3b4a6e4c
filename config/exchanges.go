package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Exchange binds an exchange of the directory to an IX-API endpoint.
type Exchange struct {
	// PublicID is the exchange.
	PublicID uint64 `json:"public_id"`
	// URL is the base of the API.
	URL string `json:"url"`
	// Key and Secret are the credentials.
	Key    Secret `json:"api_key"`
	Secret Secret `json:"api_secret"`
	// Auth is AuthJWT or AuthOAuth2; TokenURL is where OAuth2 tokens come from,
	// empty for /oauth2/token of the same host.
	Auth     string `json:"auth"`
	TokenURL string `json:"token_url"`
	// CAFile is a file with the certificates to trust; empty means those of the
	// system.
	CAFile string `json:"ca_file"`
	// NetworkService is the id of the peering LAN; empty finds it by its
	// peeringdb_ixid.
	NetworkService string `json:"network_service"`
	// The accounts of what is made; empty for the one of the credentials.
	ManagingAccount  string `json:"managing_account"`
	ConsumingAccount string `json:"consuming_account"`
	BillingAccount   string `json:"billing_account"`
	// Contacts are ids of contacts by the name of a role, in lower case.
	Contacts map[string]string `json:"contacts"`
	// RoleAssignments are ids of role assignments that come before others.
	RoleAssignments []string `json:"role_assignments"`
	// ASSet is what the own network announces, and IRR its registry.
	ASSet string `json:"as_set"`
	IRR   string `json:"irr"`
	// Poll is how often the state of a session that stands is read.
	Poll time.Duration `json:"-"`
	// Timeout is the longest wait for an answer.
	Timeout time.Duration `json:"-"`
}

// How an exchange's API is logged in to.
const (
	AuthJWT    = "jwt"
	AuthOAuth2 = "oauth2"
)

// MarshalJSON writes the binding as the file has it, secrets masked.
func (e Exchange) MarshalJSON() ([]byte, error) {
	type plain Exchange
	return marshal(struct {
		plain
		Poll    string `json:"poll_interval"`
		Timeout string `json:"timeout"`
	}{plain(e), e.Poll.String(), e.Timeout.String()})
}

const keyExchanges = "exchanges"

// exchangesSettings is the list of bindings.
var exchangesSettings = []setting{
	{key: keyExchanges, unit: "JSON", help: "exchanges that are bound to IX-API endpoints, as a list of objects",
		fallback: "", field: exchanges{}},
}

// exchanges is the setting of that name: a list of sections, or one as JSON.
type exchanges struct{}

func (exchanges) get(c *Config) any { return append([]Exchange{}, c.Exchanges...) }

func (exchanges) set(c *Config, raw any) error {
	if text, ok := raw.(string); ok {
		raw = nil
		if strings.TrimSpace(text) == "" {
			return nil
		}
		decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
		decoder.UseNumber()
		// What is wrong with it may be a part of a secret.
		if decoder.Decode(&raw) != nil {
			return errors.New("is not JSON")
		}
	}
	list, ok := raw.([]any)
	if !ok {
		return errors.New("is not a list")
	}
	var problems Errors
	c.Exchanges = nil
	for i, one := range list {
		e, wrong := readExchange(one)
		if len(wrong) == 0 && slices.ContainsFunc(c.Exchanges, func(o Exchange) bool { return o.PublicID == e.PublicID }) {
			wrong = Errors{{Key: "public_id", Message: fmt.Sprintf("%d appears twice", e.PublicID)}}
		}
		for _, p := range wrong {
			key := fmt.Sprintf("%s[%d]", keyExchanges, i)
			if p.Key != "" {
				key += "." + p.Key
			}
			problems = append(problems, Problem{Key: key, Message: p.Message})
		}
		c.Exchanges = append(c.Exchanges, e)
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// readExchange reads one binding and says everything that is wrong with it.
func readExchange(raw any) (Exchange, Errors) {
	e := Exchange{Auth: AuthJWT, Poll: 5 * time.Minute, Timeout: 20 * time.Second, Contacts: map[string]string{}, RoleAssignments: []string{}}
	given, ok := raw.(map[string]any)
	if !ok {
		return e, Errors{{Message: "is not a section with public_id and url"}}
	}
	fields := e.fields()
	var problems Errors
	for _, key := range sortedKeys(given) {
		read, known := fields[key]
		value := given[key]
		if number, ok := value.(json.Number); ok {
			value = number.String()
		}
		switch {
		case !known:
			problems = append(problems, Problem{Key: key, Message: "is not a setting"})
		case value == nil:
			problems = append(problems, Problem{Key: key, Message: "has no value"})
		default:
			if err := read(value); err != nil {
				problems = append(problems, Problem{Key: key, Message: err.Error()})
			}
		}
	}
	return e, append(problems, e.missing(given)...)
}

// fields read the settings of a binding into it.
func (e *Exchange) fields() map[string]func(any) error {
	return map[string]func(any) error{
		"public_id": func(raw any) error {
			text, err := asText(raw)
			if err != nil {
				return err
			}
			n, err := strconv.ParseUint(text, 10, 63)
			if err != nil || n == 0 {
				return fmt.Errorf("%q is not the id of an exchange", text)
			}
			e.PublicID = n
			return nil
		},
		"url":               readText(&e.URL, checkSecretURL),
		"api_key":           readSecret(&e.Key, false),
		"api_key_file":      readSecret(&e.Key, true),
		"api_secret":        readSecret(&e.Secret, false),
		"api_secret_file":   readSecret(&e.Secret, true),
		"auth":              readText(&e.Auth, checkAuth),
		"token_url":         readText(&e.TokenURL, optional(checkSecretURL)),
		"ca_file":           readText(&e.CAFile, optional(checkFile)),
		"network_service":   readText(&e.NetworkService, nil),
		"managing_account":  readText(&e.ManagingAccount, nil),
		"consuming_account": readText(&e.ConsumingAccount, nil),
		"billing_account":   readText(&e.BillingAccount, nil),
		"contacts": func(raw any) error {
			section, ok := raw.(map[string]any)
			if !ok {
				return errors.New("is not a section with the id of a contact for each role")
			}
			for _, role := range sortedKeys(section) {
				id, err := asText(section[role])
				if err != nil || id == "" {
					return fmt.Errorf("%s: is not the id of a contact", role)
				}
				e.Contacts[strings.ToLower(role)] = id
			}
			return nil
		},
		"role_assignments": func(raw any) (err error) {
			list, err := asList(raw)
			if err == nil && list != nil {
				e.RoleAssignments = list
			}
			return err
		},
		"as_set":        readText(&e.ASSet, checkWord),
		"irr":           readText(&e.IRR, checkWord),
		"poll_interval": readSpan(&e.Poll, time.Second),
		"timeout":       readSpan(&e.Timeout, time.Millisecond),
	}
}

// missing says what a binding needs, or has twice. The secrets may also come from
// the environment, which check looks after.
func (e *Exchange) missing(given map[string]any) (problems Errors) {
	for _, key := range []string{"public_id", "url"} {
		if _, ok := given[key]; !ok {
			problems = append(problems, Problem{Key: key, Message: "is needed"})
		}
	}
	for _, key := range []string{"api_key", "api_secret"} {
		_, one := given[key]
		if _, other := given[key+twinSuffix]; one && other {
			problems = append(problems, Problem{Key: key, Message: "is given twice: here and as " + key + twinSuffix})
		}
	}
	return problems
}

func readText(place *string, check func(string) error) func(any) error {
	return func(raw any) error {
		text, err := asText(raw)
		if err == nil && check != nil {
			err = check(text)
		}
		*place = text
		return err
	}
}

func readSpan(place *time.Duration, shortest time.Duration) func(any) error {
	return func(raw any) error {
		return span(func(*Config) *time.Duration { return place }, shortest).set(nil, raw)
	}
}

func readSecret(place *Secret, file bool) func(any) error {
	return func(raw any) error {
		value, err := asText(raw)
		if err == nil && file {
			var data []byte
			if data, err = os.ReadFile(value); err == nil {
				value = strings.TrimRight(string(data), "\r\n")
				err = notEmpty(value)
			}
		}
		*place = NewSecret(value)
		return err
	}
}

func checkAuth(s string) error {
	if s != AuthJWT && s != AuthOAuth2 {
		return fmt.Errorf("%q is none of %s, %s", s, AuthJWT, AuthOAuth2)
	}
	return nil
}

func checkWord(s string) error {
	if strings.ContainsAny(s, " \t\n,") {
		return fmt.Errorf("%q is more than one name", s)
	}
	return nil
}

// checkSecretURL accepts a URL to which a secret can be sent.
func checkSecretURL(s string) error {
	if err := checkURL(s); err != nil {
		return err
	}
	if strings.HasPrefix(s, "https://") || isLoopbackURL(s) {
		return nil
	}
	return errors.New("is not https, over which alone credentials are sent")
}

// checkExchanges takes the secrets that the environment has, by the number of the
// exchange, and says which are missing.
func (c *Config) checkExchanges(env map[string]string) (problems Errors) {
	for i := range c.Exchanges {
		e := &c.Exchanges[i]
		for name, place := range map[string]*Secret{"api_key": &e.Key, "api_secret": &e.Secret} {
			variable := fmt.Sprintf("%sEXCHANGE_%d_%s", envPrefix, e.PublicID, strings.ToUpper(name))
			if value := env[variable]; value != "" {
				*place = NewSecret(value)
			}
			if place.Reveal() == "" {
				problems = append(problems, Problem{Key: fmt.Sprintf("%s[%d].%s", keyExchanges, i, name),
					Message: fmt.Sprintf("is needed, here, as %s%s or in %s", name, twinSuffix, variable)})
			}
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return problems
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
