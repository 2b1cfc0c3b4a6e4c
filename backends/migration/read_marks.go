package migration

// finishPeers takes from the communications what only sessions make of them.
func (r *reader) finishPeers() error {
	type pair struct{ peer, exchange uint64 }
	byNetwork, byASN := map[pair]bool{}, map[pair]bool{}
	explained := map[uint64]bool{}
	for _, o := range r.objects[KindSession] {
		s := o.(*Session)
		switch {
		case s.Deleted || s.PublicID == nil:
		case s.PeerParticipantID != nil:
			byNetwork[pair{*s.PeerParticipantID, *s.PublicID}] = true
		case s.PeerASN != nil:
			byASN[pair{uint64(*s.PeerASN), *s.PublicID}] = true
		}
	}
	for key, o := range r.objects[KindCommunication] {
		c := o.(*Communication)
		explained[key.First] = explained[key.First] || c.Marked
		hidden := byNetwork[pair{key.First, key.Second}]
		if n := get[Network](r.Snapshot, KindNetwork, Key{First: key.First}); n != nil && n.ASN != nil {
			hidden = hidden || byASN[pair{uint64(*n.ASN), key.Second}]
		}
		if hidden {
			c.Marked = r.logSaysMarked(key)
		}
		if !c.Recorded && !c.Marked && c.RequestStatus == nil && c.Qualified == nil {
			delete(r.objects[KindCommunication], key)
		}
	}
	for key, o := range r.objects[KindPeer] {
		if o.(*Peer).IsPeer && !explained[key.First] && !r.hasSession(key) {
			r.findMark(key.First)
		}
	}
	return nil
}

// hasSession reports whether a network has a live session at any exchange or none.
func (r *reader) hasSession(network Key) bool {
	n := get[Network](r.Snapshot, KindNetwork, network)
	for _, o := range r.objects[KindSession] {
		s := o.(*Session)
		switch {
		case s.Deleted:
		case s.PeerParticipantID != nil:
			if *s.PeerParticipantID == network.First {
				return true
			}
		case s.PeerASN != nil && n != nil && n.ASN != nil && *s.PeerASN == *n.ASN:
			return true
		}
	}
	return false
}

// findMark finds by the log where a network is marked as a peer that has no port
// there, so that no answer for an exchange shows it.
func (r *reader) findMark(network uint64) {
	found := false
	if log := get[Log](r.Snapshot, KindLog, Key{First: network}); log != nil {
		for _, e := range log.Entries {
			if e.ExchangeID == nil {
				continue
			}
			key := Key{network, *e.ExchangeID}
			if r.objects[KindCommunication][key] == nil && r.logSaysMarked(key) {
				r.objects[KindCommunication][key] = &Communication{Recorded: true, Marked: true}
			}
			found = found || r.logSaysMarked(key)
		}
	}
	if !found {
		r.note("network %d is a peer at an exchange that no answer names", network)
	}
}

// logSaysMarked tells from the log whether a network was marked as a peer.
func (r *reader) logSaysMarked(key Key) bool {
	log := get[Log](r.Snapshot, KindLog, Key{First: key.First})
	if log == nil {
		return false
	}
	for _, e := range log.Entries {
		if e.ExchangeID == nil || *e.ExchangeID != key.Second {
			continue
		}
		switch e.Message {
		case "Marked existing peer":
			return true
		case "Marked not existing peer", "Peer status reset":
			return false
		}
	}
	return false
}
