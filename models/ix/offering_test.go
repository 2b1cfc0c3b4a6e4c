package ix

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestProductOfferings(t *testing.T) {
	t.Parallel()
	const every = "po:demo-port-10g po:demo-port-100g po:demo-port po:demo-lan po:demo-p2p po:demo-p2mp po:demo-p2mp-config po:demo-mp2mp " +
		"po:demo-mp2mp-config po:demo-cloud-provider-first po:demo-cloud-exchange-first po:demo-small-lan"
	const clouds = "po:demo-cloud-provider-first po:demo-cloud-exchange-first"
	const services = "po:demo-p2p po:demo-p2mp po:demo-mp2mp " + clouds
	onDemo(t, func(t *testing.T, d *demonstration) {
		d.lists(ProductOfferings, "id", []listCase{
			{"", every}, {"id=po:demo-lan,po:demo-p2p,none", "po:demo-lan po:demo-p2p"},
			{"type=exchange_lan", "po:demo-lan po:demo-small-lan"}, {"type=cloud_vc,exchange_lan", "po:demo-lan " + clouds + " po:demo-small-lan"},
			{"resource_type=network_service", services}, {"resource_type=connection", "po:demo-port-10g po:demo-port-100g"},
			{"resource_type=routing_function", ""},
			{"name=Tree", "po:demo-p2mp"},
			{"handover_metro_area=met:demo", every}, {"handover_metro_area=met:2", ""},
			{"handover_metro_area_network=man:demo", every}, {"handover_metro_area_network=none", ""},
			{"service_metro_area=met:demo", every}, {"service_metro_area_network=man:demo", every}, {"service_metro_area_network=none", ""},
			{"handover_pop=pop:demo", "po:demo-port-10g po:demo-port-100g"}, {"handover_pop=none", ""},
			{"service_provider=Example Cloud Two", "po:demo-cloud-exchange-first"},
			{"service_provider_region=example-1", clouds},
			{"service_provider_pop=Example Cloud One on-ramp", "po:demo-cloud-provider-first"},
			{"delivery_method=dedicated", "po:demo-cloud-exchange-first"},
			{"downgrade_allowed=true", every}, {"downgrade_allowed=false", ""}, {"upgrade_allowed=True", every}, {"upgrade_allowed=0", ""},
			{"physical_port_speed=100000", "po:demo-port-100g"}, {"physical_port_speed=1", ""},
			// Offerings without limits match all bandwidths.
			{"bandwidth=9&resource_type=network_service", ""},
			{"bandwidth=10&resource_type=network_service", "po:demo-p2p po:demo-p2mp po:demo-mp2mp"},
			{"bandwidth=50&resource_type=network_service", services},
			{"bandwidth=10000&type=cloud_vc", clouds}, {"bandwidth=10001&type=cloud_vc", ""}, {"bandwidth=1,10000&type=cloud_vc", clouds},
			{"bandwidth=1", "po:demo-port-10g po:demo-port-100g po:demo-port"},
			{"cloud_key=123456789876", "po:demo-cloud-exchange-first"},
			{"cloud_key=dc79e015-f15c-4681-9c7b-6d16b2973997", "po:demo-cloud-provider-first"},
			{"cloud_key=12345678987", ""}, {"cloud_key=", ""},
			{"contract_initial_period=P1Y", "po:demo-port-100g"}, {"contract_initial_notice_period=P3M", "po:demo-port-100g"},
			{"contract_renewal_period=P1M", "po:demo-lan po:demo-small-lan"}, {"contract_renewal_notice_period=P1M", "po:demo-port-100g"},
			{"fields=id&type=exchange_lan", "po:demo-lan po:demo-small-lan"},
		})
		for _, q := range []Query{
			{"type": {"lan"}}, {"resource_type": {"port"}}, {"bandwidth": {"much"}}, {"physical_port_speed": {"10G"}}, {"upgrade_allowed": {"maybe"}},
		} {
			for name := range q {
				_, err := d.List(t.Context(), d.a.ID, ProductOfferings, q)
				refused(t, err, http.StatusBadRequest, "validation-error", name)
			}
		}
	})
}

