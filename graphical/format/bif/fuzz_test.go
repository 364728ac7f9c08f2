package bif

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
)

// FuzzRead holds that any bytes end in a network or a ParseError, and that what
// is read can be written and read again, the same to the bit.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"", "\x00", header, ab + "probability ( A | B ) { (b0) 0.9, 0.1; default .5 .5; }",
		ab + "probability ( A B ) { table 0.9 0.5 0.25 0.1 0.5 0.75; }",
		"network \"a b\" { property \"x;y\"; property raw text ; }\n// comment\n/* another */",
		"probability (A) { table 1; }",
		"network n {} probability (A) { property p; default 1 } variable A { type discrete[1]{ \"\\\"\" }; property \"\\n\"; };",
		"network n {} variable A { type discrete [2] { New York, LA }; } probability (A) { () 1e-5, 0.99999; }",
		"network \xe9 {} variable \xfc { type discrete [1] { \xff }; } probability (\xfc) { table 1 }",
		"\xef\xbb\xbfnetwork n { property {}} ; property \"}\" }",
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
		"network n {} variable A { type discrete [3] { <5, >=7.5, 12+ }; } probability ( A ) { table -0 1.0000001 0.0000; }",
		"network n{}variable A{type discrete[2]{a b};}probability(B A){(a)1,0(b).5.5;}variable B{type discrete[2]{a b};}probability(A){table.5.5}",
		"network n{}variable table{type discrete[1]{default};}probability(table){property/*;(default)1;}",
		"network n{}variable a{type discrete[2]{/,//\n*};}probability(a){default 1e-0 0/**/}",
		"network n{}variable \"a\\\"\\\\\"{type discrete[1]{\"\\q\\t\"};property \"x\" y;}probability(\"a\\\"\\\\\"){table 1;}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		net, err := Unmarshal(data, Options{MaxBytes: 1 << 20, MaxEntries: 1 << 16})
		if err != nil {
			var parse *belief.ParseError
			if net != nil || !errors.As(err, &parse) {
				t.Fatalf("network %v, error %v", net, err)
			}
			return
		}
		text, err := Marshal(net)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unmarshal(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(contentOf(net), contentOf(again)); diff != "" {
			t.Errorf("(-want +got)\n%s\n%s", diff, text)
		}
	})
}
