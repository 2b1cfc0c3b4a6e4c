// Package ixapi is a client of IX-API v2, the API of Internet exchanges
// (https://ix-api.net), for what sessions with route servers need: it reads
// network services, their configurations, addresses and features, and creates,
// changes and deletes configurations of features.
//
// The client reads tolerantly, since schemas 2.1 to 2.7 are in use: what is
// absent is empty, and what is unknown is passed over. It never sends a request
// that may have had an effect a second time: whoever called it looks first
// whether the effect is there, by the external reference.
package ixapi
