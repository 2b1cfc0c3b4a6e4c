package phpquery

import (
	"strings"

	"provision-gateway/compat/phpvalue"
)

// ParsePost gives what $_POST holds for a request: the form in the body when the
// method is POST (in capitals, as HTTP has it) and the content type is
// application/x-www-form-urlencoded or multipart/form-data, in any case and
// with any parameters. It is empty for every other request, as one with a JSON
// body or a PUT. How large a body may be, PHP's post_max_size, is for the caller
// to decide.
func ParsePost(method, contentType string, body []byte, maxVars int) *phpvalue.Array {
	if method != "POST" {
		return phpvalue.NewArray()
	}
	media := contentType
	if end := strings.IndexAny(media, ";, "); end >= 0 {
		media = media[:end]
	}
	switch strings.ToLower(media) {
	case "application/x-www-form-urlencoded":
		return ParseForm(string(body), maxVars)
	case "multipart/form-data":
		return ParseMultipart(contentType, body, maxVars)
	}
	return phpvalue.NewArray()
}

// Merge gives what $_REQUEST holds with PHP's request_order=GP: the variables of
// the query string, overridden by those of the body. Arrays that both have are
// merged key by key, also where they are lists; keys keep the place they have in
// get. Neither argument is changed; the result may share arrays with them.
func Merge(get, post *phpvalue.Array) *phpvalue.Array {
	if post.Len() == 0 && get != nil {
		return get
	}
	merged := get.Clone()
	for key, v := range post.All() {
		if v.IsArray() {
			if old, ok := merged.GetKey(key); ok && old.IsArray() {
				v = phpvalue.FromArray(Merge(old.Array(), v.Array()))
			}
		}
		merged.SetKey(key, v)
	}
	return merged
}
