package draws_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc/draws"
)

// same compares to the last bit, NaN with NaN and −0 with −0, and takes no
// memory for empty.
var same = cmp.Options{
	cmp.Comparer(func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y) || math.IsNaN(x) && math.IsNaN(y)
	}),
	cmpopts.EquateEmpty(),
}

// sample generates draws that every format can hold.
func sample(t *rapid.T) *draws.Draws {
	number := rapid.OneOf(
		rapid.Float64(),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, 0.1, 1e21, 123456}),
	)
	name := rapid.Custom(func(t *rapid.T) string {
		s := rapid.StringMatching(`[a-zA-Z][a-zA-Z0-9_]{0,5}[a-z]`).Draw(t, "base")
		for i := range rapid.IntRange(0, 2).Draw(t, "indices") {
			s += []string{"[", ","}[i] + fmt.Sprint(rapid.IntRange(0, 12).Draw(t, "index"))
		}
		if strings.Contains(s, "[") {
			s += "]"
		}
		return s
	})
	comment := rapid.StringMatching(`( ?[a-z=,.0-9#"]{1,8}){1,3}`)
	names := rapid.SliceOfNDistinct(name, 1, 4, rapid.ID).Draw(t, "names")
	stats := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{draws.LogDensity, draws.AcceptStat, draws.Energy, "other__"}), 0, 3, rapid.ID).Draw(t, "stats")
	chains := rapid.IntRange(1, 3).Draw(t, "chains")
	d := draws.New(names, stats, chains, 0)
	for i := range chains {
		for k := range rapid.IntRange(0, 5).Draw(t, "draws") {
			warmUp := k < rapid.IntRange(0, 2).Draw(t, "warm-up") && len(d.Chains[i].Values) == 0
			d.Draw(i, warmUp,
				rapid.SliceOfN(number, len(stats), len(stats)).Draw(t, "stats of draw"),
				rapid.SliceOfN(number, len(names), len(names)).Draw(t, "values"))
		}
		for range rapid.IntRange(0, 3).Draw(t, "comments") {
			d.Comment(i, comment.Draw(t, "comment"))
		}
		if rapid.Bool().Draw(t, "times") {
			for _, line := range draws.ElapsedTime(time.Second, 2*time.Second) {
				d.Comment(i, line)
			}
		}
	}
	return d
}

func TestCmdStanRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := sample(t)
		sink := &draws.CmdStan{Name: filepath.Join(dir, "run"), Thin: rapid.IntRange(0, 3).Draw(t, "thin"), WarmUp: 7}
		if err := d.Replay(sink); err != nil {
			t.Fatal(err)
		}
		var paths []string
		for i := range d.Chains {
			paths = append(paths, filepath.Join(dir, fmt.Sprintf("run_%d.csv", i+1)))
		}
		got, warnings, err := draws.ReadFiles(paths, draws.Options{})
		if err != nil || len(warnings) > 0 {
			t.Fatal(err, warnings)
		}
		// Where no times came, the sink has written its own.
		const times = 3
		for i, c := range d.Chains {
			if n := len(c.Comments); n < times || !strings.HasPrefix(c.Comments[n-times], "Elapsed Time: ") {
				mine := got.Chains[i].Comments
				n = max(len(mine)-times, 0)
				if len(mine) < times || !strings.HasPrefix(mine[n], "Elapsed Time: ") {
					t.Errorf("the last comments of chain %d are not its times, but %q", i, mine)
				}
				got.Chains[i].Comments = mine[:n]
			}
		}
		if diff := cmp.Diff(d, got, same); diff != "" {
			t.Error(diff)
		}
	})
}

func TestJSONLinesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sample(t)
		var b bytes.Buffer
		if err := d.Replay(&draws.JSONLines{Writer: &b}); err != nil {
			t.Fatal(err)
		}
		got, warnings, err := draws.Read(&b, draws.Options{})
		if err != nil || len(warnings) > 0 {
			t.Fatal(err, warnings)
		}
		if diff := cmp.Diff(d, got, same); diff != "" {
			t.Error(diff)
		}
	})
}

// The two sinks of text allocate nothing for a draw.
func TestDrawAllocatesNothing(t *testing.T) {
	stats, values := []float64{-12.25, 1}, []float64{math.Pi, math.NaN(), math.Inf(-1), 1e300}
	for name, s := range map[string]draws.Sink{
		"CmdStan":   &draws.CmdStan{Name: filepath.Join(t.TempDir(), "run")},
		"JSONLines": &draws.JSONLines{Writer: io.Discard},
	} {
		if err := s.Begin([]string{"a", "b", "c", "d"}, []string{draws.LogDensity, draws.Divergent}, 2); err != nil {
			t.Fatal(err)
		}
		s.Draw(1, true, stats, values)
		s.Draw(1, false, stats, values)
		if n := patience.Allocations(2000, func() { s.Draw(1, false, stats, values) }); n != 0 {
			t.Errorf("%s: %v allocations for a draw", name, n)
		}
		if err := s.End(); err != nil {
			t.Error(err)
		}
	}
}

