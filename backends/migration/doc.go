// Package migration copies an original APIv1 server into the database of this
// program through the API that scripts use, under the same ids, and compares the
// two. It needs nothing on the original but a key that may read and may see
// secrets.
//
// Both sides are read in the same way: the original through package legacy, this
// side through its own answers. What differs is what is to be written, so a run
// that was cut off is finished by the next one, and a run that finds nothing to do
// writes nothing.
//
// What the API shows of each kind of object, and what it does not:
//
//   - Networks: id, asn, name and info_prefixes (getPeers). The enumerations and
//     flags of PeeringDB 1.0 (info_type, policy_general, …) are no part of an
//     answer, but of the filters, so that one request for each value finds them.
//     Texts (aka, website, irr_as_set, notes, addresses of looking glasses and
//     policies) and dates are not shown; the next synchronisation with PeeringDB
//     fills them in. Rows that are gone on the original are not shown.
//   - Exchanges: the ids in addresses, sessions, requests and log entries. A name
//     is shown only as public_name of a session. One that no session names is
//     called "Exchange ID" until PeeringDB names it; one whose session has no
//     public_name is not stored, as on the original.
//   - Ports and contacts: all columns of PeeringDB 1.0 (getPeers with
//     include_public_ips, include_contacts). Who may see a contact, and whether a
//     port peers with route servers, are not shown.
//   - Communications: whether there is a record is the public_id of getPeers for
//     an exchange, request_status and qualified are in getCommunications, which
//     alone tells null from true. is_peer is shown as true for a marked peer and
//     for one with a live session; under a live session the log tells whether the
//     peer was marked. A record of a network without a port at the exchange is not
//     shown. Neither are ids and times of records.
//   - Log entries: of networks that are listed, without their ids. Their order is
//     kept. Entries that belong to no network are not shown.
//   - Requests: all but cc, bcc and how the mail went; none of them is sent again.
//   - Sessions: live and deleted ones, passwords included. created, modified and
//     deleted are filters only; the log tells them as far as it reaches.
//   - Resources: all of resource get, those of the archive too. Which fields a
//     section has is not shown; it follows from the attributes of its entries.
//     Attributes of what is neither entry nor has a custom id, and system
//     attributes, are not kept. Secret attributes are shown as numbers; the
//     numbers are kept, the values are not shown.
//   - LIRs: api_key and mnt_by_password of the family of the registry, in clear,
//     for a key that may see them. Secrets of the other family are not shown.
//   - API keys, users, permissions, schedules and templates are not shown.
package migration
