package ixapi

import (
	"net/http"
	"slices"
	"strings"

	"provision-gateway/models/ix"
)

// route is one operation.
type route struct {
	method string
	// path is below Base. {id} stands for an id.
	path string
	// operation is its name in the published schema.
	operation string
	// open routes need no token.
	open bool
	run  operation
}

// operation answers a request.
type operation func(*request) (answer, error)

// routes lists the operations that are served. Their names are those of schema
// 2.1.0, which are not all of one pattern.
func (h *Handler) routes() []route {
	const get, post, put, patch, remove = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	list := []route{
		{post, "/auth/token", "auth_token_create", true, h.token},
		{post, "/auth/refresh", "auth_token_refresh", true, h.refresh},
		{get, "/health", "api_health_read", true, h.health},
		{get, "/implementation", "api_implementation_read", true, h.implementation},
		{get, "/openapi.json", "openapi_json", true, documentJSON},
		{get, "/openapi.yaml", "openapi_yaml", true, documentYAML},
		{get, "/account", "account_read", false, h.ownAccount},
		{get, "/extensions", "extensions_list", false, h.extensions},
		{get, "/network-services/{id}/change-request", "network_service_change_request_read", false, h.readChange},
		{post, "/network-services/{id}/change-request", "network-service-change-request_create", false, h.createChange},
		{remove, "/network-services/{id}/change-request", "network_service_change_request_destroy", false, h.deleteChange},
	}
	for _, c := range ix.Collections() {
		all, one, name := "/"+string(c), "/"+string(c)+"/{id}", strings.ReplaceAll(string(c), "-", "_")
		has, _ := ix.OperationsOf(c)
		list = append(list, route{get, all, name + "_list", false, h.list(c)}, route{get, one, name + "_read", false, h.read(c)})
		if has.Create {
			list = append(list, route{post, all, name + "_create", false, h.create(c)})
		}
		if has.Update {
			list = append(list, route{put, one, name + "_update", false, h.update(c, false)}, route{patch, one, name + "_partial_update", false, h.update(c, true)})
		}
		if has.Destroy {
			list = append(list, route{remove, one, name + "_destroy", false, h.destroy(c)})
		}
		if singular := withPolicy[c]; singular != "" {
			list = append(list, route{get, one + "/cancellation-policy", singular + "_cancellation_policy_read", false, h.policy(c)})
		}
	}
	return list
}

// listed reports whether an operation is one of IX-API, and not our own.
func (r route) listed() bool { return !strings.HasPrefix(r.operation, "openapi_") }

// paths finds routes by path and method.
type paths map[string]map[string]route

func index(list []route) paths {
	out := paths{}
	for _, r := range list {
		if out[r.path] == nil {
			out[r.path] = map[string]route{}
		}
		out[r.path][r.method] = r
	}
	return out
}

// find returns the routes of a path by method, and nil when there is no such
// path. segments are those of the path below Base, decoded; an id may hold
// anything.
func (p paths) find(segments []string) map[string]route {
	// The literal path is stronger: no id is in it.
	if at := p["/"+strings.Join(segments, "/")]; at != nil && !slices.Contains(segments, "{id}") {
		return at
	}
	if len(segments) < 2 || segments[1] == "" {
		return nil
	}
	template := slices.Clone(segments)
	template[1] = "{id}"
	if strings.Contains(strings.Join(template, ""), "/") {
		return nil
	}
	return p["/"+strings.Join(template, "/")]
}

// methods lists the methods of a path, for the header Allow.
func methods(at map[string]route) string {
	var list []string
	for method := range at {
		list = append(list, method)
	}
	if _, ok := at[http.MethodGet]; ok {
		list = append(list, http.MethodHead)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// Operation is something that is served.
type Operation struct {
	// Method and Path, which is below Base but for PathOAuth2, with {id} for an id.
	Method, Path string
	// Name is that of the published schema.
	Name string
	// Open operations need no token.
	Open bool
}

// Operations lists all that is served.
func (h *Handler) Operations() []Operation {
	var list []Operation
	for _, at := range h.paths {
		for _, r := range at {
			list = append(list, Operation{r.method, r.path, r.operation, r.open})
		}
	}
	for _, r := range h.oauth {
		list = append(list, Operation{r.method, r.path, r.operation, r.open})
	}
	return list
}
