package draws_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc/draws"
)

// FuzzRead reads anything without panic and within its memory; what it accepts
// comes back to the last bit from every form that can hold it.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		cmdstan, rstan, zipped(rstan),
		"a;b\n1;2\n", "a b\n1 2\n", "\"\",\"a\"\"[1,2]\"\n\"1\",NA\n", ".chain,.iteration,mu\n2,1,Inf\n1,1,-inf\n", "1,2\n3,4",
		`{"format":"belief draws","schema":1,"names":["mu"],"stats":["lp__"],"chains":2}` + "\n" +
			`{"chain":1,"iteration":1,"warm_up":true,"stats":[1],"values":[null]}` + "\n" + `{"chain":2,"comment":"x"}`,
	} {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	o := draws.Options{File: "f", MaxBytes: 1 << 18}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, _, err := draws.ReadColumns(bytes.NewReader(text), o); err != nil {
			mustBeTyped(t, err)
		}
		d, _, err := draws.Read(bytes.NewReader(text), o)
		if err != nil {
			mustBeTyped(t, err)
			return
		}
		for i, c := range d.Chains {
			if len(d.Names) > 0 && (len(c.Values)%len(d.Names) != 0 || len(c.WarmUp)%len(d.Names) != 0) {
				t.Fatalf("chain %d has %d values and %d of warm-up for %d quantities", i, len(c.Values), len(c.WarmUp), len(d.Names))
			}
			for k, line := range c.Comments {
				c.Comments[k] = strings.ToValidUTF8(line, "?")
			}
		}
		var b bytes.Buffer
		if err := d.Replay(&draws.JSONLines{Writer: &b}); err == nil {
			e, warnings, err := draws.Read(&b, draws.Options{})
			if err != nil || len(warnings) > 0 {
				t.Fatal(err, warnings)
			}
			if diff := cmp.Diff(d, e, same); diff != "" {
				t.Fatal(diff)
			}
		} else {
			mustBeTyped(t, err)
		}
		if len(d.Chains) > 3 {
			return
		}
		if err := d.Replay(&draws.CmdStan{Name: filepath.Join(dir, "f")}); err != nil {
			mustBeTyped(t, err)
			return
		}
		var paths []string
		for i := range d.Chains {
			paths = append(paths, fmt.Sprintf("%s_%d.csv", filepath.Join(dir, "f"), i+1))
		}
		if len(paths) == 0 || len(d.Names)+len(d.Stats) == 0 {
			return
		}
		e, warnings, err := draws.ReadFiles(paths, draws.Options{})
		if err != nil || len(warnings) > 0 {
			t.Fatal(err, warnings)
		}
		for i := range d.Chains { // blanks at the ends of comments are not kept
			d.Chains[i].Comments, e.Chains[i].Comments = nil, nil
		}
		if diff := cmp.Diff(d, e, same); diff != "" {
			t.Fatal(diff)
		}
	})
}

func mustBeTyped(t *testing.T, err error) {
	t.Helper()
	_, parse := errors.AsType[*belief.ParseError](err)
	_, large := errors.AsType[*belief.TooLargeError](err)
	_, config := errors.AsType[*belief.ConfigError](err)
	if !parse && !large && !config {
		t.Fatalf("%T: %v", err, err)
	}
}
