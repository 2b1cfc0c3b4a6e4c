package handlers_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"provision-gateway/backends/peeringdb"
	"provision-gateway/models"
)

// directoryData is PeeringDB data to answer from, and what there is to find in
// it: an exchange and how many networks have a port there. Where a folder of
// real data lies beside the checkout it is that, otherwise the project's own.
func directoryData() (data fs.FS, exchange, members int) {
	const beside = "../../shared/data/peeringdb-2018"
	if _, err := os.Stat(beside); err == nil {
		return os.DirFS(beside), 31, 224
	}
	return peeringdb.Demo(), 1, 10
}

// TestOneScriptManyEncodings loads PeeringDB data and asks, signed, for the
// networks at an exchange: by GET with raw and encoded parameters, by POST
// urlencoded and multipart. All answers are the same documented bytes.
func TestOneScriptManyEncodings(t *testing.T) {
	t.Parallel()
	data, exchange, members := directoryData()
	s := serve(t, nil)
	if _, err := peeringdb.Load(t.Context(), s.Store, data, nil); err != nil {
		t.Fatal(err)
	}
	key := s.addKey(t, "script", models.PermissionRead)
	const form, multipart = "Content-Type: application/x-www-form-urlencoded", "Content-Type: multipart/form-data; boundary=limit"
	parts := ""
	for _, pair := range [][2]string{{"target", "peering"}, {"action", "getPeers"}, {"public_id", fmt.Sprint(exchange)}} {
		parts += fmt.Sprintf("--limit\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", pair[0], pair[1])
	}
	raw := fmt.Sprintf("target=peering&action=getPeers&public_id=%d", exchange)
	encoded := strings.NewReplacer("_", "%5F", "P", "%50").Replace(raw)
	signed := func(query string) string { return api + "?" + key.sign(query) + " HTTP/1.1" }
	want := s.get(t, key.sign(raw)).body
	for name, got := range map[string]answered{
		"encoded":      s.get(t, key.sign(encoded)),
		"urlencoded":   s.send(t, "POST "+signed(""), raw, form),
		"encoded body": s.send(t, "POST "+signed(""), encoded, form),
		"multipart":    s.send(t, "POST "+signed(""), parts+"--limit--\r\n", multipart),
		"half by body": s.send(t, "POST "+signed("target=peering"), "action=getPeers&public_id="+fmt.Sprint(exchange), form),
	} {
		if got.body != want {
			t.Errorf("%s: %.300s\nwant %.300s", name, got.body, want)
		}
	}
	var answer struct {
		Success int
		Message string
		Data    []map[string]any
	}
	if err := json.Unmarshal([]byte(want), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Success != 1 || answer.Message != fmt.Sprintf("%d peers found.", members) || len(answer.Data) != members {
		t.Errorf("%d rows, %s", len(answer.Data), answer.Message)
	}
	for _, column := range []string{"id", "public_id", "asn", "name", "qualified", "is_peer", "request_status", "info_prefixes", "public_ips", "contacts", "log_data"} {
		if _, ok := answer.Data[0][column]; !ok {
			t.Errorf("rows have no %s", column)
		}
	}
}
