package ixapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"provision-gateway/handlers/ixapi"
	"provision-gateway/handlers/ixapi/ixapitest"
	"provision-gateway/models/ix"
	"provision-gateway/models/modelstest"
)

// tokens are those of a login.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

func login(t *testing.T, m *ixapitest.Member) tokens {
	t.Helper()
	a := m.Service.Send("POST", "/auth/token", `{"api_key":"`+m.Key+`","api_secret":"`+m.Secret+`"}`)
	var out tokens
	a.Decode(&out)
	if a.Status != http.StatusCreated || out.Access == "" || out.Refresh == "" {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	return out
}

// TestLogin exchanges right and wrong credentials, whatever stands in the header
// Authorization.
func TestLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	right := `{"api_key":"` + m.Key + `","api_secret":"` + m.Secret + `"}`
	for _, tc := range []struct {
		name, body, header, problem string
		status                      int
	}{
		{"right", right, "", "", 201},
		{"with nonsense as a bearer", right, "Authorization: Bearer nonsense", "", 201},
		{"with Basic", right, "Authorization: Basic eDp5", "", 201},
		{"wrong secret", `{"api_key":"` + m.Key + `","api_secret":"x"}`, "", "authentication-error", 401},
		{"wrong key", `{"api_key":"x","api_secret":"` + m.Secret + `"}`, "", "authentication-error", 401},
		{"a token does not help", `{"api_key":"x","api_secret":"y"}`, "Authorization: Bearer " + m.Token, "authentication-error", 401},
		{"no secret", `{"api_key":"` + m.Key + `"}`, "", "validation-error", 400},
		{"numbers", `{"api_key":1,"api_secret":2}`, "", "validation-error", 400},
		{"null", "null", "", "validation-error", 400},
		{"nothing", "", "", "validation-error", 400},
		{"no JSON", "api_key=x", "", "parse-error", 400},
		{"long key", `{"api_key":"` + strings.Repeat("k", 43) + `","api_secret":"x"}`, "", "authentication-error", 401},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := s.Send("POST", "/auth/token", tc.body, tc.header)
			if a.Status != tc.status || a.Problem() != tc.problem {
				t.Errorf("%d %q: %s", a.Status, a.Problem(), a.Body)
			}
			if strings.Contains(a.Body, m.Secret) {
				t.Error("the secret is in the answer")
			}
		})
	}
}

// TestRefresh exchanges refresh tokens, of which each is a new pair, and nothing
// else.
func TestRefresh(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	pair := login(t, m)
	for _, tc := range []struct {
		name, token, header, problem string
		status                       int
	}{
		{"right", pair.Refresh, "", "", 201},
		{"as a bearer too", pair.Refresh, "Authorization: Bearer " + pair.Refresh, "", 201},
		{"with nonsense as a bearer", pair.Refresh, "Authorization: Bearer x", "", 201},
		{"access token", pair.Access, "", "not-authenticated", 401},
		{"nonsense", "nonsense", "", "not-authenticated", 401},
		{"bearer alone", "", "Authorization: Bearer " + pair.Refresh, "validation-error", 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := s.Send("POST", "/auth/refresh", `{"refresh_token":"`+tc.token+`"}`, tc.header)
			if a.Status != tc.status || a.Problem() != tc.problem {
				t.Fatalf("%d %q: %s", a.Status, a.Problem(), a.Body)
			}
			if a.Status == http.StatusCreated {
				var next tokens
				a.Decode(&next)
				if a := s.Send("GET", "/account", "", "Authorization: Bearer "+next.Access); !strings.Contains(a.Body, m.Account) {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			}
		})
	}
}

