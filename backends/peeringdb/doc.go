// Package peeringdb brings the networks, exchanges, ports, prefixes and
// contacts of PeeringDB into the database, under the column names and
// spellings of the legacy API.
//
// Its parts are kept apart. The object types (Net, IX, NetIXLan, IXPfx, POC)
// are rows of the PeeringDB 2.x API as they come, null and missing fields told
// from 0 and empty text. Their mapping methods turn each into the model it is
// stored as, without side effects, whether the row came from a file or from the
// live API. Load reads a folder of dump files, net.json and so on, in the shape
// of the API's list answers, and imports one type after the other. Client asks
// the live API for such lists, at the pace it allows, and Sync keeps a copy of
// them up to date.
//
// The texts of PeeringDB are kept as they are, HTML entities, line feeds and
// wrongly encoded letters included; only what does not fit its column is cut,
// which the report says.
package peeringdb
