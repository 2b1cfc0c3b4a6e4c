package models

import (
	"context"
	"fmt"
	"strconv"
)

// The slugs of the fields of section `router`.
const (
	RouterHost         = "host"
	RouterPort         = "port"
	RouterPlatform     = "platform"
	RouterUsername     = "username"
	RouterPassword     = "password"
	RouterHostKey      = "host-key"
	RouterLocalAddress = "local-address"
)

// Router is a resource in section `router`: how to reach a router, and how to
// log in. Its String form does not show the password.
type Router struct {
	ID         uint64
	Name, Slug string
	Host       string
	// Port is 0 when none is stored.
	Port               uint16
	Platform, Username string
	// HostKey is the public keys that the router may show, one a line in the form
	// of an authorized_keys file.
	HostKey string
	// LocalAddress is the router's own address for sessions that name none.
	LocalAddress string
	password     string
}

// Password returns the password in clear.
func (r Router) Password() string { return r.password }

// String names the router.
func (r Router) String() string { return fmt.Sprintf("router %s (%d)", r.Name, r.ID) }

// GoString is String, so that no way of printing shows the password.
func (r Router) GoString() string { return r.String() }

// Routers returns the routers by id, with their passwords. A program without the
// key file gets an error where a password is stored.
func (s *Store) Routers(ctx context.Context) ([]Router, error) { return s.routers(ctx, nil) }

// RouterByID returns a router. The id of no resource, or of one that is no
// router, is NotFound.
func (s *Store) RouterByID(ctx context.Context, id uint64) (*Router, error) {
	routers, err := s.routers(ctx, &id)
	if err != nil {
		return nil, err
	}
	if len(routers) == 0 {
		return nil, Errorf(NotFound, "No router found with ID: %d", id)
	}
	return &routers[0], nil
}

func (s *Store) routers(ctx context.Context, id *uint64) ([]Router, error) {
	q := ResourceQuery{Type: new(TypeEntry)}
	if id != nil {
		q.IDs = []uint64{*id}
	}
	views, err := s.Resources(ctx, q)
	if err != nil {
		return nil, err
	}
	var routers []Router
	for _, v := range views {
		if v.Section == nil || v.Section.Slug != SectionRouter {
			continue
		}
		r, err := s.router(ctx, v)
		if err != nil {
			return nil, fmt.Errorf("router %s: %w", v.Name, err)
		}
		routers = append(routers, r)
	}
	return routers, nil
}

func (s *Store) router(ctx context.Context, v *ResourceView) (r Router, err error) {
	value := func(slug string) string {
		for _, one := range v.Values[slug] {
			if one.SecretID == nil {
				return one.Value
			}
			if err == nil {
				var plain string
				plain, err = s.Secret(ctx, *one.SecretID)
				return plain
			}
		}
		return ""
	}
	r = Router{
		ID: v.ID, Name: v.Name, Slug: v.Slug, Host: value(RouterHost), Platform: value(RouterPlatform),
		Username: value(RouterUsername), HostKey: value(RouterHostKey), LocalAddress: value(RouterLocalAddress),
		password: value(RouterPassword),
	}
	if err != nil {
		return Router{}, err
	}
	if text := value(RouterPort); text != "" {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return Router{}, Errorf(Invalid, "Router %s has no usable port: %s", v.Name, text)
		}
		r.Port = uint16(port)
	}
	return r, nil
}

// SetHostKey stores the public keys that a router may show.
func (tx *Tx) SetHostKey(router uint64, keys string) error {
	v, err := tx.FindResource(router)
	if err != nil {
		return err
	}
	if v.Section == nil || v.Section.Slug != SectionRouter {
		return Errorf(NotFound, "No router found with ID: %d", router)
	}
	fields := FieldValues{}
	fields.Set(RouterHostKey, 0, keys)
	_, err = tx.UpdateResource(router, ResourceChange{Fields: fields})
	return err
}