// TestBearer asks with tokens that are not, or no longer, good.
func TestBearer(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	pair := login(t, m)
	secret := signingSecret(t, s.Objects)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := s.Store.Now()
	claims := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"sub": m.Account, "aud": "ix-api", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix()}
		if change != nil {
			change(c)
		}
		return c
	}
	sign := func(method jwt.SigningMethod, key any, c jwt.MapClaims) string {
		text, err := jwt.NewWithClaims(method, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := sign(jwt.SigningMethodHS256, secret, claims(nil))
	for _, tc := range []struct{ name, header, problem string }{
		{"good", "Bearer " + pair.Access, ""},
		{"good, in small letters", "bearer  " + pair.Access, ""},
		{"made with the secret", "Bearer " + good, ""},
		{"none", "", "authentication-error"},
		{"no token", "Bearer", "authentication-error"},
		{"nonsense", "Bearer a.b.c", "authentication-error"},
		{"Basic", "Basic eDp5", "authentication-error"},
		{"refresh token", "Bearer " + pair.Refresh, "authentication-error"},
		{"alg none", "Bearer " + sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(nil)), "authentication-error"},
		{"no signature", "Bearer " + good[:strings.LastIndexByte(good, '.')+1], "authentication-error"},
		{"HS512", "Bearer " + sign(jwt.SigningMethodHS512, secret, claims(nil)), "authentication-error"},
		{"RS256", "Bearer " + sign(jwt.SigningMethodRS256, private, claims(nil)), "authentication-error"},
		{"other secret", "Bearer " + sign(jwt.SigningMethodHS256, []byte("guessed"), claims(nil)), "authentication-error"},
		{"no audience", "Bearer " + sign(jwt.SigningMethodHS256, secret, claims(func(c jwt.MapClaims) { delete(c, "aud") })), "authentication-error"},
		{"no end", "Bearer " + sign(jwt.SigningMethodHS256, secret, claims(func(c jwt.MapClaims) { delete(c, "exp") })), "authentication-error"},
		{"expired", "Bearer " + sign(jwt.SigningMethodHS256, secret, claims(func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Second).Unix() })), "signature-expired"},
		{"expired and forged", "Bearer " + sign(jwt.SigningMethodHS256, []byte("guessed"), claims(func(c jwt.MapClaims) { c["exp"] = now.Add(-time.Second).Unix() })), "authentication-error"},
		{"unknown account", "Bearer " + sign(jwt.SigningMethodHS256, secret, claims(func(c jwt.MapClaims) { c["sub"] = "nobody" })), "authentication-error"},
		{"no account", "Bearer " + sign(jwt.SigningMethodHS256, secret, claims(func(c jwt.MapClaims) { delete(c, "sub") })), "authentication-error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, o := range s.Handler.Operations() {
				if o.Open {
					continue
				}
				a := s.Send(o.Method, strings.ReplaceAll(o.Path, "{id}", "x"), "", "Authorization: "+tc.header, tolerated)
				if tc.problem == "" && a.Status == http.StatusUnauthorized || tc.problem != "" && (a.Status != http.StatusUnauthorized || a.Problem() != tc.problem) {
					t.Errorf("%s: %d %s", o.Name, a.Status, a.Body)
				}
				if a.Status == http.StatusUnauthorized && !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
					t.Errorf("%s: no WWW-Authenticate", o.Name)
				}
			}
		})
	}
}

// TestLifetimes moves the clock until both tokens have expired.
func TestLifetimes(t *testing.T) {
	t.Parallel()
	clock := ixapitest.Clock()
	s := ixapitest.New(t, modelstest.Lend(t, modelstest.Kinds()[0], clock.Now), func(c *ixapi.Config) {
		c.AccessLifetime, c.RefreshLifetime = time.Minute, time.Hour
	})
	pair := login(t, s.Member("Example"))
	for _, tc := range []struct {
		wait            time.Duration
		access, refresh string
	}{{59 * time.Second, "", ""}, {2 * time.Second, "signature-expired", ""}, {time.Hour, "signature-expired", "signature-expired"}} {
		clock.Advance(tc.wait)
		if a := s.Send("GET", "/account", "", "Authorization: Bearer "+pair.Access); a.Problem() != tc.access {
			t.Errorf("access after %v: %d %s", tc.wait, a.Status, a.Body)
		}
		if a := s.Send("POST", "/auth/refresh", `{"refresh_token":"`+pair.Refresh+`"}`); a.Problem() != tc.refresh {
			t.Errorf("refresh after %v: %d %s", tc.wait, a.Status, a.Body)
		}
	}
}

