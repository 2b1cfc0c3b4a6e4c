// Package mail hands mails over to a mail server: peering requests and the
// mails to the contacts of a network.
//
// A Mailer takes a Message apart and checks every field of it before it opens
// a connection, so that nothing that was typed into a form can become a header
// or a recipient. Then it speaks SMTP (RFC 5321) with one server within one
// deadline. Either all recipients are accepted or nobody gets anything.
//
// What went wrong comes as a DeliveryError, which says whether trying again
// may help and, more important, whether the mail may have gone out all the
// same. Templates are the texts of the mails that the gateway writes itself.
package mail
