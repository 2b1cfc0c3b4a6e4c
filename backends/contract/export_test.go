package contract

// Compare and Redact are for tests of any answers, without a server.
var (
	Compare = compare
	Redact  = func(m *Miss) { m.redact() }
)