// TestDeletedAccount uses the tokens and the key of an account that is gone.
func TestDeletedAccount(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	pair := login(t, m)
	err := s.Objects.Write(t.Context(), "", func(tx *ix.Tx) error {
		account, err := tx.Get(ix.Accounts, m.Account)
		if err != nil {
			return err
		}
		return tx.Remove(ix.Accounts, account)
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]ixapitest.Answer{
		"access":  m.Send("GET", "/account", ""),
		"list":    m.Send("GET", "/metro-areas", ""),
		"refresh": s.Send("POST", "/auth/refresh", `{"refresh_token":"`+pair.Refresh+`"}`),
		"login":   s.Send("POST", "/auth/token", `{"api_key":"`+m.Key+`","api_secret":"`+m.Secret+`"}`),
	} {
		if a.Status != http.StatusUnauthorized || a.Problem() != "authentication-error" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	a := s.Send("POST", ixapi.PathOAuth2, "grant_type=client_credentials", "Content-Type: application/x-www-form-urlencoded", basic(m.Key, m.Secret))
	if a.Status != http.StatusUnauthorized || a.Body != `{"error":"invalid_client"}` {
		t.Errorf("OAuth2: %d %s", a.Status, a.Body)
	}
}

// basic is the header of Basic authentication.
func basic(user, password string) string {
	r, _ := http.NewRequest("GET", "/", nil)
	r.SetBasicAuth(user, password)
	return "Authorization: " + r.Header.Get("Authorization")
}

// TestOAuth2 exchanges client credentials by Basic authentication and in the
// form.
func TestOAuth2(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	m := s.Member("Example")
	inForm := url.Values{"grant_type": {"client_credentials"}, "client_id": {m.Key}, "client_secret": {m.Secret}}.Encode()
	const grant, form = "grant_type=client_credentials&scope=ix-api", "Content-Type: application/x-www-form-urlencoded"
	for _, tc := range []struct {
		name, body, header, code string
		status                   int
	}{
		{"Basic", grant, basic(m.Key, m.Secret), "", 200},
		{"form", inForm, "", "", 200},
		{"wrong secret", grant, basic(m.Key, "x"), "invalid_client", 401},
		{"wrong key", grant, basic("x", m.Secret), "invalid_client", 401},
		{"nobody", grant, "", "invalid_client", 401},
		{"bearer", grant, "Authorization: Bearer " + m.Token, "invalid_client", 401},
		{"other grant", "grant_type=password", basic(m.Key, m.Secret), "unsupported_grant_type", 400},
		{"no grant", "", basic(m.Key, m.Secret), "unsupported_grant_type", 400},
		{"no form", "%zz=1", basic(m.Key, m.Secret), "invalid_request", 400},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// The library that checks takes what is absent from a form for null.
			a := s.Send("POST", ixapi.PathOAuth2, tc.body, form, tc.header, tolerated)
			var got struct {
				Access  string `json:"access_token"`
				Type    string `json:"token_type"`
				Expires int    `json:"expires_in"`
				Error   string
			}
			a.Decode(&got)
			if a.Status != tc.status || got.Error != tc.code {
				t.Fatalf("%d %s", a.Status, a.Body)
			}
			if tc.status == 401 && !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Basic") {
				t.Error("no WWW-Authenticate")
			}
			if tc.status != 200 {
				return
			}
			if got.Type != "Bearer" || got.Expires != 900 {
				t.Errorf("%s", a.Body)
			}
			if a := s.Send("GET", "/account", "", "Authorization: Bearer "+got.Access); !strings.Contains(a.Body, m.Account) {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	}
}
