package ix

import (
	"slices"
	"strconv"
)

// Devices is the collection of devices.
const Devices Collection = "devices"

// Device is a switch of the exchange.
type Device struct {
	Header
	Name         string       `json:"name"`
	Pop          string       `json:"pop"`
	Facility     string       `json:"facility"`
	Capabilities []Capability `json:"capabilities"`
	// Named is how many ports got a name, so that none is used twice.
	Named int `json:"named" ix:"internal"`
}

// Capability is a kind of port that a device has.
type Capability struct {
	// MediaType is the name of the medium, such as 10GBASE-LR.
	MediaType string `json:"media_type"`
	// Speed is in Mbit/s.
	Speed int `json:"speed"`
	// MaxLAG is how many ports a group may have.
	MaxLAG int `json:"max_lag"`
	// Availability is how many ports are free.
	Availability int `json:"availability"`
}

func devices() *kind {
	return &kind{
		name: Devices, public: true, make: func(string) Object { return &Device{Capabilities: []Capability{}} },
		filters: all(capabilityFilters(func(_ *related, o Object) ([]*Device, error) { return []*Device{o.(*Device)}, nil }),
			equals("name", "facility", "pop"), map[string]filter{"metro_area_network": through(Pops, "pop", "metro_area_network")}),
	}
}

// devicesOfPop finds the devices of a point of presence.
func devicesOfPop(r *related, o Object) ([]*Device, error) {
	return devicesWhere(r, func(d *Device) bool { return d.Pop == o.header().ID })
}

// devicesOfFacility finds the devices in a facility.
func devicesOfFacility(r *related, o Object) ([]*Device, error) {
	return devicesWhere(r, func(d *Device) bool { return d.Facility == o.header().ID })
}

func devicesWhere(r *related, is func(*Device) bool) ([]*Device, error) {
	objects, err := r.all(Devices)
	var found []*Device
	for _, o := range objects {
		if d, ok := o.(*Device); ok && is(d) {
			found = append(found, d)
		}
	}
	return found, err
}

// capabilityFilters are the filters by the ports that devices at a place have.
// Versions of the schema spell the comparisons with one or two underscores.
func capabilityFilters(at func(*related, Object) ([]*Device, error)) map[string]filter {
	among := func(meets func(have Capability, value string) bool) filter {
		return filter{among: func(r *related, o Object, values []string) (bool, error) {
			devices, err := at(r, o)
			for _, d := range devices {
				for _, c := range d.Capabilities {
					if slices.ContainsFunc(values, func(v string) bool { return meets(c, v) }) {
						return true, err
					}
				}
			}
			return false, err
		}}
	}
	out := map[string]filter{"capability_media_type": among(func(have Capability, value string) bool { return have.MediaType == value })}
	for suffix, holds := range map[string]func(have, value int) bool{
		"": func(a, b int) bool { return a == b }, "lt": func(a, b int) bool { return a < b }, "lte": func(a, b int) bool { return a <= b },
		"gt": func(a, b int) bool { return a > b }, "gte": func(a, b int) bool { return a >= b },
	} {
		f := among(func(have Capability, value string) bool {
			n, err := strconv.Atoi(value)
			return err == nil && holds(have.Speed, n)
		}).checked(integer)
		if suffix == "" {
			out["capability_speed"] = f
			continue
		}
		out["capability_speed__"+suffix], out["capability_speed_"+suffix] = f, f
	}
	return out
}
