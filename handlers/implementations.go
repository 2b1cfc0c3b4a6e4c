package handlers

import (
	"provision-gateway/models"
)

// implementation is how an action of the table is done: read or write.
type implementation struct {
	read func(*call) ([]byte, error)
	// scopes are what the answer of a read is made from; nil is from the
	// request alone.
	scopes []models.Scope
	write  func(*call) ([]byte, error)
}

// implementations has one entry for each action of the table.
var implementations = map[string]implementation{
	"test.helloWorld": {read: helloWorld},

	"peering.getPeers":          {read: getPeers, scopes: []models.Scope{models.ScopeDirectory, models.ScopePeering}},
	"peering.getCommunications": {read: getCommunications, scopes: []models.Scope{models.ScopeDirectory, models.ScopePeering}},
	"peering.getRequests":       {read: getRequests, scopes: []models.Scope{models.ScopePeering}},
	"peering.getSessions":       {read: getSessions, scopes: []models.Scope{models.ScopePeering, models.ScopeDirectory, models.ScopeResources}},

	"peering.addSession":       {write: addSession},
	"peering.updateSession":    {write: updateSession},
	"peering.deleteSession":    {write: deleteSession},
	"peering.configureSession": {write: configureSession},
	"peering.resetPeerStatus":  {write: inTransaction(resetPeerStatus)},
	"peering.updatePeer":       {write: inTransaction(updatePeer)},
	"peering.sendRequest":      {write: sendRequest},
	"peering.sendEmail":        {write: sendEmail},

	"lir.get":    {read: getLIRs, scopes: []models.Scope{models.ScopeResources}},
	"lir.add":    {write: inTransaction(addResource)},
	"lir.update": {write: inTransaction(updateResource)},
	"lir.delete": {write: inTransaction(deleteLIR)},

	"resource.get":    {read: getResources, scopes: []models.Scope{models.ScopeResources}},
	"resource.add":    {write: inTransaction(addResource)},
	"resource.update": {write: inTransaction(updateResource)},
	"resource.delete": {write: inTransaction(deleteResource)},
}

// inTransaction makes a write of one transaction: what it changes, its log
// entries and its idempotency token are committed together or not at all.
func inTransaction(f func(k *call, tx *models.Tx) ([]byte, error)) func(*call) ([]byte, error) {
	return func(k *call) ([]byte, error) {
		var body []byte
		err := k.Store.Write(k.ctx, func(tx *models.Tx) error {
			err := k.claim(tx)
			if err != nil {
				return err
			}
			if body, err = f(k, tx); err != nil {
				return err
			}
			return k.settle(tx, body)
		})
		return body, err
	}
}

// settle stores the answer of an idempotent write.
func (k *call) settle(tx *models.Tx, body []byte) error {
	if k.token == nil {
		return nil
	}
	return tx.Settle(*k.token, body)
}
