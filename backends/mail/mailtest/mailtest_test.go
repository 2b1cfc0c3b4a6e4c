package mailtest_test

import (
	"fmt"
	"net"
	"net/smtp"
	"slices"
	"strings"
	"testing"

	"provision-gateway/backends/mail/mailtest"
)

// send is the client of the standard library, so that the servers are not only
// tested with the one that they test.
func send(address, from string, to ...string) error {
	return smtp.SendMail(address, nil, from, to, []byte("Subject: x\r\n\r\n.dot\r\n"))
}

func TestServerKeepsMails(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	for i := range 3 {
		if err := send(s.Address, "a@b.example", "c@d.example", fmt.Sprintf("n%d@d.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	mails := s.Wait(t, 3)
	if len(mails) != 3 || s.Connections() != 3 {
		t.Fatalf("%d mails, %d connections", len(mails), s.Connections())
	}
	for i, m := range mails {
		if m.From != "a@b.example" || !slices.Equal(m.To, []string{"c@d.example", fmt.Sprintf("n%d@d.example", i)}) || string(m.Raw) != "Subject: x\r\n\r\n.dot\r\n" || m.TLS || m.User != "" {
			t.Errorf("mail %d: %+v", i, m)
		}
	}
}

func TestServerAnswersAsTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		stage  mailtest.Stage
		answer mailtest.Answer
		want   string
		kept   int
	}{
		{mailtest.From, mailtest.Answer{Code: 451, Text: "4.3.0 Later"}, `451 "4.3.0 Later"`, 0},
		{mailtest.Recipient, mailtest.Answer{Code: 550, Text: "5.1.1 Nobody"}, `550 "5.1.1 Nobody"`, 0},
		{mailtest.Content, mailtest.Answer{Code: 554, Text: "No"}, `554 "No"`, 0},
		{mailtest.Content, mailtest.Answer{Drop: true}, "EOF", 0},
		{mailtest.Kept, mailtest.Answer{Drop: true}, "EOF", 1},
	} {
		s := mailtest.StartServer(t, mailtest.Options{})
		s.SetAnswer(mailtest.At(test.stage, test.answer))
		if err := send(s.Address, "a@b.example", "c@d.example"); err == nil || err.Error() != test.want {
			t.Errorf("%s %+v: error %v", test.stage, test.answer, err)
		}
		if n := len(s.Mails()); n != test.kept {
			t.Errorf("%s %+v: %d mails", test.stage, test.answer, n)
		}
	}
}

func TestServerDown(t *testing.T) {
	t.Parallel()
	s := mailtest.StartServer(t, mailtest.Options{})
	open, err := net.Dial("tcp", s.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	if _, err := open.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	s.SetDown(true)
	if n, err := open.Read(make([]byte, 100)); err == nil {
		t.Errorf("an open connection got %d bytes", n)
	}
	if err := send(s.Address, "a@b.example", "c@d.example"); err == nil {
		t.Error("sent to a server that is down")
	}
	s.SetDown(false)
	if err := send(s.Address, "a@b.example", "c@d.example"); err != nil || len(s.Mails()) != 1 {
		t.Errorf("%d mails, error %v", len(s.Mails()), err)
	}
}

// Exim must take nothing from who did not log in, encrypted.
func TestEximDemandsALogin(t *testing.T) {
	t.Parallel()
	e := mailtest.StartExim(t)
	c, err := smtp.Dial(e.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Hello("test.example"); err != nil {
		t.Fatal(err)
	}
	if offered, _ := c.Extension("AUTH"); offered {
		t.Error("a login is offered in clear")
	}
	if offered, _ := c.Extension("STARTTLS"); !offered {
		t.Error("STARTTLS is not offered")
	}
	if err := c.Mail("a@b.example"); err == nil || !strings.Contains(err.Error(), "Log in first") {
		t.Errorf("mail without a login: %v", err)
	}
	if n := len(e.Mails(t)); n != 0 {
		t.Errorf("%d mails", n)
	}
}
