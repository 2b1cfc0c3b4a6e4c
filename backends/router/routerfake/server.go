package routerfake

import (
	"errors"
	"net"

	"golang.org/x/crypto/ssh"
)

var errDenied = errors.New("denied")

func (r *Router) serverConfig() *ssh.ServerConfig {
	c := &ssh.ServerConfig{}
	check := func(username, password string) (*ssh.Permissions, error) {
		if username == Username && password == Password {
			return nil, nil
		}
		return nil, errDenied
	}
	if r.options.Interactive {
		c.KeyboardInteractiveCallback = func(m ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Username: ", "Password: "}, []bool{true, false})
			if err != nil || len(answers) != 2 || answers[0] != m.User() {
				return nil, errDenied
			}
			if p, err := check(m.User(), answers[1]); err == nil {
				return p, nil
			}
			_, err = ask("", "Sorry", []string{"Password: "}, []bool{false})
			return nil, errors.Join(errDenied, err)
		}
	} else {
		c.PasswordCallback = func(m ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return check(m.User(), string(password))
		}
	}
	if r.options.Banner != "" {
		c.BannerCallback = func(ssh.ConnMetadata) string { return r.options.Banner }
	}
	c.AddHostKey(r.options.HostKey)
	if r.options.Server != nil {
		r.options.Server(c)
	}
	return c
}

func (r *Router) serve() {
	for {
		conn, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.change(func() {
			r.conns[conn] = true
			r.most = max(r.most, len(r.conns))
		})
		r.done.Go(func() {
			defer r.change(func() { delete(r.conns, conn) })
			defer func() { _ = conn.Close() }()
			r.welcome(conn)
		})
	}
}

// welcome serves one connection to its end.
func (r *Router) welcome(conn net.Conn) {
	c, channels, requests, err := ssh.NewServerConn(conn, r.config)
	if err != nil {
		return
	}
	r.done.Go(func() { ssh.DiscardRequests(requests) })
	for offered := range channels {
		if offered.ChannelType() != "session" {
			_ = offered.Reject(ssh.UnknownChannelType, "")
			continue
		}
		channel, wanted, err := offered.Accept()
		if err != nil {
			return
		}
		r.done.Go(func() {
			for w := range wanted {
				if w.WantReply {
					_ = w.Reply(w.Type == "pty-req" || w.Type == "shell", nil)
				}
				if w.Type == "shell" {
					r.change(func() { r.logins++ })
					r.done.Go(func() {
						newShell(r, channel).run()
						_ = channel.Close()
						_ = c.Close()
					})
				}
			}
		})
	}
}
