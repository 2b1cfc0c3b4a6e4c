package ixapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"provision-gateway/models/ix"
)

// negative is the demonstration with what it takes to be refused.
type negative struct {
	*demo
	// ids are what refusals speak of, by a name.
	ids map[string]string
	// bases are bodies that would be accepted, each with the id of an object that
	// was ordered like that.
	bases map[string]order
}

func newNegative(t *testing.T, d *demo) *negative {
	t.Helper()
	d.everything(t, d.a, d.b, 1)
	n := &negative{demo: d, ids: map[string]string{"a": d.a.Account, "b": d.b.Account, "long": strings.Repeat("x", 130)}, bases: map[string]order{}}
	n.tokens(t)
	for name, of := range map[string]struct {
		c          ix.Collection
		objectType string
	}{
		"customer": {ix.Accounts, ""}, "contact": {ix.Contacts, ""}, "noc": {ix.RoleAssignments, ""}, "mac": {ix.MACs, ""}, "ip": {ix.IPs, ""},
		"connection": {ix.Connections, ""}, "reservation": {ix.PortReservations, ""},
		"circuit": {ix.NetworkServices, "p2p_vc"}, "tree": {ix.NetworkServices, "p2mp_vc"}, "group": {ix.NetworkServices, "mp2mp_vc"},
		"cloud": {ix.NetworkServices, "cloud_vc"}, "rule": {ix.MemberJoiningRules, "allow"}, "session": {ix.NetworkFeatureConfigs, "route_server"},
		"lan": {ix.NetworkServiceConfigs, "exchange_lan"}, "circuit side": {ix.NetworkServiceConfigs, "p2p_vc"},
		"tree leaf": {ix.NetworkServiceConfigs, "p2mp_vc"}, "group place": {ix.NetworkServiceConfigs, "mp2mp_vc"},
		"cloud path": {ix.NetworkServiceConfigs, "cloud_vc"},
	} {
		base := n.first(t, of.c, of.objectType)
		n.ids[name], n.bases[name] = base.id, base
	}
	n.ids["implementation"], n.ids["own"] = d.a.roles["role:implementation"], d.a.connection
	n.exchange(t)
	n.members(t)
	n.leaving(t)
	return n
}

// first is what the first member ordered first of a collection and type.
func (n *negative) first(t *testing.T, c ix.Collection, objectType string) order {
	t.Helper()
	i := slices.IndexFunc(n.a.orders, func(o order) bool {
		return o.collection == c && (objectType == "" || o.body["type"] == objectType)
	})
	if i < 0 {
		t.Fatalf("nothing was ordered of %s %s", c, objectType)
	}
	return n.a.orders[i]
}

// vary changes what is said in a base, whose repetition would be refused.
func (n *negative) vary(name string, with object) {
	base := n.bases[name]
	base.body = maps.Clone(base.body)
	maps.Copy(base.body, with)
	n.bases[name] = base
}

// fill puts ids for their names.
func (n *negative) fill(text string) string {
	var pairs []string
	for name, id := range n.ids {
		pairs = append(pairs, "{"+name+"}", id)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// tokens makes some that are not, or no longer, good.
func (n *negative) tokens(t *testing.T) {
	t.Helper()
	secret := signingSecret(t, n.Objects)
	sign := func(account, audience string, left time.Duration) string {
		text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
			"sub": account, "aud": audience, "exp": n.Store.Now().Add(left).Unix(),
		}).SignedString(secret)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	pair := login(t, n.a.Member)
	maps.Copy(n.ids, map[string]string{
		"key": n.a.Key, "access": pair.Access, "refresh": pair.Refresh,
		"expired": sign(n.a.Account, "ix-api", -time.Second), "expired refresh": sign(n.a.Account, "ix-api-refresh", -time.Second),
		"nobody's": sign("nobody", "ix-api", time.Hour), "nobody's refresh": sign("nobody", "ix-api-refresh", time.Hour),
	})
}

// stored is all that is stored of objects, by id.
func (d *demo) stored(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := d.Objects.Write(t.Context(), "", func(tx *ix.Tx) error {
		var rows []ix.Row
		if err := tx.DB().Find(&rows).Error; err != nil {
			return err
		}
		for _, row := range rows {
			due := int64(0)
			if row.DueAt != nil {
				due = *row.DueAt
			}
			out[row.ID] = fmt.Sprint(row.Collection, row.State, due, row.ModifiedAt, row.Document)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// with is the body of a base with other properties.
func (n *negative) with(name string, more object) object {
	body := maps.Clone(n.bases[name].body)
	maps.Copy(body, more)
	return body
}

// address is that of a configuration on a LAN.
func (n *negative) address(t *testing.T, config string, version int) string {
	t.Helper()
	var list []ix.IPAddress
	n.a.Send("GET", fmt.Sprintf("/ips?network_service_config=%s&version=%d", config, version), "").Decode(&list)
	if len(list) != 1 {
		t.Fatalf("%s has %d addresses", config, len(list))
	}
	return list[0].ID
}
