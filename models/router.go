package models

import (
	"context"
	"errors"
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
	// Problem says why what is stored cannot be used: a port that is none, a
	// password that cannot be opened. Nil when it can.
	Problem  error
	password string
}

// Password returns the password in clear.
func (r Router) Password() string { return r.password }

// String names the router.
func (r Router) String() string { return fmt.Sprintf("router %s (%d)", r.Name, r.ID) }

// GoString is String, so that no way of printing shows the password.
func (r Router) GoString() string { return r.String() }

// Routers returns the routers by id, with their passwords. What is stored wrongly
// for one, or cannot be opened, is the Problem of that router only; so is every
// stored password for a program without the key file.
func (s *Store) Routers(ctx context.Context) ([]Router, error) { return s.routers(ctx, nil) }

// RouterByID returns a router, which may have a Problem. The id of no resource, or
// of one that is no router, is NotFound.
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
		if !v.IsRouter() {
			continue
		}
		r, err := s.router(ctx, v)
		if err != nil {
			return nil, err
		}
		routers = append(routers, r)
	}
	return routers, nil
}

// router makes a router of a resource. Its error is one of the database.
func (s *Store) router(ctx context.Context, v *ResourceView) (Router, error) {
	r := Router{ID: v.ID, Name: v.Name, Slug: v.Slug}
	port := ""
	for _, f := range []struct {
		slug  string
		value *string
	}{
		{RouterHost, &r.Host}, {RouterPort, &port}, {RouterPlatform, &r.Platform}, {RouterUsername, &r.Username},
		{RouterPassword, &r.password}, {RouterHostKey, &r.HostKey}, {RouterLocalAddress, &r.LocalAddress},
	} {
		values := v.Values[f.slug]
		if len(values) == 0 {
			continue
		}
		*f.value = values[0].Value
		if values[0].SecretID == nil {
			continue
		}
		var rows []Secret
		if err := s.read.WithContext(ctx).Where("id = ?", *values[0].SecretID).Find(&rows).Error; err != nil {
			return r, databaseError(err)
		}
		var err error
		if *f.value, err = s.openFirst(rows); err != nil && r.Problem == nil {
			r.Problem = fmt.Errorf("router %s: its %s cannot be read: %w", v.Name, f.slug, err)
		}
	}
	if port != "" {
		n, err := parsePort(port)
		if err != nil && r.Problem == nil {
			r.Problem = Errorf(Invalid, "Router %s has no usable port: %s", v.Name, port)
		}
		r.Port = n
	}
	return r, nil
}

func (s *Store) openFirst(rows []Secret) (string, error) {
	if len(rows) == 0 {
		return "", errors.New("the stored secret is gone")
	}
	return s.unseal(SecretPlace(rows[0].ID), rows[0].KeyID, rows[0].Sealed)
}

// parsePort reads the number of a TCP port, 1 to 65535.
func parsePort(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err == nil && n == 0 {
		err = strconv.ErrRange
	}
	if err != nil {
		return 0, err
	}
	return uint16(n), nil
}

// SetHostKey stores the public keys that a router may show.
func (tx *Tx) SetHostKey(router uint64, keys string) error {
	v, err := tx.FindResource(router)
	if err != nil {
		return err
	}
	if !v.IsRouter() {
		return Errorf(NotFound, "No router found with ID: %d", router)
	}
	fields := FieldValues{}
	fields.Set(RouterHostKey, 0, keys)
	_, err = tx.UpdateResource(router, ResourceChange{Fields: fields})
	return err
}
