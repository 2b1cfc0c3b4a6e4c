package ix

// ChangeRequest asks for another offering or capacity of a network service.
type ChangeRequest struct {
	ProductOffering string `json:"product_offering"`
	// Capacity is in Mbit/s; nil is all that the offering allows.
	Capacity *int `json:"capacity"`
}
