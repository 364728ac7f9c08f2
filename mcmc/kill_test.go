package mcmc_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/mcmc"
)

// sameRun compares all of a run but the kernels, which hold functions.
var sameRun = cmpopts.IgnoreFields(mcmc.Run{}, "Kernels")

// killed is the run that is killed: a target so slow that two workers need 0.17
// seconds at least.
func killed(dir string) (*mcmc.Run, error) {
	slow := mcmc.Func(2, func(x []float64) float64 {
		if dir != "" {
			time.Sleep(250 * time.Microsecond)
		}
		return -(x[0]*x[0] + x[1]*x[1]) / 2
	})
	return mcmc.Sample(context.Background(), walk{1}, slow, mcmc.Config{Chains: 3, Draws: 400, Seed: 7,
		Checkpoint: dir, CheckpointEvery: time.Millisecond, Workers: 2})
}

// A run that is killed again and again, each time at another moment, ends with
// the draws of one that was left alone.
func TestKill(t *testing.T) {
	const env = "BELIEF_TEST_KILLED_RUN"
	if dir := os.Getenv(env); dir != "" {
		if _, err := killed(dir); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	kills := 0
	patience := 30 * time.Millisecond // grows: a start may take longer
	for finished := false; !finished; {
		cmd := exec.Command(self, "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), env+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(patience, func() { cmd.Process.Kill() })
		patience += patience / 2
		err := cmd.Wait()
		timer.Stop()
		if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
			t.Fatalf("after %d kills: %v", kills, err)
		}
		if finished = err == nil; !finished {
			kills++
		}
	}
	if kills < 2 {
		t.Errorf("killed only %d times", kills)
	}
	want, err := killed("")
	if err != nil {
		t.Fatal(err)
	}
	got, err := killed(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, sameRun); d != "" {
		t.Errorf("after %d kills: %s", kills, d)
	}
}
