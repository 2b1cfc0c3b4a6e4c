package dialect

import (
	"encoding/json"
	"fmt"
	"strings"
)

// frrPeer is what "show bgp summary json" of FRRouting says about a neighbor.
type frrPeer struct {
	RemoteAS    json.Number `json:"remoteAs"`
	LocalAS     json.Number `json:"localAs"`
	State       string      `json:"state"`
	PfxRcd      *uint32     `json:"pfxRcd"`
	Description string      `json:"desc"`
	PeerGroup   string      `json:"peerGroup"`
	IDType      string      `json:"idType"`
}

// parseFRR reads the JSON of FRRouting: an object of address families, empty
// when no BGP runs. A neighbor that is configured on an interface has no
// address and is left out.
func parseFRR(outputs []string) ([]Status, error) {
	var families map[string]json.RawMessage
	if err := decode(outputs[0], &families); err != nil {
		return nil, err
	}
	if families == nil {
		return nil, fmt.Errorf("%w: no address families", ErrOutput)
	}
	var c collection
	for name, raw := range families {
		var family struct {
			AS    json.Number         `json:"as"`
			Peers *map[string]frrPeer `json:"peers"`
		}
		if err := json.Unmarshal(raw, &family); err != nil || family.Peers == nil {
			return nil, fmt.Errorf("%w: no list of peers in %q", ErrOutput, shorten(name))
		}
		for address, p := range *family.Peers {
			if p.IDType == "interface" {
				continue
			}
			local := p.LocalAS
			if local == "" {
				local = family.AS
			}
			s, err := jsonStatus(address, p.RemoteAS, local, p.State, p.PfxRcd)
			if err != nil {
				return nil, err
			}
			s.Description, s.PeerGroup = p.Description, p.PeerGroup
			c.add(s, strings.HasPrefix(name, "ipv6"))
		}
	}
	return c.list(), nil
}

// parseEOS reads the JSON of EOS, one output for each address family.
func parseEOS(outputs []string) ([]Status, error) {
	var c collection
	for i, output := range outputs {
		if eosInactive(output) {
			continue
		}
		var all struct {
			VRFs *map[string]struct {
				ASN   json.Number `json:"asn"`
				Peers map[string]struct {
					ASN         json.Number `json:"asn"`
					State       string      `json:"peerState"`
					Prefixes    *uint32     `json:"prefixReceived"`
					Description string      `json:"description"`
				} `json:"peers"`
			} `json:"vrfs"`
		}
		if err := decode(output, &all); err != nil {
			return nil, err
		}
		if all.VRFs == nil {
			return nil, fmt.Errorf("%w: no list of VRFs", ErrOutput)
		}
		vrf := (*all.VRFs)["default"]
		for address, p := range vrf.Peers {
			s, err := jsonStatus(address, p.ASN, vrf.ASN, p.State, p.Prefixes)
			if err != nil {
				return nil, err
			}
			s.Description = p.Description
			c.add(s, i == 1)
		}
	}
	return c.list(), nil
}

// eosInactive reports whether EOS says that no BGP runs.
func eosInactive(output string) bool {
	output = strings.TrimSpace(output)
	return output == "% BGP inactive" || output == "! BGP inactive"
}

// decode reads one JSON value that is all of an output.
func decode(output string, into any) error {
	if err := json.Unmarshal([]byte(strings.TrimSpace(output)), into); err != nil {
		return fmt.Errorf("%w: no JSON: %q", ErrOutput, shorten(strings.TrimSpace(output)))
	}
	return nil
}

// jsonStatus makes an entry of the values that all JSON lists have. AS numbers
// are numbers or texts there, after the release of the router.
func jsonStatus(address string, remote, local json.Number, name string, prefixes *uint32) (Status, error) {
	var s Status
	var err error
	if s.Address, err = neighborAddress(address); err != nil {
		return s, err
	}
	if s.RemoteASN, err = asNumber(remote.String()); err != nil {
		return s, err
	}
	if s.LocalASN, err = asNumber(local.String()); err != nil {
		return s, err
	}
	if s.State, err = state(name); err != nil {
		return s, err
	}
	if s.State == Established {
		s.PrefixesReceived = prefixes
	}
	return s, nil
}
