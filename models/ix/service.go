package ix

// serviceKinds are the collections of network services and what belongs to them.
func serviceKinds() []*kind { return nil }
