package draws_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
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
		if n := testing.AllocsPerRun(2000, func() { s.Draw(1, false, stats, values) }); n != 0 {
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

// A file of a run that goes on, or was killed, can be read: at every length of it
// the draws are the first ones, and what was warm-up stays warm-up.
func TestKilledRun(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run")
	s := &draws.CmdStan{Name: name, Thin: 2}
	if err := s.Begin([]string{"mu", "theta[1]"}, []string{draws.LogDensity}, 1); err != nil {
		t.Fatal(err)
	}
	full := draws.New([]string{"mu", "theta[1]"}, []string{draws.LogDensity}, 1, 0)
	for i := range 6 {
		if i == 3 {
			s.Comment(0, "Step size = 0.5") // flushes too, as what follows patches the settings
		}
		x := []float64{float64(i) + 0.125, 1000.5}
		for _, to := range []draws.Sink{s, full} {
			if err := to.Draw(0, i < 3, x[:1], x); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name + "_1.csv")
	if err != nil {
		t.Fatal(err)
	}
	start := bytes.Index(text, []byte("lp__,mu,theta.1\n")) + len("lp__,mu,theta.1\n")
	for _, n := range []string{"num_samples = 6  ", "num_warmup = 6  ", "save_warmup = 1\n", "thin = 2\n"} {
		if !bytes.Contains(text, []byte(n)) {
			t.Errorf("the settings lack %q:\n%s", n, text)
		}
	}
	for n := start; n <= len(text); n++ {
		d, _, err := draws.Read(bytes.NewReader(text[:n]), draws.Options{})
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		c, all := d.Chains[0], full.Chains[0]
		if !bytes.HasPrefix(fmt.Append(nil, all.Values), bytes.TrimSuffix(fmt.Append(nil, c.Values), []byte("]"))) ||
			!bytes.HasPrefix(fmt.Append(nil, all.WarmUp), bytes.TrimSuffix(fmt.Append(nil, c.WarmUp), []byte("]"))) {
			t.Fatalf("%d bytes: draws %v, warm-up %v", n, c.Values, c.WarmUp)
		}
		if n == len(text) && (d.Len(0) != 3 || len(c.WarmUp) != 6) {
			t.Errorf("the whole file has %d draws", d.Len(0))
		}
	}
}

// What a kernel tells of its warm-up stands where the other programs look for it,
// and once.
func TestDenseMetric(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run")
	d := draws.New([]string{"a"}, []string{draws.Energy}, 1, 0)
	d.Draw(0, false, []float64{1}, []float64{1})
	for _, line := range []string{"Adaptation terminated", "Elements of inverse mass matrix:\n1"} {
		d.Comment(0, line)
	}
	if err := d.Replay(&draws.CmdStan{Name: name, Model: "my model"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name + "_1.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# model = my_model\n", "metric = dense_e  ", "energy__,a\n# Adaptation terminated\n# Elements of inverse mass matrix:\n# 1\n1,1\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
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
	if text, err := os.ReadFile(name + "_1.csv"); err != nil || !strings.HasSuffix(string(text), "\n0.333,1.23e+04\n") {
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

// Somebody who looks at the files of a run sees draws that are a second old, and
// sees warm-up as warm-up.
func TestFlush(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run")
	synctest.Test(t, func(t *testing.T) {
		s := &draws.CmdStan{Name: name, WarmUp: 2}
		if err := s.Begin([]string{"a"}, nil, 2); err != nil {
			t.Fatal(err)
		}
		defer s.End()
		for i := range 5 {
			time.Sleep(1001 * time.Millisecond)
			s.Draw(0, i < 2, nil, []float64{1})
			s.Draw(1, false, nil, []float64{1})
			d, warnings, err := draws.ReadFiles([]string{name + "_1.csv", name + "_2.csv"}, draws.Options{})
			if err != nil || len(warnings) > 0 {
				t.Fatal(err, warnings)
			}
			if w := len(d.Chains[0].WarmUp); w != min(i+1, 2) || d.Len(0) != max(i-1, 0) || d.Len(1) != i+1 {
				t.Errorf("after %d draws the files have %d of warm-up, %d and %d", i+1, w, d.Len(0), d.Len(1))
			}
		}
	})
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
