package ixapi

import (
	"net/http"

	"provision-gateway/models/ix"
)

// withPolicy are the collections whose objects can be terminated at a date, and
// how their names begin in those of operations.
var withPolicy = map[ix.Collection]string{
	ix.Connections: "connection", ix.PortReservations: "port_reservation",
	ix.NetworkServices: "network_service", ix.NetworkServiceConfigs: "network_service_config",
}

// policy says when an object can be decommissioned.
func (h *Handler) policy(c ix.Collection) operation {
	return func(r *request) (answer, error) {
		var wanted *string
		if q := r.URL.Query(); q.Get("decommission_at") != "" {
			wanted = new(q.Get("decommission_at"))
		}
		policy, err := h.Store.CancellationPolicy(r.Context(), r.account, c, r.id, wanted)
		if err != nil {
			return answer{}, err
		}
		return object(http.StatusOK, policy)
	}
}

// readChange, createChange and deleteChange are about the change request of a
// network service. All are answered with 202.
func (h *Handler) readChange(r *request) (answer, error) {
	change, err := h.Store.ReadChangeRequest(r.Context(), r.account, r.id)
	return accepted(change, err)
}

func (h *Handler) createChange(r *request) (answer, error) {
	body, err := h.body(r)
	if err != nil {
		return answer{}, err
	}
	change, err := h.Store.CreateChangeRequest(r.Context(), r.account, r.id, body)
	return accepted(change, err)
}

func (h *Handler) deleteChange(r *request) (answer, error) {
	if _, err := h.body(r); err != nil {
		return answer{}, err
	}
	change, err := h.Store.DeleteChangeRequest(r.Context(), r.account, r.id)
	return accepted(change, err)
}

func accepted(change ix.ChangeRequest, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return object(http.StatusAccepted, change)
}