// What a sink cannot hold it refuses, with the name.
func TestNamesRefused(t *testing.T) {
	for _, c := range []struct {
		names, stats []string
		jsonToo      bool
	}{
		{names: []string{"a,b"}},
		{names: []string{"a.1"}}, // would come back as a[1]
		{names: []string{`q"`}},
		{names: []string{"#a"}},
		{names: []string{"a b"}},
		{names: []string{".draw"}},   // what others write and readers leave out
		{stats: []string{"chain__"}}, // would be taken for the chain
		{names: []string{""}, jsonToo: true},
		{names: []string{"\xff"}, jsonToo: true},
		{names: []string{"a", "a"}, jsonToo: true},
		{names: []string{"lp__"}, jsonToo: true},
		{stats: []string{"lp"}, jsonToo: true},
	} {
		dir := t.TempDir()
		for name, s := range map[string]draws.Sink{
			"CmdStan":   &draws.CmdStan{Name: filepath.Join(dir, "run")},
			"JSONLines": &draws.JSONLines{Writer: io.Discard},
		} {
			err := s.Begin(c.names, c.stats, 1)
			_, refused := errors.AsType[*belief.ConfigError](err)
			if want := name == "CmdStan" || c.jsonToo; refused != want {
				t.Errorf("%s: names %q, statistics %q: %v", name, c.names, c.stats, err)
			}
			if err := s.End(); err != nil {
				t.Error(err)
			}
		}
		if files, _ := os.ReadDir(dir); len(files) > 0 && c.jsonToo {
			t.Errorf("refused names %q, but made %s", c.names, files[0].Name())
		}
	}
}

// Errors of writing surface, at the latest at the end.
func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here")
	}
	dir := t.TempDir()
	if err := os.Symlink("/dev/full", filepath.Join(dir, "run_2.csv")); err != nil {
		t.Skip(err)
	}
	d := draws.New([]string{"a"}, nil, 2, 1)
	d.Draw(0, false, nil, []float64{1})
	d.Draw(1, false, nil, []float64{1})
	if err := d.Replay(&draws.CmdStan{Name: filepath.Join(dir, "run")}); err == nil || !strings.Contains(err.Error(), "run_2.csv") {
		t.Errorf("the error of a full disk is %v", err)
	}
	if err := (&draws.CmdStan{Name: filepath.Join(dir, "no", "run")}).Begin([]string{"a"}, nil, 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the error of a missing directory is %v", err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	if err := d.Replay(&draws.JSONLines{Writer: full}); err == nil {
		t.Error("JSON lines went to a full disk")
	}
}

func TestDigits(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run")
	d := draws.New([]string{"a", "b"}, nil, 1, 0)
	d.Draw(0, false, nil, []float64{1.0 / 3, 12345})
	var b bytes.Buffer
	if err := d.Replay(&draws.JSONLines{Writer: &b, Digits: 3}); err != nil || !strings.HasSuffix(b.String(), `"values":[0.333,1.23e+04]}`+"\n") {
		t.Error(b.String(), err)
	}
	if err := d.Replay(&draws.CmdStan{Name: name, Digits: 3}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(name + "_1.csv"); err != nil || !strings.Contains(string(text), "\n0.333,1.23e+04\n") {
		t.Error(string(text), err)
	}
	for _, s := range []draws.Sink{
		&draws.JSONLines{Writer: &b, Digits: -1}, &draws.CmdStan{Name: name, Digits: -1}, &draws.CmdStan{Name: name, Thin: -1}, &draws.CmdStan{},
	} {
		err := d.Replay(s)
		if _, ok := errors.AsType[*belief.ConfigError](err); !ok {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.String()
}

func BenchmarkCmdStanDraw(b *testing.B) {
	s := &draws.CmdStan{Name: filepath.Join(b.TempDir(), "run")}
	values := []float64{math.Pi, 1e-9, -123.456, 0.25, 1, math.E, -7e20, 0.1, 0.2, 0.3}
	if err := s.Begin(strings.Fields("a b c d e f g h i j"), []string{draws.LogDensity}, 1); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.Draw(0, false, values[:1], values)
	}
	if err := s.End(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRead(b *testing.B) {
	text := []byte("a,b,c,d\n" + strings.Repeat("0.12345678901234567,-1.2345678901234567e-05,3,123456.789\n", 1000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := draws.Read(bytes.NewReader(text), draws.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
