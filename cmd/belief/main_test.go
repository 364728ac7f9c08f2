package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// asTool makes the test binary behave as the tool, so that tests can see it as
// shells do.
const asTool = "BELIEF_TEST_AS_TOOL"

func TestMain(m *testing.M) {
	if os.Getenv(asTool) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process prepares the tool as a process of its own.
func process(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asTool+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return cmd, &stderr
}

func TestProcess(t *testing.T) {
	cmd, stderr := process(t, "query", "asia", "-e", "smoke=yes", "-t", "smoke", "--format", "csv")
	out, err := cmd.Output()
	if err != nil || string(out) != "variable,state,probability\nsmoke,yes,1\nsmoke,no,0\n" || stderr.Len() > 0 {
		t.Errorf("%v %q %q", err, out, stderr)
	}
	cmd, stderr = process(t, "query", "asai")
	err = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.HasPrefix(stderr.String(), "belief: no such file") {
		t.Errorf("%v %q", err, stderr)
	}
}

func TestProcessInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no interrupt to send to a process")
	}
	cmd, stderr := process(t, "query", "-", "-v")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		// When everything written is taken, the process runs and waits for more.
		_, err := io.WriteString(in, "network n { }\n"+strings.Repeat("// waiting\n", 1<<16))
		if err == nil {
			err = cmd.Process.Signal(os.Interrupt)
		}
		if err != nil {
			t.Errorf("no interrupt: %v", err)
			cmd.Process.Kill()
		}
		done <- cmd.Wait()
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("an interrupt does not end it")
	}
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || stderr.String() != "belief: interrupted\n" {
		t.Errorf("status %d, stderr %q", code, stderr)
	}
}

// Nobody hears of a reader that went away, whether the system ends the process by
// a signal or its write fails.
func TestProcessClosedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	cmd, stderr := process(t, "query", "asia")
	cmd.Stdout = w
	cmd.Run()
	w.Close()
	if stderr.Len() > 0 {
		t.Errorf("%v: %q", cmd.ProcessState, stderr)
	}
}
