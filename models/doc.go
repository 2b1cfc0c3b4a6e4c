// Package models holds what the gateway knows: networks, exchanges, ports and
// contacts as PeeringDB gives them, and the peering sessions, requests,
// communication records, log entries, resources, secrets and API keys of its
// own. It defines the GORM types, the queries, and the invariants between
// rows: a change and its log entry are one transaction, a session is live at
// most once, a slug is taken at most once.
//
// The same code runs on SQLite, MySQL and MariaDB and gives the same answers
// on each. Three rules make that so. Moments are stored as whole Unix seconds
// and never as database dates, so no server time zone takes part. Texts are
// compared and ordered by a key that Go computed (see Fold) or in Go, so no
// database collation takes part. Numbers are coerced before they reach a
// query, so no server SQL mode takes part.
//
// Ids of networks, exchanges, ports and contacts are PeeringDB's; all others
// are given by the database.
package models
