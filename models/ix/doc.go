// Package ix holds the objects of an exchange's IX-API v2: accounts, product
// offerings, network services and their configurations, and what belongs to
// them, with the rules of who may do what to which.
//
// An object is a Go struct in the shape of the published schema (2.7.1, a
// superset of 2.4.2), stored as a document beside the columns that lists are
// filtered by. Tags say what the schema says of a field in words: whether a
// caller may set it, when, and whom it is shown to. What a tag cannot say is in
// the rules of the collection, one file for each.
package ix
