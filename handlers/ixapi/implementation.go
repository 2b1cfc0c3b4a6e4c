package ixapi

import "net/http"

// SchemaVersion is that of the published schema whose objects are served.
const SchemaVersion = "2.7.1"

// implementation says what is served.
func (h *Handler) implementation(*request) (answer, error) {
	services := []string{"exchange_lan", "p2p_vc", "p2mp_vc", "mp2mp_vc", "cloud_vc"}
	return object(http.StatusOK, map[string]any{
		"schema_version": SchemaVersion, "service_version": h.ServiceVersion, "supported_network_service_types": services,
		"supported_network_service_config_types": services, "supported_network_feature_types": []string{"route_server"},
		"supported_network_feature_config_types": []string{"route_server"}, "supported_operations": h.operations,
		"supported_features": map[string]bool{"pagination": true},
	})
}

// extensions lists what is served beyond the published schema: nothing that has
// a document of its own.
func (h *Handler) extensions(r *request) (answer, error) {
	p, err := pageOf(r.Request)
	if err != nil {
		return answer{}, err
	}
	// Like every other operation, it is none for an account that is gone.
	if _, err := h.ownAccount(r); err != nil {
		return answer{}, err
	}
	return p.answer(r.Request, nil), nil
}
