package mcmc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/mcmctest"
)

// sameRun compares all of a run but the kernels, which hold functions.
var sameRun = cmpopts.IgnoreFields(mcmc.Run{}, "Kernels")

// killable are samplers that carry something of every kind from step to step.
var killable = []struct {
	name string
	mcmc.Sampler
}{
	{"walk", walk{1}},
	{"NUTS", mcmc.NUTS{}},
	{"Gibbs", mcmc.Gibbs{Blocks: []mcmc.Block{{Of: []int{0, 1}, Sampler: mcmc.NUTS{}}, {Of: []int{2}, Sampler: mcmc.Slice{}}}}},
	{"Tempering", mcmc.Tempering{Levels: 3, Lowest: 0.1}},
	{"Ensemble", mcmc.Ensemble{}},
	{"Slice", mcmc.Slice{}},
}

// killed is a run of one of them. An evaluation takes pace at least.
func killed(i int, dir string, pace time.Duration) (*mcmc.Run, error) {
	normal, begin := mcmctest.Normal(), time.Now()
	var n atomic.Int64
	slow := mcmc.GradFunc(3, func(x, grad []float64) float64 {
		if pace > 0 {
			time.Sleep(time.Until(begin.Add(time.Duration(n.Add(1)) * pace)))
		}
		l, _ := normal.LogDensityGrad(x, grad)
		return l
	})
	return mcmc.Sample(context.Background(), killable[i], slow, mcmc.Config{Chains: 2, WarmUp: 200, Draws: 400, Seed: 7,
		Checkpoint: dir, CheckpointEvery: time.Millisecond, Workers: 2})
}

// killedChild makes all runs at the same time, in directories of their own, each
// at its pace.
func killedChild(t *testing.T, dir string, paces []string) {
	var all sync.WaitGroup
	for i, k := range killable {
		all.Go(func() {
			pace, err := time.ParseDuration(paces[i])
			if err == nil {
				_, err = killed(i, filepath.Join(dir, k.name), pace)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// Runs that are killed again and again, each time at another moment of the warm-up
// or after it, end with the draws of those that were left alone.
func TestKill(t *testing.T) {
	const env = "BELIEF_TEST_KILLED_RUN"
	if child := os.Getenv(env); child != "" {
		paces, dir, _ := strings.Cut(child, " ")
		killedChild(t, dir, strings.Split(paces, ","))
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const least = 900 * time.Millisecond // that every run takes
	var want []*mcmc.Run
	var paces []string
	for i, k := range killable {
		run, err := killed(i, "", 0)
		if err != nil {
			t.Fatalf("%s: %v", k.name, err)
		}
		want = append(want, run)
		paces = append(paces, (least / time.Duration(run.Reports[0].Evaluations+run.Reports[1].Evaluations)).String())
	}
	dir := t.TempDir()
	// Rows that a chain had on disk when it was killed, in bytes.
	rows := func(name string) int64 {
		if _, err := os.Stat(filepath.Join(dir, name, "chain-1.state")); err != nil {
			return -1 // it had not begun
		}
		info, err := os.Stat(filepath.Join(dir, name, "chain-1.draws"))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	sizes := make([][]int64, len(killable))
	kills := 0
	life := 100 * time.Millisecond
	for finished := false; !finished; life += life / 5 { // longer, for machines on which little is done in one
		cmd := exec.Command(self, "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s", env, strings.Join(paces, ","), dir))
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(life, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
			t.Fatalf("after %d kills: %v\n%s", kills, err, &out)
		}
		if finished = err == nil; !finished {
			kills++
		}
		for i, k := range killable {
			sizes[i] = append(sizes[i], rows(k.name))
		}
	}
	for i, k := range killable {
		all := sizes[i][kills]
		warmUp, after := 0, 0
		for _, size := range sizes[i][:kills] {
			if size == 0 {
				warmUp++
			} else if size > 0 && size < all {
				after++
			}
		}
		if warmUp == 0 || after == 0 {
			t.Errorf("%s was killed %d times in the warm-up and %d times after it", k.name, warmUp, after)
		}
		got, err := killed(i, filepath.Join(dir, k.name), 0)
		if err != nil {
			t.Fatalf("%s: %v", k.name, err)
		}
		if d := cmp.Diff(want[i], got, sameRun); d != "" {
			t.Errorf("%s, killed %d times in the warm-up and %d times after it: %s", k.name, warmUp, after, d)
		}
	}
}
