package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNoStartTLS = errors.New("the server does not offer STARTTLS")
	errTooLarge   = errors.New("the mail is larger than the server takes")
)

// The steps of a delivery that need to be told from others.
const (
	stepLogin = "AUTH"
	stepEnd   = "end of content"
)

// goodbye is how long a server may take to answer QUIT; nothing depends on it.
const goodbye = time.Second

// Send hands a message over and returns nil once the server has accepted it for
// all recipients. A field that cannot be used gives a models.Error with the
// code Invalid before anything is sent; what goes wrong later is a
// *DeliveryError. It ends with the context, and after Config.Timeout at the
// latest.
func (m *Mailer) Send(ctx context.Context, msg Message) error {
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	l, err := m.letter(msg)
	if err != nil {
		return err
	}
	d := &delivery{ctx: ctx, limit: m.config.Timeout, mailer: m, letter: l, content: msg.Body + "\n" + l.body()}
	return d.run()
}

// delivery is one connection and what became of it.
type delivery struct {
	ctx    context.Context
	limit  time.Duration
	mailer *Mailer
	letter *letter
	// content is the body as it came and as it goes over the wire.
	content string
	conn    *connection
	client  *smtp.Client
	// finished says that the end of the content may have reached the server.
	finished bool
}

func (d *delivery) run() error {
	dialer := net.Dialer{}
	raw, err := dialer.DialContext(d.ctx, "tcp", d.mailer.config.Server)
	if err != nil {
		return d.failed("connect", err)
	}
	defer raw.Close()
	d.conn = newConnection(raw)
	deadline, _ := d.ctx.Deadline()
	if err := raw.SetDeadline(deadline); err != nil {
		return d.failed("connect", err)
	}
	stop := context.AfterFunc(d.ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()

	if err = d.open(); err == nil {
		err = d.transfer()
	}
	var refused *DeliveryError
	if err == nil || errors.As(err, &refused) && refused.Code != 0 {
		stop()
		raw.SetDeadline(earlier(deadline, time.Now().Add(goodbye)))
		d.quit()
	}
	return err
}

// quit ends the session. Where the server has refused something it also makes
// it forget the mail; whether it answers is all the same.
func (d *delivery) quit() {
	if d.client != nil && d.client.HasConnection() {
		_ = d.client.Quit()
	}
}

// open brings the session to where a mail can be sent: encrypted as configured
// and logged in.
func (d *delivery) open() error {
	m := d.mailer
	encrypted := false
	conn := net.Conn(d.conn)
	if m.config.TLS == tlsImplicit {
		secure := tls.Client(d.conn, m.tls)
		if err := secure.HandshakeContext(d.ctx); err != nil {
			return d.failed("TLS", err)
		}
		conn, encrypted = secure, true
	}
	var err error
	if d.client, err = smtp.NewClient(conn, m.host); err != nil {
		return d.failed("greeting", err)
	}
	d.client.Text.R = wholeLines(d.client.Text.R)
	// All addresses are ASCII, so that SMTPUTF8 is never needed and need not
	// be supported by whoever the server passes the mail on to.
	d.client.SkipSMTPUTF8(true)
	if err := d.client.Hello(m.config.Hello); err != nil {
		return d.failed("EHLO", err)
	}
	if m.config.TLS == tlsStart {
		if offered, _ := d.client.Extension("STARTTLS"); !offered {
			return d.failed("STARTTLS", errNoStartTLS)
		}
		if err := d.client.StartTLS(m.tls); err != nil {
			return d.failed("STARTTLS", err)
		}
		d.client.Text.R = wholeLines(d.client.Text.R)
		encrypted = true
	}
	if m.config.Username == "" {
		return nil
	}
	known, offered := d.client.Extension("AUTH")
	if !known && m.config.TLS == tlsStart {
		// The library has read the extensions before anything could check that
		// they were all there. Where they were not, the connection is gone.
		if err := d.client.Noop(); err != nil {
			return d.failed("STARTTLS", err)
		}
	}
	auth, err := m.login(offered, m.host, encrypted || d.conn.isLoopback())
	if err == nil {
		err = d.client.Auth(auth)
	}
	if err != nil {
		return d.failed(stepLogin, err)
	}
	return nil
}

// transfer sends the mail. The first recipient that is refused ends it, before
// anything was sent to anybody: half a delivery could not be repeated.
func (d *delivery) transfer() error {
	l := d.letter
	if _, size := d.client.Extension("SIZE"); size != "" {
		if most, err := strconv.Atoi(size); err == nil && most > 0 && len(l.raw) > most {
			return d.failed("MAIL FROM <"+l.from+">", fmt.Errorf("%w: %d bytes, at most %d", errTooLarge, len(l.raw), most))
		}
	}
	if err := d.client.Mail("<" + l.from + ">"); err != nil {
		return d.failed("MAIL FROM <"+l.from+">", err)
	}
	for _, to := range l.recipients {
		if err := d.client.Rcpt("<" + to + ">"); err != nil {
			return d.failed("RCPT TO <"+to+">", err)
		}
	}
	content, err := d.client.Data()
	if err != nil {
		return d.failed("DATA", err)
	}
	if _, err := content.Write(l.raw); err != nil {
		// The buffer below keeps its error, so that Close sends nothing more;
		// but it reads, and the server may have said why it hung up.
		var answer *textproto.Error
		if closing := content.Close(); errors.As(closing, &answer) && answer.Code >= 400 {
			err = closing
		}
		return d.failed("content", err)
	}
	err = content.Close()
	d.finished = !d.conn.failedWrite.Load()
	if err == nil || isAccepted(err) {
		return nil
	}
	return d.failed(stepEnd, err)
}

// isAccepted is true of every positive completion (RFC 5321 section 4.2.1); the
// library takes 250 alone for one.
func isAccepted(err error) bool {
	var answer *textproto.Error
	return errors.As(err, &answer) && answer.Code >= 200 && answer.Code <= 299
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
