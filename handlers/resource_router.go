package handlers

import (
	"provision-gateway/backends/router/dialect"
	"provision-gateway/models"
)

// routerRules are those for routers that the caller adds or changes. Who could
// set a router's host and host key could have the stored password sent anywhere,
// so that is for those who may change the router.
func (k *call) routerRules() *models.RouterRules {
	rules := &models.RouterRules{Platforms: dialect.Names()}
	if !k.caller.Allows(models.PermissionDevice) {
		rules.Denied = errPermission
	}
	return rules
}

// mayDelete checks the permission to delete a resource: deleting routers, also
// below another resource, is for those who may change them.
func (k *call) mayDelete(tx *models.Tx, view *models.ResourceView) error {
	if k.caller.Allows(models.PermissionDevice) {
		return nil
	}
	holds := view.IsRouter()
	if !holds && k.params.flag("recursive") {
		var err error
		if holds, err = tx.HoldsRouter(&view.Resource); err != nil {
			return err
		}
	}
	if holds {
		return errPermission
	}
	return nil
}
