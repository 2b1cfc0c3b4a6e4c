package phpquery_test

import (
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpquery"
	"provision-gateway/compat/phpvalue"
)

// escape writes every byte of a text percent-encoded.
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte('%')
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&0xf])
	}
	return b.String()
}

// rebuild writes an array as a query string. Empty arrays cannot be written.
func rebuild(b *strings.Builder, prefix string, a *phpvalue.Array) {
	for key, v := range a.All() {
		name := escape(key.Text())
		if prefix != "" {
			name = prefix + "[" + name + "]"
		}
		if v.IsArray() {
			rebuild(b, name, v.Array())
			continue
		}
		b.WriteString(name + "=" + escape(v.Text()) + "&")
	}
}

// rewritable tells whether a query string for the array reads as the same array:
// nothing is empty, an index does not look like brackets or spaces, and no key
// has a prefix that PHP drops.
func rewritable(a *phpvalue.Array, root bool) bool {
	for key, v := range a.All() {
		k := key.Text()
		switch {
		case v.IsArray() && (v.Array().Len() == 0 || !rewritable(v.Array(), false)),
			root && strings.Contains(k, "["),
			!root && (strings.TrimLeft(k, " \t\n\v\f\r") == "" || strings.HasPrefix(k, "__")):
			return false
		}
	}
	return true
}

func serialized(a *phpvalue.Array) string {
	return string(phporacle.AppendSerialized(nil, phpvalue.FromArray(a)))
}

// FuzzParseQuery looks for inputs that panic, that depend on the limit where it
// is not reached, or that do not survive being written and read again.
func FuzzParseQuery(f *testing.F) {
	for _, q := range []string{"a=1&b[]=2", "a[b][c]=1&a[b]=2", "a[b=1", " a.b=%zz", "a[]]=1&[=", "__Host-a=1&..Host-a=1", "a%00[=\x00", "a[-5]=&a[]="} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		const most = 1 << 20
		vars := phpquery.ParseQuery(query, most)
		first := serialized(vars)
		if again := serialized(phpquery.ParseQuery("&"+query, most)); again != first {
			t.Errorf("an empty piece in front changes %s to %s", first, again)
		}
		if merged := serialized(phpquery.Merge(vars, vars)); merged != first {
			t.Errorf("merging with itself changes %s to %s", first, merged)
		}
		if got := phpquery.ParseQuery(query, 1).Len(); got > 1 {
			t.Errorf("with a limit of one there are %d variables", got)
		}
		if !rewritable(vars, true) {
			return
		}
		var b strings.Builder
		rebuild(&b, "", vars)
		if again := serialized(phpquery.ParseForm(b.String(), most)); again != first {
			t.Errorf("written as %q, %s becomes %s", b.String(), first, again)
		}
	})
}

// FuzzParseMultipart looks for bodies that panic, and for fields that get lost or
// changed behind whatever the fuzzer puts in front of them.
func FuzzParseMultipart(f *testing.F) {
	f.Add("multipart/form-data; boundary=X", []byte(field("a", "1")+"--X--\r\n"))
	f.Add(`multipart/form-data; boundary="X"`, []byte(part(`form-data; name="u"; filename="f"`, "data")+field("a[]", "1")+"--X"))
	f.Add("multipart/form-data; boundary=", []byte("--\nContent-Disposition:;;name='\\''\n\n\r\n--"))
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		vars := phpquery.ParseMultipart(contentType, body, phpquery.DefaultMaxVars)
		if got := phpquery.ParseMultipart(contentType, body, 0).Len(); got != 0 {
			t.Errorf("with a limit of none there are %d variables", got)
		}
		if text := serialized(vars); text != serialized(phpquery.ParseMultipart(contentType, body, phpquery.DefaultMaxVars)) {
			t.Errorf("reading twice differs from %s", text)
		}
		if strings.Contains(string(body), "--Y") || strings.Contains(string(body), "\x00") {
			return
		}
		// Any text is a value, except for a CR, which belongs to the line end.
		value := strings.TrimRight(string(body), "\r")
		posted := phpquery.ParseMultipart("multipart/form-data; boundary=Y", []byte("--Y\r\nContent-Disposition: form-data; name=v\r\n\r\n"+value+"\r\n--Y--\r\n"), 1)
		if v, ok := posted.Get("v"); !ok || v.Text() != value {
			t.Errorf("the value %q becomes %q", value, v.Text())
		}
	})
}

// BenchmarkParseQuery reads a signed query as scripts send it.
func BenchmarkParseQuery(b *testing.B) {
	queries := map[string]string{
		"signed":  "target=peering&action=getPeers&public_id=26&policy=Open&include_contacts=TRUE&include_public_ips=TRUE&apiKey=38-TMHQV8CV2XZYC2ZS&hash=8jxj4IApYmgb5IZ0wBY4tFv+WilXb5JuVpjrwupyXQo=",
		"nested":  "target=lir&action=add&meta%5Bname%5D=TestLIR&meta%5Btype%5D=entry&meta%5Bsection%5D=lir&fields%5Brir%5D%5B%5D=ARIN&fields%5Basn%5D%5B%5D=20202&apiKey=38-TMHQV8CV2XZYC2ZS",
		"maximum": strings.Repeat("fields[asn][]=64500&", phpquery.DefaultMaxVars),
	}
	for _, name := range []string{"signed", "nested", "maximum"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(queries[name])))
			b.ReportAllocs()
			for b.Loop() {
				phpquery.ParseQuery(queries[name], phpquery.DefaultMaxVars)
			}
		})
	}
}
