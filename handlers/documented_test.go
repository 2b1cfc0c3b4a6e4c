package handlers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"provision-gateway/compat/golden"
)

// documentedExamples are the answers that the vendor's documentation shows, by
// target, action and case: the golden file that reproduces each, and the SHA-256
// of the documented bytes in their comparable form, so that no new writing of
// the golden files can change them unnoticed. The example of an error of
// addSession is a copy of that of getRequests in the documentation itself.
var documentedExamples = map[string]struct{ golden, sum string }{
	"lir.add":                        {"lir/add/documented", "76ecb19dcf8b3000f8c94ac78da611237832299cc81caeaa2111ca2253b7bd58"},
	"lir.delete":                     {"lir/delete/documented", "516e9b08eb1dcb8a7c548dea5bf6ca10137357177cd522b0e4fbec02d3e37a6b"},
	"lir.get":                        {"lir/get/documented", "4188f83ef2e4de8da4c6c841313141f1814bf81875891569d465d0ff79d68f8d"},
	"lir.update":                     {"lir/update/documented", "04a2fb7fad458fe9abb0523a319667fc7d1ffdf077e866e87ff135805d8cd695"},
	"peering.addSession":             {"peering/addSession/documented", "98439e43b31bd3b6362873340ac58b624017a07c91479e832debb38d6fb8cf70"},
	"peering.addSession.error":       {"peering/getRequests/documented_none", "6b0213ea25286d0c63ed7bcd2739aa0b73eb0711df3e089d46e51b5701ae75e0"},
	"peering.configureSession.error": {"peering/configureSession/documented_error", "afd8c44b1063fcc9ffb03167c8cd964d7435d85a750c06d3e9bdb5e4635a9abf"},
	"peering.deleteSession":          {"peering/deleteSession/documented", "28ef48a99ca9e251892972cadb86bbaba23b4bb9eaa61f49f1fabebf702707cd"},
	"peering.deleteSession.none":     {"peering/deleteSession/documented_none", "9eb4dfb47089535897768519d3bf05b0e94f3a1744b364d0e1f025608ce18c27"},
	"peering.getCommunications":      {"peering/getCommunications/documented", "dc77715c4b69b9b0b623eec7a0c60ec4d49739d162f1d11629be596dac0dd735"},
	"peering.getPeers":               {"peering/getPeers/documented", "4ca0300feede9df82b00a1a8c0f2ec4c0c248da221a5e8f89a5a6946547a3b5d"},
	"peering.getPeers.none":          {"peering/getPeers/documented_none", "70428eeb2632f1c668aa800c592b5ca45db21d4b693cbad240a1b3d393ae5053"},
	"peering.getRequests":            {"peering/getRequests/documented", "61e3cf6c0ce48b693490ca742843072347d3ebd7fbfe624973d1459d8da3af58"},
	"peering.getRequests.none":       {"peering/getRequests/documented_none", "6b0213ea25286d0c63ed7bcd2739aa0b73eb0711df3e089d46e51b5701ae75e0"},
	"peering.getSessions":            {"peering/getSessions/documented", "7a3a784f08f97f7b4994a6bab3e6287c1e32f443886f306fb02191bc6a656e85"},
	"peering.getSessions.none":       {"peering/getSessions/documented_none", "70428eeb2632f1c668aa800c592b5ca45db21d4b693cbad240a1b3d393ae5053"},
	"peering.resetPeerStatus":        {"peering/resetPeerStatus/documented", "bbb986b797961dc6a38a64830706860da19f5c2942b8e7b7f3bc05b3182e8a3c"},
	"peering.resetPeerStatus.error":  {"peering/resetPeerStatus/documented_error", "a42a41761efa0d21e58acdfc2a913ae3503e3d009310984fc5390a651a260694"},
	"peering.sendRequest":            {"peering/sendRequest/documented", "ddd9cd7e4abe6d6b295c49f5025b169edb3132b0b0d643d3ca04b92859741297"},
	"peering.sendRequest.error":      {"peering/sendRequest/documented_error", "0645de68d388678029a24f82b1a5ef1f824e7e2da5144dbb2db5a97cdb6b4871"},
	"peering.updateSession":          {"peering/updateSession/documented", "86114835cfc522563fa933e009d1bb25687b8a1806327de898c634d6a82fd21b"},
}

// documentedAnswer is the answer in a golden file of one request.
func documentedAnswer(t *testing.T, name string) string {
	t.Helper()
	pairs := readGolden(t, filepath.Join(testdata, name+golden.Extension)).Pairs
	if len(pairs) != 1 {
		t.Fatalf("%s has %d requests", name, len(pairs))
	}
	return pairs[0].Answer.String()
}

// TestDocumentedExamples checks that the golden files hold every documented
// answer byte for byte.
func TestDocumentedExamples(t *testing.T) {
	t.Parallel()
	reproduced := map[string]bool{}
	for example, documented := range documentedExamples {
		reproduced[filepath.Join(testdata, documented.golden)+".golden"] = true
		answer := documentedAnswer(t, documented.golden)
		sum := sha256.Sum256([]byte(comparableForm(example, answer)))
		if hex.EncodeToString(sum[:]) != documented.sum {
			t.Errorf("%s is not what the documentation shows: %s", documented.golden, answer)
		}
	}
	files, err := filepath.Glob(testdata + "/*/*/documented*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if !reproduced[path] {
			t.Errorf("%s reproduces no example", path)
		}
	}
}

var count = regexp.MustCompile(`^(\{"success":1,"message":")[0-9]+ `)

// comparableForm takes from an answer what may differ: the count in front of the
// lists that the documentation trimmed by hand, and the recipient that its
// answer of sendRequest lacks.
func comparableForm(example, answer string) string {
	switch example {
	case "peering.getPeers", "peering.getCommunications":
		return count.ReplaceAllString(answer, "${1}N ")
	case "peering.sendRequest":
		return strings.ReplaceAll(answer, "Request sent to operations@as10933.example", "Request sent to ")
	}
	return answer
}