func TestOfferingsShowTheirOwnProperties(t *testing.T) {
	t.Parallel()
	special := map[string]string{
		"cross_connect_initiator": "connection", "handover_pop": "connection", "maximum_port_quantity": "connection", "required_contact_roles": "connection",
		"exchange_lan_network_service": "exchange_lan", "service_provider_region": "cloud_vc", "service_provider_pop": "cloud_vc",
		"service_provider_workflow": "cloud_vc", "delivery_method": "cloud_vc", "diversity": "cloud_vc", "cloud_key_pattern": "nobody",
	}
	onDemo(t, func(t *testing.T, d *demonstration) {
		items, err := d.List(t.Context(), d.b.ID, ProductOfferings, nil)
		if err != nil {
			t.Fatal(err)
		}
		types := map[string]bool{}
		for _, item := range items {
			var p map[string]any
			if err := json.Unmarshal(item.Document, &p); err != nil {
				t.Fatal(err)
			}
			types[p["type"].(string)] = true
			for name, objectType := range special {
				if _, has := p[name]; has != (objectType == p["type"]) {
					t.Errorf("an offering of the type %s has %s: %t", p["type"], name, has)
				}
			}
			for _, name := range []string{"display_name", "bandwidth_min", "bandwidth_max", "physical_port_speed", "provider_vlans"} {
				if _, has := p[name]; !has {
					t.Errorf("%s has no %s", item.ID, name)
				}
			}
		}
		if len(types) != len(offeringTypes) {
			t.Errorf("the demonstration has the types %v", types)
		}
	})
}

func TestFieldsOfOfferings(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		for _, test := range []struct {
			fields []string
			want   string
		}{
			{[]string{"handover_metro_area"}, `{"handover_metro_area":"met:demo","type":"cloud_vc"}`},
			{[]string{"delivery_method", "type"}, `{"delivery_method":"shared","type":"cloud_vc"} {"delivery_method":"dedicated","type":"cloud_vc"}`},
			{[]string{"nothing"}, `{"type":"cloud_vc"}`},
			{[]string{"cloud_key_pattern"}, `{"type":"cloud_vc"}`},
		} {
			items, err := d.List(t.Context(), d.a.ID, ProductOfferings, Query{"type": {"cloud_vc"}, "fields": test.fields})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, item := range items {
				got = append(got, string(item.Document))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("fields=%v gives %s, want %s", test.fields, got, test.want)
			}
		}
	})
}

func TestOrderedOffering(t *testing.T) {
	t.Parallel()
	onDemo(t, func(t *testing.T, d *demonstration) {
		// It is noon of 10 January.
		before, after := "2026-01-10T11:00:00Z", "2026-01-10T13:00:00Z"
		for _, test := range []struct {
			name, resource, objectType string
			notBefore, notAfter        *string
			reason                     string
		}{
			{"fits", "connection", "connection", &before, &after, ""},
			{"any type", "connection", "", nil, nil, ""},
			{"another resource", "network_service", "connection", nil, nil, "is an offering of a connection, not of a network_service"},
			{"another type", "connection", "p2p_vc", nil, nil, "is an offering of the type connection, not p2p_vc"},
			{"too early", "connection", "", &after, nil, "cannot be ordered before 2026-01-10T13:00:00Z"},
			{"too late", "connection", "", nil, &before, "cannot be ordered after 2026-01-10T11:00:00Z"},
		} {
			d.write(func(tx *Tx) error {
				p, err := get[*ProductOffering](tx, ProductOfferings, "po:demo-port-10g")
				if err != nil {
					return err
				}
				p.OrderableNotBefore, p.OrderableNotAfter = test.notBefore, test.notAfter
				if err := tx.Save(ProductOfferings, p); err != nil {
					return err
				}
				got, err := tx.ordered(p.ID, test.resource, test.objectType)
				if test.reason != "" {
					refused(t, err, http.StatusBadRequest, "validation-error", "product_offering: "+test.reason)
				} else if err != nil || got.ID != p.ID {
					t.Errorf("%s: %v", test.name, err)
				}
				return nil
			})
		}
	})
}
