package redact

import (
	"strings"
	"sync"
	"testing"
)

func TestAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"session": {`{"success":1, "data":[{"id":"1","password":"ace12345","note":"http:\/\/x"}]}`,
			`{"success":1, "data":[{"id":"1","password":"<secret-1>","note":"http:\/\/x"}]}`},
		"same value": {`[{"password":"ace12345"},{"api_key":"other"},{"password":"ace12345"}]`,
			`[{"password":"<secret-1>"},{"api_key":"<secret-2>"},{"password":"<secret-1>"}]`},
		"none":         {`{"password":"0","api_key":null,"mnt_by_password":"","secret":false}`, `{"password":"0","api_key":null,"mnt_by_password":"","secret":false}`},
		"attr":         {`{"attr":{"api-key":10,"password":[1,2]},"password":10}`, `{"attr":{"api-key":10,"password":[1,2]},"password":"<secret-1>"}`},
		"text in attr": {`{"attr":{"api-key":"geheim"}}`, `{"attr":{"api-key":"<secret-1>"}}`},
		"nested":       {`{"fields":{"api-key":["one1",{"x":"two2"}],"asn":["1"]}}`, `{"fields":{"api-key":["<secret-1>",{"x":"<secret-2>"}],"asn":["1"]}}`},
		"body":         {`{"subject":"Peering","body":"Dear \"peer\"\r\n"}`, `{"subject":"Peering","body":"<body>"}`},
		"by value":     {`{"message":"no gehe\/im here: gehe\/im","password":"gehe/im"}`, `{"message":"no <secret-1> here: <secret-1>","password":"<secret-1>"}`},
		"escaped":      {`{"note":"\u00e9\u0067\u0065heim\u00e9","password":"geheim"}`, `{"note":"\u00e9<secret-1>\u00e9","password":"<secret-1>"}`},
		"address":      {`{"url":"\/x?a=1&password=p%40ss+word&b=2","password":"p@ss word"}`, `{"url":"\/x?a=1&password=<secret-1>&b=2","password":"<secret-2>"}`},
		"number":       {`{"password":"12345","n":12345,"m":123456}`, `{"password":"<secret-1>","n":"<secret-1>","m":123456}`},
		"name":         {`{"geheim":1,"password":"geheim"}`, `{"<secret-1>":1,"password":"<secret-1>"}`},
		"short":        {`{"password":"abc","note":"abcd"}`, `{"password":"<secret-1>","note":"abcd"}`},
		"word":         {`{"password":"password","message":"Missing required parameter: password"}`, `{"password":"<secret-1>","message":"Missing required parameter: password"}`},
		"invalid":      {`{"success":0,"message":"Invalid value for password: geheim und lang\u2026"}`, `{"success":0,"message":"Invalid value for password: <secret-1>\u2026"}`},
		"invalid name": {`{"message":"Invalid value for peer_ipaddr: 1.2.3.400"}`, `{"message":"Invalid value for peer_ipaddr: 1.2.3.400"}`},
		"rejected": {`{"message":"Configuration rejected: neighbor 192.0.2.1 password 7 0822: no"}`,
			`{"message":"Configuration rejected: neighbor 192.0.2.1 password <secret-1>"}`},
		"assigned":     {`{"m":"api_key = \"geheim1\", fields[mnt-by-password][]=p&x=1 HASH:abc= hashes=5"}`, `{"m":"api_key = \"<secret-1>\", fields[mnt-by-password][]=<secret-2>&x=1 HASH:<secret-3> hashes=5"}`},
		"user info":    {`{"url":"https:\/\/me:geheim@host\/"}`, `{"url":"https:\/\/me:<secret-1>@host\/"}`},
		"key":          {`{"x":"-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"}`, `{"x":"<secret-1>\n"}`},
		"redacted":     {`{"password":"<secret-7>","api_key":"<secret-7>"}`, `{"password":"<secret-7>","api_key":"<secret-7>"}`},
		"number of it": {`{"secret_id":12345}`, `{"secret_id":12345}`},
		"not JSON":     {`<html>geheim</html>`, `<19 bytes that are not JSON>`},
		"empty":        {``, ``},
		"base64":       {`{"a":"Z2VoZWltMTIzNA==","password":"geheim1234"}`, `{"a":"<secret-1>","password":"<secret-1>"}`},
	}
	for name, test := range tests {
		r := New()
		if got := string(r.Answer([]byte(test.body))); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		} else if again := string(r.Answer([]byte(got))); again != got {
			t.Errorf("%s: again it becomes %s", name, again)
		}
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ query, want string }{
		"signed":    {"target=lir&action=get&apiKey=32-5DAYT&hash=yneS+/3w=", "target=lir&action=get&apiKey=<secret-1>&hash=<hash>"},
		"fields":    {"fields[api-key][]=ak&fields%5Bmnt-by-password%5D%5B0%5D=p%40&fields[rir][]=RIPE", "fields[api-key][]=<secret-1>&fields%5Bmnt-by-password%5D%5B0%5D=<secret-2>&fields[rir][]=RIPE"},
		"encoding":  {"note=a%20b+c%2f&&x&=y&password=0&password=", "note=a%20b+c%2f&&x&=y&password=0&password="},
		"mail":      {"subject=Hi&body=Dear+peer%0A", "subject=Hi&body=<body>"},
		"by value":  {"note=is+p%40ss%20wörd+here&password=p@ss+w%C3%B6rd", "note=is+<secret-1>+here&password=<secret-1>"},
		"PHP names": {"api.key=abcd&mnt+by+password=efgh&%20password=ijkl", "api.key=<secret-1>&mnt+by+password=<secret-2>&%20password=<secret-3>"},
		"config":    {"config=neighbor+192.0.2.1+remote-as+1%0Aneighbor+192.0.2.1+password+geheim", "config=neighbor+192.0.2.1+remote-as+1%0Aneighbor+192.0.2.1+password+<secret-1>"},
		"inside":    {"url=http%3A%2F%2Fx%2F%3FapiKey%3Dabcdef%26y%3D1", "url=http%3A%2F%2Fx%2F%3FapiKey%3D<secret-1>%26y%3D1"},
		"no pair":   {"geheim&password=geheim", "<secret-1>&password=<secret-1>"},
		"redacted":  {"apiKey=<secret-3>&hash=%3Chash%3E", "apiKey=<secret-3>&hash=%3Chash%3E"},
	}
	for name, test := range tests {
		r := New()
		if got := r.Query(test.query); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		} else if again := r.Query(got); again != got {
			t.Errorf("%s: again it becomes %s", name, again)
		}
	}
	if got := New().URL("https://u:geheim@host/api.php?apiKey=abcd&x=geheim"); got != "https://u:<secret-2>@host/api.php?apiKey=<secret-1>&x=geheim" {
		t.Errorf("address: %s", got)
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	const form = "multipart/form-data; boundary=xx"
	part := func(name, value string) string {
		return "--xx\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	tests := map[string]struct{ contentType, body, want string }{
		"form":      {"application/x-www-form-urlencoded; charset=utf-8", "a=1&password=geheim", "a=1&password=<secret-1>"},
		"multipart": {form, part("note", "is geheim") + part("fields[api-key][]", "geheim") + part("password", "0") + "--xx--\r\n", part("note", "is <secret-1>") + part("fields[api-key][]", "<secret-1>") + part("password", "0") + "--xx--\r\n"},
		"quoted":    {`Multipart/Form-Data; boundary="xx"`, part("body", "Dear\r\npeer") + "--xx--", part("body", "<body>") + "--xx--"},
		"open":      {form, part("password", "geheim"), "--xx\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n<secret-1>"},
		"file":      {form, "--xx\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\n\ngeheim\n--xx--", "--xx\nContent-Disposition: form-data; name=\"a\"; filename=\"b\"\n\n<6 bytes>\n--xx--"},
		"around":    {form, "geheim\r\n" + part("a", "b") + "--xx--\r\ngeheim", "<8 bytes>\r\n" + part("a", "b") + "--xx--\r\n<8 bytes>"},
		"no part":   {form, "geheim", "<6 bytes>"},
		"boundary":  {"multipart/form-data", part("a", "b"), "<53 bytes>"},
		"JSON":      {"application/json", `{"password":"geheim"}`, `{"password":"<secret-1>"}`},
		"other":     {"text/plain", "geheim", "<6 bytes>"},
		"empty":     {"", "", ""},
	}
	for name, test := range tests {
		r := New()
		if got := string(r.Body(test.contentType, []byte(test.body))); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestHeaderAndValue(t *testing.T) {
	t.Parallel()
	r := New("geheim", "0", "")
	for _, test := range []struct{ got, want string }{
		{r.Header("Authorization", "Basic abc"), "<secret-2>"},
		{r.Header("X-Api-Key", "geheim"), "<secret-1>"},
		{r.Header("Referer", "http://x/?a=geheim"), "http://x/?a=<secret-1>"},
		{r.Header("Content-Type", "application/json"), "application/json"},
		{r.Value("$.data[0].password", `"neu"`), `"<secret-3>"`},
		{r.Value(`$.attr["api-key"]`, `12`), `12`},
		{r.Value(`$.fields["api-key"][0]`, `"neu"`), `"<secret-3>"`},
		{r.Value("$.data[0]", `{"api_key":"neu"}`), `{"api_key":"<secret-3>"}`},
		{r.Value("$.data[0].body", `"Dear"`), `"<body>"`},
		{r.Value("status", `200`), `200`},
		{r.Value("$", `<html>`), `<6 bytes that are not JSON>`},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
	for text, want := range map[string]bool{"<secret-1>": true, "<body>": true, "<hash>": true, "<6 bytes>": true, "": false, "<secret-1>x": false, "secret": false} {
		if Placeholder(text) != want {
			t.Errorf("Placeholder(%q) is %v", text, !want)
		}
	}
}

func TestSameAcrossGoroutines(t *testing.T) {
	t.Parallel()
	r := New()
	answers := make([]string, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() { answers[i] = string(r.Answer([]byte(`["x",{"password":"geheim"},{"api_key":"other"}]`))) })
	}
	group.Wait()
	for _, answer := range answers {
		if answer != answers[0] || strings.Contains(answer, "geheim") {
			t.Errorf("got %s, want %s", answer, answers[0])
		}
	}
}
