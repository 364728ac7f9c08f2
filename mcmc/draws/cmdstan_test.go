package draws_test

// What CmdStan files hold at every moment.

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/belief-go/belief/mcmc/draws"
)

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
	for _, n := range []string{"num_samples = 3  ", "num_warmup = 3  ", "save_warmup = 1\n", "thin = 1\n", "steps_for_each_draw = 2\n"} {
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

// The settings of a run that does not keep its warm-up, and the times of one that
// tells none.
func TestSettingsAndTimes(t *testing.T) {
	name := filepath.Join(t.TempDir(), "run")
	synctest.Test(t, func(t *testing.T) {
		s := &draws.CmdStan{Name: name, WarmUp: 70, Thin: 3}
		if err := s.Begin([]string{"a"}, nil, 3); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4500 * time.Millisecond)
		for range 2 {
			s.Draw(0, false, nil, []float64{1})
		}
		s.Draw(1, true, nil, []float64{1})
		for _, line := range draws.ElapsedTime(time.Second, time.Minute) {
			s.Comment(2, line)
		}
		time.Sleep(250 * time.Millisecond)
		if err := s.End(); err != nil {
			t.Fatal(err)
		}
	})
	for i, want := range []string{
		"num_samples = 6 .*num_warmup = 70 .*save_warmup = 0\n.* thin = 3\n.*\n1\n1\n# Elapsed Time: 4.500 seconds \\(Warm-up\\)\n#               0.250 seconds \\(Sampling\\)\n#               4.750 seconds \\(Total\\)\n$",
		"num_samples = 0 .*num_warmup = 1 .*save_warmup = 1\n.* thin = 1\n.* steps_for_each_draw = 3\n.*\n1\n# Adaptation terminated\n# Elapsed Time: 4.750 .*\n# +0.000 .*\n# +4.750 [^\n]*\n$",
		"num_samples = 0 .*\n# Elapsed Time: 1.000 .* 60.000 .* 61.000 seconds \\(Total\\)\n$",
	} {
		text, err := os.ReadFile(fmt.Sprintf("%s_%d.csv", name, i+1))
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile("(?s)"+want).Match(text) || bytes.Count(text, []byte("Elapsed")) != 1 {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
