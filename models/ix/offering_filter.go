package ix

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
)

// offeringFilters are the filters of product offerings.
func offeringFilters() map[string]filter {
	return all(
		equals("name", "handover_metro_area", "handover_metro_area_network", "handover_pop", "service_metro_area", "service_metro_area_network",
			"service_provider", "service_provider_region", "service_provider_pop"),
		periods("contract_initial_period", "contract_initial_notice_period", "contract_renewal_period", "contract_renewal_notice_period"),
		typeFilter(offeringTypes...),
		map[string]filter{
			"resource_type":       is("resource_type").checked(oneOf("connection", "port_reservation", "network_service", "network_service_config", "routing_function")),
			"physical_port_speed": number("physical_port_speed"),
			"delivery_method":     is("delivery_method").checked(oneOf("dedicated", "shared")),
			"downgrade_allowed":   boolean("downgrade_allowed"),
			"upgrade_allowed":     boolean("upgrade_allowed"),
			"bandwidth":           {match: offersBandwidth, check: integer},
			"cloud_key": {match: func(o Object, values []string) bool {
				p := o.(*ProductOffering)
				return p.Type == TypeCloud && slices.ContainsFunc(values, p.acceptsCloudKey)
			}},
		},
	)
}

func offersBandwidth(o Object, values []string) bool {
	p := o.(*ProductOffering)
	return slices.ContainsFunc(values, func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && p.offers(n)
	})
}

// offers reports whether a bandwidth in Mbit/s is within the limits.
func (p *ProductOffering) offers(bandwidth int) bool {
	return (p.BandwidthMin == nil || *p.BandwidthMin <= bandwidth) && (p.BandwidthMax == nil || bandwidth <= *p.BandwidthMax)
}

// acceptsCloudKey reports whether a key is in the form of the cloud provider.
func (p *ProductOffering) acceptsCloudKey(key string) bool {
	if key == "" || p.CloudKeyPattern == nil {
		return key != ""
	}
	pattern, err := regexp.Compile(`^(?:` + *p.CloudKeyPattern + `)$`)
	return err == nil && pattern.MatchString(key)
}

// project keeps the properties with the given names, and the type.
func project(document json.RawMessage, names []string) (json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(document, &all); err != nil {
		return nil, err
	}
	for name := range all {
		if name != "type" && !slices.Contains(names, name) {
			delete(all, name)
		}
	}
	return Encode(all)
}
