package ixapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// The collections.
const (
	pathAccounts        = "/accounts"
	pathServices        = "/network-services"
	pathConfigs         = "/network-service-configs"
	pathIPs             = "/ips"
	pathFeatures        = "/network-features"
	pathFeatureConfigs  = "/network-feature-configs"
	pathRoles           = "/roles"
	pathRoleAssignments = "/role-assignments"
)

// Account returns the account that the credentials are for: what the server
// names so, or, on a server of a version before that, the account without a
// managing one.
func (c *Client) Account(ctx context.Context) (Account, error) {
	var own Account
	r := c.request(http.MethodGet, "/account")
	a, err := c.do(ctx, r)
	if err == nil {
		if err := c.read(r, a, &own); err != nil || own.ID != "" {
			return own, err
		}
	} else if e, ok := errors.AsType[*Error](err); !ok || e.Status != http.StatusNotFound && e.Status != http.StatusMethodNotAllowed {
		return own, err
	}
	accounts, err := list(ctx, c, pathAccounts, nil, func(a Account) string { return a.ID })
	if err != nil {
		return own, err
	}
	var found []Account
	for _, a := range accounts {
		if a.ManagingAccount == nil || *a.ManagingAccount == "" {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return own, &Error{Operation: "GET " + pathAccounts, Err: errors.New("which account is the own one cannot be told: name it in the configuration")}
	}
	return found[0], nil
}

// PeeringLANs returns the network services that are peering LANs.
func (c *Client) PeeringLANs(ctx context.Context) ([]NetworkService, error) {
	all, err := list(ctx, c, pathServices, url.Values{"type": {TypeExchangeLAN}}, func(s NetworkService) string { return s.ID })
	return only(all, func(s NetworkService) bool { return s.Type == TypeExchangeLAN }), err
}

// ServiceConfigs returns the configurations of a peering LAN that this account
// sees.
func (c *Client) ServiceConfigs(ctx context.Context, service string) ([]NetworkServiceConfig, error) {
	filter := url.Values{"type": {TypeExchangeLAN}, "network_service": {service}}
	all, err := list(ctx, c, pathConfigs, filter, func(s NetworkServiceConfig) string { return s.ID })
	return only(all, func(s NetworkServiceConfig) bool { return s.NetworkService == service }), err
}

// IPs returns the addresses of a configuration of a network service.
func (c *Client) IPs(ctx context.Context, config NetworkServiceConfig) ([]IP, error) {
	all, err := list(ctx, c, pathIPs, url.Values{"network_service_config": {config.ID}}, func(a IP) string { return a.ID })
	return only(all, func(a IP) bool {
		if len(config.IPs) == 0 {
			return true
		}
		for _, id := range config.IPs {
			if id == a.ID {
				return true
			}
		}
		return false
	}), err
}

// Features returns the features of a network service.
func (c *Client) Features(ctx context.Context, service string) ([]NetworkFeature, error) {
	all, err := list(ctx, c, pathFeatures, url.Values{"network_service": {service}}, func(f NetworkFeature) string { return f.ID })
	return only(all, func(f NetworkFeature) bool { return f.NetworkService == service }), err
}

// FeatureConfigs returns the sessions of a configuration of a network service
// with route servers, those that have ended among them.
func (c *Client) FeatureConfigs(ctx context.Context, config string) ([]NetworkFeatureConfig, error) {
	// Version 2.7 has another name for the filter than those before.
	filter := url.Values{"network_service_config": {config}, "service_config": {config}}
	all, err := list(ctx, c, pathFeatureConfigs, filter, func(f NetworkFeatureConfig) string { return f.ID })
	return only(all, func(f NetworkFeatureConfig) bool { return f.NetworkServiceConfig == config }), err
}

// FeatureConfigsByRef returns the sessions with route servers that have an
// external reference.
func (c *Client) FeatureConfigsByRef(ctx context.Context, ref string) ([]NetworkFeatureConfig, error) {
	all, err := list(ctx, c, pathFeatureConfigs, url.Values{"external_ref": {ref}}, func(f NetworkFeatureConfig) string { return f.ID })
	return only(all, func(f NetworkFeatureConfig) bool { return f.ExternalRef != nil && *f.ExternalRef == ref }), err
}

// FeatureConfig returns a session with a route server.
func (c *Client) FeatureConfig(ctx context.Context, id string) (NetworkFeatureConfig, error) {
	var found NetworkFeatureConfig
	r := c.request(http.MethodGet, pathFeatureConfigs, id)
	a, err := c.do(ctx, r)
	if err == nil {
		err = c.read(r, a, &found)
	}
	return found, err
}

// CreateFeatureConfig makes a session with a route server. After an error that
// is uncertain it may be there: look for its external reference before this is
// called again.
func (c *Client) CreateFeatureConfig(ctx context.Context, n NewFeatureConfig) (NetworkFeatureConfig, error) {
	var made NetworkFeatureConfig
	r := c.request(http.MethodPost, pathFeatureConfigs)
	r.secrets = []string{n.Password}
	n.Type = TypeRouteServer
	err := c.write(ctx, r, n, &made)
	if err == nil && made.ID == "" {
		err = &Error{Operation: c.operation(r), Err: errors.New("the answer has no id"), uncertain: true}
	}
	return made, err
}

// UpdateFeatureConfig changes some properties of a session with a route server,
// given by their names in the schema. To send the same again does no harm.
func (c *Client) UpdateFeatureConfig(ctx context.Context, id string, change map[string]any) (NetworkFeatureConfig, error) {
	var changed NetworkFeatureConfig
	r := c.request(http.MethodPatch, pathFeatureConfigs, id)
	if password, ok := change["password"].(string); ok {
		r.secrets = []string{password}
	}
	return changed, c.write(ctx, r, change, &changed)
}

// DeleteFeatureConfig begins the end of a session with a route server and
// returns what the server says of it then. To send the same again does no harm.
func (c *Client) DeleteFeatureConfig(ctx context.Context, id string) (NetworkFeatureConfig, error) {
	var ending NetworkFeatureConfig
	return ending, c.write(ctx, c.request(http.MethodDelete, pathFeatureConfigs, id), nil, &ending)
}

// Roles returns the roles that contacts may have.
func (c *Client) Roles(ctx context.Context) ([]Role, error) {
	return list(ctx, c, pathRoles, nil, func(r Role) string { return r.ID })
}

// RoleAssignments returns the contacts that have a role.
func (c *Client) RoleAssignments(ctx context.Context, role string) ([]RoleAssignment, error) {
	all, err := list(ctx, c, pathRoleAssignments, url.Values{"role": {role}}, func(a RoleAssignment) string { return a.ID })
	return only(all, func(a RoleAssignment) bool { return a.Role == role }), err
}

// only keeps what meets a condition, since a server may not know a filter.
func only[T any](all []T, meets func(T) bool) []T {
	var out []T
	for _, one := range all {
		if meets(one) {
			out = append(out, one)
		}
	}
	return out
}
