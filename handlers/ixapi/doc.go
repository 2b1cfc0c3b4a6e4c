// Package ixapi serves IX-API v2 at /api/v2: the newer face of the same
// database. It decodes, calls package ix, and encodes; what an operation does is
// decided there.
//
// Existing clients were written against other servers, and some rules are theirs:
// every answer has a JSON object or list as its body, whatever its status; lists
// are bare arrays; 206 is answered only to who asked for a page; a body may be
// empty, `null`, or come as "application/json;".
package ixapi
