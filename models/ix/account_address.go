package ix

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// BillingInformation is where invoices go.
type BillingInformation struct {
	Name      string   `json:"name"`
	Address   *Address `json:"address"`
	VATNumber *string  `json:"vat_number"`
}

// Address is a postal address.
type Address struct {
	// Country is an ISO 3166-1 alpha-2 code.
	Country             string  `json:"country"`
	Locality            string  `json:"locality"`
	Region              *string `json:"region"`
	PostalCode          string  `json:"postal_code"`
	StreetAddress       string  `json:"street_address"`
	PostOfficeBoxNumber *string `json:"post_office_box_number"`
}

// check checks the addresses of an account.
func (a *Account) check() error {
	problems := a.Address.check("address")
	if b := a.BillingInformation; b != nil {
		problems = append(problems, textProperty("billing_information.name", b.Name, 80, true)...)
		if b.VATNumber != nil {
			problems = append(problems, textProperty("billing_information.vat_number", *b.VATNumber, 20, false)...)
		}
		problems = append(problems, b.Address.check("billing_information.address")...)
	}
	return Invalid(problems...)
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// check checks an address; the problems are of properties below one.
func (a *Address) check(below string) (problems []Property) {
	if a == nil {
		return []Property{{below, "is required"}}
	}
	if !country.MatchString(a.Country) {
		problems = append(problems, Property{below + ".country", "expected the two capital letters of ISO 3166-1"})
	}
	problems = append(problems, textProperty(below+".locality", a.Locality, 40, true)...)
	problems = append(problems, textProperty(below+".postal_code", a.PostalCode, 24, true)...)
	problems = append(problems, textProperty(below+".street_address", a.StreetAddress, 80, true)...)
	for _, one := range []struct {
		name  string
		value *string
	}{{"region", a.Region}, {"post_office_box_number", a.PostOfficeBoxNumber}} {
		if one.value != nil {
			problems = append(problems, textProperty(below+"."+one.name, *one.value, 80, false)...)
		}
	}
	return problems
}

// textProperty checks the length of a text in characters.
func textProperty(name, value string, most int, needed bool) []Property {
	switch {
	case needed && value == "":
		return []Property{{name, "is required"}}
	case utf8.RuneCountInString(value) > most:
		return []Property{{name, fmt.Sprintf("is longer than %d characters", most)}}
	}
	return nil
}
