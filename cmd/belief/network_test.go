package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sample is a network with names that make trouble.
const sample = `network "sample" { }
variable "a=b" { type discrete [ 2 ] { "c=d", "e" }; }
variable "a" { type discrete [ 3 ] { "b=e", "x,y", "<z>" }; }
probability ( "a=b" ) { table 0.25, 0.75; }
probability ( "a" | "a=b" ) { ("c=d") 0.2, 0.3, 0.5; ("e") 0.5, 0.25, 0.25; }
`

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func TestWhereNetworksComeFrom(t *testing.T) {
	t.Chdir(t.TempDir())
	make := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	make("asia", sample) // hides the textbook's
	make("s.bif.gz", zipped(sample))
	make("nameless.net.bif", strings.Replace(sample, `"sample"`, "unknown", 1))
	if err := os.Mkdir("cancer", 0o777); err != nil { // hides nothing
		t.Fatal(err)
	}
	for _, c := range []struct{ stdin, arg, network, variable string }{
		{"", "asia", "sample", "a=b"},
		{"", "textbook:asia", "asia", "xray"},
		{"", "s.bif.gz", "sample", "a"},
		{"", "./s.bif.gz", "sample", "a"},
		{"", "nameless.net.bif", "nameless.net", "a"},
		{"", "cancer", "cancer", "Smoker"},
		{sample, "-", "sample", "a"},
		{zipped(sample), "-", "sample", "a"},
	} {
		a := parseAnswer(t, mustSucceed(t, c.stdin, "query", c.arg, "--format", "json"))
		if a.Network != c.network || a.Marginals[c.variable] == nil {
			t.Errorf("%s: network %q with %v", c.arg, a.Network, a.Marginals)
		}
	}
	oneError(t, call("", "query", "."), exitFailed, `"." is a directory; name a file in it`)
	oneError(t, call("", "query", "textbook:asai"), exitFailed, `unknown textbook network "asai"; did you mean "asia"?`)
	oneError(t, call("", "query", "stundent"), exitFailed, `no such file: "stundent"; did you mean the textbook network "student"?`)
	oneError(t, call("", "query", "nets/student.bif"), exitFailed, `no such file: "nets/student.bif"; did you mean the textbook network "student"?`)
	oneError(t, call("", "query", "xyzzy"), exitFailed, `no such file: "xyzzy"; known textbook networks are asia, burglary,`)
	for _, arg := range []string{"xyzzy.bif", "nets/xyzzy", "./xyzzy"} {
		oneError(t, call("", "query", arg), exitFailed, fmt.Sprintf("no such file: %q\n", arg))
	}
	oneError(t, call("", "query", "textbook:xyzzy"), exitFailed, `unknown textbook network "xyzzy"; known are asia, burglary, cancer, diamond, sprinkler, student`)
	oneError(t, call("", "query", os.DevNull), exitFailed, os.DevNull+": it is empty")
	oneError(t, call("", "query", "asia/x"), exitFailed, "not a directory")
	oneError(t, call("", "query", ""), exitFailed, `no such file: ""`)
}

func TestOutputFile(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"query", "asia", "-t", "lung"}, {"query", "asia", "--format", "json"}, {"info", "asia"}, {"dot", "asia"}} {
		want := mustSucceed(t, "", args...)
		plain := filepath.Join(dir, "out")
		if out := mustSucceed(t, "", append(args, "-o", plain)...); out != "" {
			t.Errorf("%q prints %q as well", args, out)
		}
		got, err := os.ReadFile(plain)
		if err != nil || string(got) != want {
			t.Errorf("%q writes %q (%v), want %q", args, got, err, want)
		}
		mustSucceed(t, "", append(args, "-o", plain+".gz")...)
		if got, err := os.ReadFile(plain + ".gz"); err != nil || string(got) != zipped(want) {
			t.Errorf("%q writes %q (%v) compressed", args, got, err)
		}
		if out := mustSucceed(t, "", append(args, "-o", "-")...); out != want {
			t.Errorf("%q -o -: %q", args, out)
		}
	}
	oneError(t, call("", "query", "asia", "-o", filepath.Join(dir, "no", "out")), exitFailed, "-o: open ")
	// A file is touched only when there is something to write.
	kept := write(t, "kept", "kept")
	oneError(t, call("", "query", "asia", "-t", "x", "-o", kept), exitFailed, `unknown variable "x"`)
	if got, _ := os.ReadFile(kept); string(got) != "kept" {
		t.Errorf("the file holds %q", got)
	}
}

func TestStem(t *testing.T) {
	for path, want := range map[string]string{
		filepath.Join("a", "b.bif"): "b", "b.bif.gz": "b", "b.x.bif": "b.x", "b": "b", ".bif": ".bif", "b.gz": "b", "": ".",
	} {
		if got := stem(path); got != want {
			t.Errorf("stem(%q) = %q, want %q", path, got, want)
		}
	}
}
