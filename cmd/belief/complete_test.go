package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// completions asks what a shell would ask; the last word is the one at the cursor.
func completions(t *testing.T, words ...string) (offered []string, directive string) {
	t.Helper()
	r := call("", append([]string{"__complete"}, words...)...)
	lines := strings.Split(strings.TrimSuffix(r.stdout, "\n"), "\n")
	last := len(lines) - 1
	if r.status != exitDone || !strings.HasPrefix(lines[last], ":") {
		t.Fatalf("%q: %+v", words, r)
	}
	for _, l := range lines[:last] {
		word, _, _ := strings.Cut(l, "\t")
		offered = append(offered, word)
	}
	return offered, lines[last]
}

// What shells do next, in cobra's bits.
const (
	listFiles = ":0" // offer files
	thatIsAll = ":4" // offer no files
	goOn      = ":6" // offer no files, and add no space
)

func TestCompletion(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("net.bif", []byte(sample), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("stuff.bif", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(".hidden", nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("asian", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		words     []string
		want      []string
		directive string
	}{
		{[]string{""}, []string{"completion", "diagnose", "dist", "dot", "eval", "fit", "help", "info", "query", "sample"}, thatIsAll},
		{[]string{"help", "q"}, []string{"query"}, thatIsAll},
		{[]string{"query", ""}, []string{"asia", "burglary", "cancer", "diamond", "sprinkler", "student", "asian/", "net.bif", "stuff.bif"}, goOn},
		{[]string{"query", "st"}, []string{"student", "stuff.bif"}, thatIsAll},
		{[]string{"query", "asi"}, []string{"asia", "asian/"}, goOn},
		{[]string{"query", "net"}, nil, listFiles},
		{[]string{"query", "asian/"}, nil, listFiles},
		{[]string{"info", "textbook:s"}, []string{"textbook:sprinkler", "textbook:student"}, thatIsAll},
		{[]string{"dot", "can"}, []string{"cancer"}, thatIsAll},
		{[]string{"query", "asia", ""}, nil, thatIsAll},
		{[]string{"query", "asia", "-e", ""}, []string{"asia=", "tub=", "smoke=", "lung=", "bronc=", "either=", "xray=", "dysp="}, goOn},
		{[]string{"query", "asia", "-e", "sm"}, []string{"smoke="}, goOn},
		{[]string{"query", "asia", "--evidence", "smoke="}, []string{"smoke=yes", "smoke=no"}, thatIsAll},
		{[]string{"query", "asia", "-e", "smoke=yes", "-e", "xray=n"}, []string{"xray=no"}, thatIsAll},
		{[]string{"query", "net.bif", "-e", "a=b"}, []string{"a=b=e"}, thatIsAll},
		{[]string{"query", "net.bif", "-e", "a=b=c"}, []string{"a=b=c=d"}, thatIsAll},
		{[]string{"query", "net.bif", "-e", "a"}, []string{"a=b=", "a="}, goOn},
		{[]string{"query", "asia", "-e", "zzz"}, nil, goOn},
		{[]string{"query", "-e", "sm"}, nil, goOn}, // of which network?
		{[]string{"query", "nosuch", "-e", "sm"}, nil, goOn},
		{[]string{"query", "-", "-t", ""}, nil, thatIsAll}, // standard input is not ours to read
		{[]string{"query", "asia", "-t", "b"}, []string{"bronc"}, thatIsAll},
		{[]string{"query", "stuff.bif", "-t", ""}, nil, thatIsAll},
		{[]string{"query", "asia", "--method", "s"}, []string{"sum-product"}, thatIsAll},
		{[]string{"query", "asia", "--format", ""}, []string{"table", "json", "csv"}, thatIsAll},
		{[]string{"query", "asia", "--progress", ""}, []string{"auto", "never"}, thatIsAll},
		{[]string{"query", "asia", "--memory", ""}, nil, thatIsAll},
		{[]string{"query", "asia", "--evidence-file", ""}, nil, listFiles},
		{[]string{"query", "asia", "-o", ""}, nil, listFiles},
	} {
		got, directive := completions(t, c.words...)
		if diff := cmp.Diff(c.want, got); diff != "" || directive != c.directive {
			t.Errorf("%q: %s, want %s (-want +got):\n%s", c.words, directive, c.directive, diff)
		}
	}
}

// Names with line breaks and tabs would break the protocol.
func TestOffer(t *testing.T) {
	if got := offer([]string{"a", "b\nc", "d\te", "f\r", "g h"}); !cmp.Equal(got, []string{"a", "g h"}) {
		t.Errorf("%q", got)
	}
}

func TestCompletionScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if out := mustSucceed(t, "", "completion", shell); !strings.Contains(out, "__complete") || !strings.Contains(out, "belief") {
			t.Errorf("%s: %.200s", shell, out)
		}
	}
}
