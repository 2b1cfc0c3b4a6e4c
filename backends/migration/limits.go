package migration

import "unicode/utf8"

// tooLong names the field of an object that is longer than the database keeps;
// empty when all fit.
func tooLong(object any) string {
	type limited struct {
		name string
		text *string
		most int
	}
	const short, address = 255, 45
	var fields []limited
	switch o := object.(type) {
	case *Network:
		fields = []limited{{"name", &o.Name, short}}
	case *Exchange:
		fields = []limited{{"public_name", o.Name, short}}
	case *Port:
		fields = []limited{{"local_ipaddr", o.IPv4, address}, {"local_ipaddr", o.IPv6, address}}
	case *Contact:
		fields = []limited{{"role", &o.Role, 64}, {"name", o.Name, short}, {"telephone", o.Telephone, short}, {"email", o.Email, short}}
	case *Communication:
		fields = []limited{{"request_status", o.RequestStatus, 16}}
	case *Log:
		for i := range o.Entries {
			// A column of type text holds 65,535 bytes.
			fields = append(fields, limited{"message", &o.Entries[i].Message, 16_000})
		}
	case *Request:
		fields = []limited{
			{"peer_name", &o.PeerName, short}, {"email_type", &o.EmailType, 8}, {"email_from", &o.EmailFrom, 512}, {"email_to", &o.EmailTo, 512},
			{"subject", &o.Subject, 998}, {"body", &o.Body, 4_000_000}, {"status", o.Status, 16},
		}
	case *Session:
		fields = []limited{
			{"source_ipaddr", o.SourceIPAddr, address}, {"peer_ipaddr", o.PeerIPAddr, address}, {"peer_name", o.PeerName, short},
			{"peer_hostname", o.PeerHostname, short}, {"peer_group", o.PeerGroup, short}, {"ip_type", &o.IPType, 8}, {"type", &o.Type, short},
			{"state", &o.State, short}, {"password", &o.Password, short}, {"note", o.Note, 4_000_000},
		}
	case *Resource:
		fields = []limited{{"name", &o.Name, short}, {"slug", &o.Slug, 300}, {"type", &o.Type, 64}, {"_custom_id", &o.CustomID, short}}
		for i := range o.Attributes {
			fields = append(fields, limited{"the name of an attribute", &o.Attributes[i].Slug, 300})
			for j := range o.Attributes[i].Values {
				fields = append(fields, limited{o.Attributes[i].Slug, &o.Attributes[i].Values[j].Text, 4_000_000})
			}
		}
	}
	for _, f := range fields {
		if f.text != nil && utf8.RuneCountInString(*f.text) > f.most {
			return f.name
		}
	}
	return ""
}
