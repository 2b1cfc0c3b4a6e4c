package mailtest

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
)

// newLogin gives the server's side of a mechanism. done hears whether the user
// and the password were right, and its error is the answer.
func newLogin(mechanism, user, password string, done func(good bool) error) sasl.Server {
	switch mechanism {
	case "PLAIN":
		return sasl.NewPlainServer(func(_, u, p string) error { return done(u == user && p == password) })
	case "LOGIN":
		return &steps{next: []step{
			func([]byte) ([]byte, error) { return []byte("Username:"), nil },
			func(in []byte) ([]byte, error) {
				if string(in) != user {
					return nil, done(false)
				}
				return []byte("Password:"), nil
			},
			func(in []byte) ([]byte, error) { return nil, done(string(in) == password) },
		}}
	case "CRAM-MD5":
		const challenge = "<1896.697170952@mail.test.example>"
		return &steps{next: []step{
			func([]byte) ([]byte, error) { return []byte(challenge), nil },
			func(in []byte) ([]byte, error) {
				mac := hmac.New(md5.New, []byte(password))
				mac.Write([]byte(challenge))
				return nil, done(string(in) == user+" "+hex.EncodeToString(mac.Sum(nil)))
			},
		}}
	case "SCRAM-SHA-256":
		return newSCRAM(user, password, done)
	default:
		panic("no such mechanism: " + mechanism)
	}
}

type step func(in []byte) (challenge []byte, err error)

// steps is a mechanism that takes one step per response; the last one ends it.
type steps struct{ next []step }

// Next takes a step.
func (s *steps) Next(in []byte) ([]byte, bool, error) {
	if len(s.next) == 0 {
		return nil, false, errors.New("the exchange is over")
	}
	do := s.next[0]
	s.next = s.next[1:]
	challenge, err := do(in)
	return challenge, len(s.next) == 0, err
}

// newSCRAM is RFC 5802 with SHA-256 (RFC 7677) and without channel binding.
func newSCRAM(user, password string, done func(bool) error) sasl.Server {
	const salt, iterations = "test salt", 4096
	var nonce, said string
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	return &steps{next: []step{
		func([]byte) ([]byte, error) { return nil, nil },
		func(in []byte) ([]byte, error) {
			bare, ok := strings.CutPrefix(string(in), "n,,")
			_, theirs, found := strings.Cut(bare, ",r=")
			if !ok || !found {
				return nil, done(false)
			}
			nonce = theirs + "server"
			first := "r=" + nonce + ",s=" + base64.StdEncoding.EncodeToString([]byte(salt)) + ",i=4096"
			said = bare + "," + first
			return []byte(first), nil
		},
		func(in []byte) ([]byte, error) {
			without, proof, _ := strings.Cut(string(in), ",p=")
			salted, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, sha256.Size)
			if err != nil {
				return nil, err
			}
			said += "," + without
			clientKey := mac(salted, "Client Key")
			stored := sha256.Sum256(clientKey)
			signature := mac(stored[:], said)
			for i := range signature {
				signature[i] ^= clientKey[i]
			}
			if without != "c=biws,r="+nonce || proof != base64.StdEncoding.EncodeToString(signature) || !strings.HasPrefix(said, "n="+user+",") {
				return nil, done(false)
			}
			return []byte("v=" + base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), said))), nil
		},
		func([]byte) ([]byte, error) { return nil, done(true) },
	}}
}
