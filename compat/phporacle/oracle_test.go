package phporacle_test

import (
	"bytes"
	"errors"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"provision-gateway/compat/phporacle"
	"provision-gateway/compat/phpvalue"
)

func TestOracle(t *testing.T) {
	t.Parallel()
	oracle := phporacle.Start(t, 2)
	tests := []struct {
		name     string
		question phporacle.Question
		input    string
		want     string
	}{
		{"query", phporacle.Query, "a[]=1&2=b", "a:2:{s:1:\"a\";a:1:{i:0;s:1:\"1\";}i:2;s:1:\"b\";}\n={\"a\":[\"1\"],\"2\":\"b\"}"},
		{"query beyond the limit", phporacle.Query, "a&b&c", "a:2:{s:1:\"a\";s:0:\"\";s:1:\"b\";s:0:\"\";}\n={\"a\":\"\",\"b\":\"\"}"},
		{"query with other than UTF-8", phporacle.Query, "a=%FF", "a:1:{s:1:\"a\";s:1:\"\xff\";}\n!5"},
		{"JSON", phporacle.JSON, `a:1:{i:1;d:1.5;}`, `={"1":1.5}`},
		{"JSON that fails", phporacle.JSON, "d:INF;", "!7"},
		{"coerce", phporacle.Coerce, "1e3", "1000\n408f400000000000\n1\n1\n0\n1\n1\n-1\n1\nfalse\nnull"},
		{"equal", phporacle.Equal, "\x02\x00\x00\x001 1", "1"},
		{"not equal", phporacle.Equal, "\x02\x00\x00\x001x1", "0"},
	}
	for _, test := range tests {
		answers, err := oracle.Ask(test.question, [][]byte{[]byte(test.input), []byte(test.input)})
		if err != nil {
			t.Fatal(err)
		}
		for _, answer := range answers {
			if string(answer) != test.want {
				t.Errorf("%s: %q, want %q", test.name, answer, test.want)
			}
		}
	}
	if answers, err := oracle.Ask(phporacle.JSON, nil); err != nil || len(answers) != 0 {
		t.Errorf("asking nothing gives %q, %v", answers, err)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	server := phporacle.StartServer(t, 1000)
	got, err := server.Ask(phporacle.Request{Method: "POST", Query: "a=1", ContentType: "application/x-www-form-urlencoded", Body: "b=2"})
	const want = `a:3:{i:0;a:1:{s:1:"a";s:1:"1";}i:1;a:1:{s:1:"b";s:1:"2";}i:2;a:2:{s:1:"a";s:1:"1";s:1:"b";s:1:"2";}}`
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// TestMissing shows what a machine without PHP tells.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := phporacle.Command()
	if err == nil || !strings.Contains(err.Error(), "apt-get install php-cli") {
		t.Errorf("without php: %v", err)
	}
}

func TestAppendSerialized(t *testing.T) {
	t.Parallel()
	a := phpvalue.NewArray()
	a.Append(phpvalue.Null())
	a.Set("k\"é", phpvalue.Bool(true))
	a.Set("-5", phpvalue.Bool(false))
	tests := []struct {
		in   phpvalue.Value
		want string
	}{
		{phpvalue.Int(-7), "i:-7;"},
		{phpvalue.String("a\x00\";"), "s:4:\"a\x00\";\";"},
		{phpvalue.Float(0.1), "d:1e-01;"},
		{phpvalue.Float(math.NaN()), "d:NAN;"},
		{phpvalue.Float(math.Inf(1)), "d:INF;"},
		{phpvalue.Float(math.Inf(-1)), "d:-INF;"},
		{phpvalue.FromArray(a), "a:3:{i:0;N;s:4:\"k\"é\";b:1;i:-5;b:0;}"},
		{phpvalue.FromObject(a), "O:8:\"stdClass\":3:{s:1:\"0\";N;s:4:\"k\"é\";b:1;s:2:\"-5\";b:0;}"},
	}
	for _, test := range tests {
		if got := phporacle.AppendSerialized([]byte("x"), test.in); string(got) != "x"+test.want {
			t.Errorf("got %q, want x%q", got, test.want)
		}
	}
}

// comparison compares two functions of a text.
func comparison(ours, theirs func(string) string) phporacle.Comparison[string] {
	return phporacle.Comparison[string]{
		Generate: func(r *rand.Rand) string { return "prefix" + strconv.Itoa(r.IntN(1_000_000)) + "suffix" },
		Ours:     func(s string) []byte { return []byte(ours(s)) },
		Theirs: func(inputs []string) ([][]byte, error) {
			var out [][]byte
			for _, s := range inputs {
				out = append(out, []byte(theirs(s)))
			}
			return out, nil
		},
		Smaller: phporacle.SmallerText,
		Show:    strconv.Quote,
	}
}

// TestDifference plants a difference that one input in about a thousand shows,
// and expects the simplest one.
func TestDifference(t *testing.T) {
	t.Parallel()
	same := func(s string) string { return s }
	planted := func(s string) string { return strings.Replace(s, "777", "778", 1) }
	random := rand.New(rand.NewPCG(1, 2))
	if input, found, err := comparison(same, same).Difference(random, 20_000); found || err != nil {
		t.Errorf("no difference, and yet found %q, %v", input, err)
	}
	if input, found, err := comparison(same, planted).Difference(random, 20_000); !found || err != nil || input != "777" {
		t.Errorf("found %q, %t, %v, want the input 777", input, found, err)
	}
	failing := comparison(same, same)
	want := errors.New("php has ended")
	failing.Theirs = func([]string) ([][]byte, error) { return nil, want }
	if _, found, err := failing.Difference(random, 1); found || !errors.Is(err, want) {
		t.Errorf("found %t, %v, want the error %v", found, err, want)
	}
}

func TestSmallerText(t *testing.T) {
	t.Parallel()
	if got := slices.Collect(phporacle.SmallerText("abc")); !slices.Equal(got, []string{"", "bc", "ac", "ab"}) {
		t.Errorf("got %q", got)
	}
	if got := slices.Collect(phporacle.SmallerText("")); len(got) != 0 {
		t.Errorf("the empty text has smaller ones: %q", got)
	}
	next, stop := iter.Pull(phporacle.SmallerText("abcd"))
	defer stop()
	if first, ok := next(); !ok || first != "" {
		t.Errorf("the first is %q, want the empty text", first)
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	var all []byte
	for c := range 256 {
		all = append(all, byte(c))
	}
	if got := phporacle.Bytes(phporacle.Latin1(string(all))); !bytes.Equal([]byte(got), all) {
		t.Errorf("there and back gives %q", got)
	}
	if got := phporacle.Latin1("\xff"); got != "ÿ" {
		t.Errorf("the byte 0xff is written %q", got)
	}
}
