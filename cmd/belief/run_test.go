package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// A result is what one call leaves behind.
type result struct {
	status         int
	stdout, stderr string
}

// call runs one command line.
func call(stdin string, args ...string) result {
	var out, err bytes.Buffer
	status := run(context.Background(), args, strings.NewReader(stdin), &out, &err)
	return result{status, out.String(), err.String()}
}

// callTool runs one command line on a tool that a test has changed.
func callTool(ctx context.Context, change func(*tool), args ...string) result {
	var out, err bytes.Buffer
	t := newTool(strings.NewReader(""), &out, &err)
	change(t)
	status := t.run(ctx, args)
	return result{status, out.String(), err.String()}
}

// mustSucceed returns the data of a call that prints nothing else.
func mustSucceed(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	r := call(stdin, args...)
	if r.status != exitDone || r.stderr != "" {
		t.Fatalf("belief %q: status %d, stderr %q", args, r.status, r.stderr)
	}
	return r.stdout
}

// oneError checks that a call prints nothing but one line of error.
func oneError(t *testing.T, r result, status int, want string) {
	t.Helper()
	if r.status != status || r.stdout != "" {
		t.Errorf("status %d, want %d; stdout %q, stderr %q", r.status, status, r.stdout, r.stderr)
	}
	text, ok := strings.CutPrefix(r.stderr, "belief: ")
	if !ok || !strings.HasSuffix(text, "\n") || strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\r\x1b\x00") {
		t.Errorf("stderr is not one line of error: %q", r.stderr)
	}
	if !strings.Contains(text, want) {
		t.Errorf("error %q does not say %q", text, want)
	}
}

// write makes a file in a new directory and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// A stub is an engine that does what a test wants.
type stub func(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error)

func (stub) Name() string { return "stub" }

func (s stub) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error) {
	return s(ctx, m, ev, targets...)
}

// with makes a tool answer by a stub.
func with(s stub) func(*tool) {
	return func(t *tool) {
		t.engine = func(string, inference.TreeConfig) (inference.Engine, error) { return s, nil }
	}
}

// vague is an engine that does not converge.
var vague stub = func(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error) {
	post, err := inference.Enumeration{}.Marginals(ctx, m, ev, targets...)
	if err != nil {
		return nil, err
	}
	post.Method, post.Converged, post.Iterations, post.Residual = "vague", false, 7, 0.25
	post.LogEvidence.Kind = belief.Approximation
	return post, nil
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, `no command given, for example: belief query asia -e smoke=yes -t lung; see "belief help"`},
		{[]string{"qury", "asia"}, `unknown command "qury"; did you mean "query"?; see "belief help"`},
		{[]string{"frobnicate"}, `unknown command "frobnicate"; known are completion, diagnose, dist, dot, eval, fit, info, query, sample`},
		{[]string{"--fromat", "json"}, `unknown flag "--fromat"; did you mean "--format"?`},
		{[]string{"help", "qury"}, `unknown command "qury"; did you mean "query"?; see "belief help"`},
		{[]string{"completion"}, `no shell given: bash, fish, powershell or zsh`},
		{[]string{"completion", "fsh"}, `unknown shell "fsh"; did you mean "fish"`},
		{[]string{"completion", "command.com"}, `unknown shell "command.com"; known are bash, fish, powershell, zsh`},
		{[]string{"query", "asia", "--method", "guessing"}, `unknown method "guessing"; known are auto, enumeration, `},
		{[]string{"completion", "bash", "x"}, `unknown command "x"`},
		{[]string{"query"}, `no network given: name a file, a textbook network such as "asia", or "-" for standard input; see "belief help query"`},
		{[]string{"info"}, `no network given`},
		{[]string{"dot"}, `no network given`},
		{[]string{"query", "asia", "cancer"}, `one network at a time, got "asia" and "cancer"`},
		{[]string{"query", "asia", "--evidense", "x"}, `did you mean "--evidence"`},
		{[]string{"query", "asia", "--xyzzy"}, `unknown flag "--xyzzy"; see "belief help query"`},
		{[]string{"query", "asia", "-Z"}, `unknown shorthand flag: 'Z'`},
		{[]string{"query", "asia", "-e"}, `flag needs an argument: 'e' in -e`},
		{[]string{"query", "asia", "-e", "smoke"}, `-e wants VAR=STATE, got "smoke"`},
		{[]string{"query", "asia", "-e", "=yes"}, `-e wants VAR=STATE, got "=yes"`},
		{[]string{"query", "asia", "-e", "smoke="}, `-e wants VAR=STATE, got "smoke="`},
		{[]string{"query", "asia", "--method", "junction-tre"}, `unknown method "junction-tre"; did you mean "junction-tree"?`},
		{[]string{"query", "asia", "--format", "xml"}, `want table, json or csv`},
		{[]string{"query", "asia", "--progress", "often"}, `want auto or never`},
		{[]string{"query", "asia", "--memory", "lots"}, `want a size such as 512MiB`},
		{[]string{"query", "asia", "--memory", "-1"}, `invalid argument "-1" for "--memory" flag: want at least one byte; see`},
		{[]string{"query", "asia", "--memory", "0"}, `invalid argument "0" for "--memory" flag: want at least one byte; see`},
		{[]string{"query", "asia", "--memory", "8192PiB"}, `want less than 8192PiB`},
		{[]string{"query", "asia", "--workers", "-2"}, `invalid argument "-2" for "--workers" flag: want a whole number from 0 to 2147483647; see`},
		{[]string{"query", "asia", "--workers", "two"}, `invalid argument "two" for "--workers" flag: want a whole number from 0 to 2147483647; see`},
		{[]string{"query", "asia", "--seed", "-1"}, `invalid argument "-1" for "--seed" flag: want a whole number from 0 to 18446744073709551615; see`},
		{[]string{"query", "asia", "--time-limit", "foo"}, `invalid argument "foo" for "--time-limit" flag: want a time such as 30s, 5m or 1h30m, or 0 for no limit; see`},
		{[]string{"query", "asia", "--time-limit", "5"}, `want a time such as 30s`},
		{[]string{"query", "asia", "--time-limit", "-5s"}, `want a time such as 30s, 5m or 1h30m`},
		{[]string{"query", "asia", "-q", "-v"}, `--quiet and --verbose exclude each other`},
		{[]string{"query", "-", "--evidence-file", "-"}, `standard input cannot be both`},
		{[]string{"info", "asia", "-e", "smoke=yes"}, `unknown shorthand flag`},
		{[]string{"dot", "asia", "--format", "csv"}, `there is no csv of a graph; see "belief help dot"`},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			oneError(t, call("", c.args...), exitUsage, c.want)
		})
	}
}

func TestHelp(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"help"}, []string{"Usage:\n  belief COMMAND\n\n", "belief query asia -e smoke=yes -t lung", "--memory SIZE", "(default 4GiB)", "--time-limit DURATION", "0 is never\n", "all random choices derive from\n", "130 when interrupted"}},
		{[]string{"--help"}, []string{"Usage:\n  belief COMMAND\n\n"}},
		{[]string{"help", "query"}, []string{"belief query NET", "Examples:", "--evidence-file FILE", "variable-elimination", "-o, --output FILE"}},
		{[]string{"query", "--help"}, []string{"belief query NET"}},
		{[]string{"help", "info"}, []string{"belief info NET", "Examples:"}},
		{[]string{"help", "dot"}, []string{"belief dot NET", "Examples:"}},
		{[]string{"help", "help"}, []string{"belief help [COMMAND]"}},
		{[]string{"help", "completion", "zsh"}, []string{"zsh"}},
	} {
		out := mustSucceed(t, "", c.args...)
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("belief %q does not print %q:\n%s", c.args, want, out)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	if out := mustSucceed(t, "", "--version"); out != "belief "+belief.Version+"\n" {
		t.Errorf("version %q", out)
	}
}

// Global flags may come before the command, too.
func TestFlagsAnywhere(t *testing.T) {
	want := mustSucceed(t, "", "query", "asia", "-t", "lung", "--format", "csv")
	for _, args := range [][]string{
		{"--format", "csv", "query", "asia", "-t", "lung"},
		{"query", "--format=csv", "--target=lung", "asia"},
		{"query", "-tlung", "--format=csv", "--", "asia"},
	} {
		if diff := cmp.Diff(want, mustSucceed(t, "", args...)); diff != "" {
			t.Errorf("%q: %s", args, diff)
		}
	}
}

func TestNotConverged(t *testing.T) {
	args := []string{"query", "asia", "-t", "lung"}
	r := callTool(context.Background(), with(vague), args...)
	const text = "vague did not converge in 7 iterations (residual 0.25): the answer is not to be relied on; try another --method\n"
	if r.status != exitDone || r.stderr != "belief: warning: "+text || !strings.Contains(r.stdout, "lung") {
		t.Errorf("%+v", r)
	}
	r = callTool(context.Background(), with(vague), append(args, "--strict")...)
	if r.status != exitNotConverged || r.stderr != "belief: "+text || !strings.Contains(r.stdout, "log evidence 0, approximation") {
		t.Errorf("%+v", r)
	}
	r = callTool(context.Background(), with(vague), append(args, "-q")...)
	if r.status != exitDone || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	if r := call("", append(args, "--strict")...); r.status != exitDone {
		t.Errorf("an exact answer under --strict: %+v", r)
	}
}

// An interrupt ends a query even in an engine that does not look at its context,
// and one that waits for standard input.
func TestInterrupt(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	deaf := stub(func(context.Context, graphical.Model, graphical.Evidence, ...string) (*inference.Posterior, error) {
		<-release
		return nil, errors.New("too late")
	})
	silent, _ := io.Pipe()
	for name, c := range map[string]struct {
		change func(*tool)
		args   []string
	}{
		"engine":        {with(deaf), []string{"query", "asia"}},
		"network":       {func(t *tool) { t.stdin = silent }, []string{"query", "-"}},
		"evidence file": {func(t *tool) { t.stdin = silent }, []string{"query", "asia", "--evidence-file", "-"}},
		"info":          {func(t *tool) { t.stdin = silent }, []string{"info", "-"}},
		"dot":           {func(t *tool) { t.stdin = silent }, []string{"dot", "-"}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(20*time.Millisecond, cancel)
			r := callTool(ctx, c.change, c.args...)
			oneError(t, r, exitInterrupted, "interrupted")
			r = callTool(context.Background(), c.change, append(c.args, "--time-limit", "20ms")...)
			oneError(t, r, exitFailed, "not done within the time limit of 20ms; raise --time-limit")
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	oneError(t, callTool(ctx, func(*tool) {}, "query", "asia"), exitInterrupted, "interrupted")
}

// A polite engine returns the context's error itself.
func TestInterruptedEngine(t *testing.T) {
	polite := stub(func(ctx context.Context, _ graphical.Model, _ graphical.Evidence, _ ...string) (*inference.Posterior, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	r := callTool(context.Background(), with(polite), "query", "asia", "--time-limit", "10ms")
	oneError(t, r, exitFailed, "time limit of 10ms")
}

// closed is a pipe that nobody reads any more.
type closed struct{}

func (closed) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

func TestClosedPipe(t *testing.T) {
	for _, args := range [][]string{{"query", "asia"}, {"info", "asia"}, {"dot", "asia"}, {"help"}, {"--version"}} {
		var stderr bytes.Buffer
		if status := run(context.Background(), args, strings.NewReader(""), closed{}, &stderr); status != exitDone || stderr.Len() > 0 {
			t.Errorf("%q: status %d, stderr %q", args, status, &stderr)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "out", Err: syscall.ENOSPC}
}

func TestFullDisk(t *testing.T) {
	var stderr bytes.Buffer
	status := run(context.Background(), []string{"query", "asia"}, strings.NewReader(""), full{}, &stderr)
	oneError(t, result{status, "", stderr.String()}, exitFailed, syscall.ENOSPC.Error())
}

func TestProgress(t *testing.T) {
	var report func(inference.Progress)
	watched := func(terminal bool) func(*tool) {
		return func(t *tool) {
			t.patience = 0
			t.terminal = func(io.Writer) bool { return terminal }
			t.engine = func(_ string, cfg inference.TreeConfig) (inference.Engine, error) {
				report = cfg.Progress
				return stub(func(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error) {
					if report != nil {
						report(inference.Progress{Done: 0, Total: 0})
						report(inference.Progress{Done: 3e9, Total: 4e9})
					}
					return inference.Enumeration{}.Marginals(ctx, m, ev, targets...)
				}), nil
			}
		}
	}
	var stderr io.Writer
	r := callTool(context.Background(), func(t *tool) { watched(true)(t); stderr = t.stderr }, "query", "asia")
	if r.status != exitDone || !strings.Contains(r.stderr, "75%") || strings.Contains(r.stdout, "75%") {
		t.Errorf("on a terminal: %+v", r)
	}
	report(inference.Progress{Done: 4e9, Total: 4e9}) // too late
	if after := stderr.(*bytes.Buffer).String(); after != r.stderr {
		t.Errorf("after the end it prints %q", after[len(r.stderr):])
	}
	for _, c := range []struct {
		terminal bool
		flag     string
	}{{false, "--progress=auto"}, {true, "--progress=never"}, {true, "--quiet"}} {
		r := callTool(context.Background(), watched(c.terminal), "query", "asia", c.flag)
		if r.status != exitDone || r.stderr != "" || report != nil {
			t.Errorf("terminal %v, %s: %+v", c.terminal, c.flag, r)
		}
	}
	r = callTool(context.Background(), func(t *tool) { watched(true)(t); t.patience = time.Hour }, "query", "asia")
	if r.status != exitDone || r.stderr != "" {
		t.Errorf("short work: %+v", r)
	}
}

func TestIsTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if isTerminal(f) || isTerminal(io.Discard) {
		t.Error("a file is no terminal")
	}
}

// The flags mean to inference what they say.
func TestSettings(t *testing.T) {
	var method string
	var got inference.TreeConfig
	r := callTool(context.Background(), func(t *tool) {
		t.engine = func(m string, cfg inference.TreeConfig) (inference.Engine, error) {
			method, got = m, cfg
			return inference.NewEngine(m, cfg)
		}
	}, "query", "asia", "--seed", "18446744073709551615", "--workers", "3", "--memory", "1.5MB", "--method", "junction-tree")
	if r.status != exitDone {
		t.Fatalf("%+v", r)
	}
	want := inference.TreeConfig{Order: graphical.OrderConfig{Seed: 1<<64 - 1}, Workers: 3, MemoryBudget: 1500000}
	if got.Progress = nil; method != "junction-tree" || cmp.Diff(want, got) != "" {
		t.Errorf("%s %+v", method, got)
	}
}

func TestVerbose(t *testing.T) {
	r := call("", "query", "asia", "-v")
	lines := strings.Split(strings.TrimSpace(r.stderr), "\n")
	if r.status != exitDone || len(lines) != 2 || !strings.HasPrefix(lines[0], "belief: textbook:asia: 8 variables, read in ") ||
		!strings.HasPrefix(lines[1], "belief: junction-tree answered in ") {
		t.Errorf("%+v", r)
	}
}

func TestStats(t *testing.T) {
	for _, args := range [][]string{{"query", "asia"}, {"query", "asia", "-q", "--format", "json"}, {"query", "asia", "-t", "lung"}, {"info", "asia"}} {
		plain := mustSucceed(t, "", args...)
		r := call("", append(args, "--stats")...)
		if r.status != exitDone || r.stdout != plain || !strings.HasPrefix(r.stderr, "time to read ") {
			t.Errorf("%q: %+v", args, r)
		}
		if args[0] == "query" && (!strings.Contains(r.stderr, "time to answer") || !strings.Contains(r.stderr, "total table entries") || !strings.Contains(r.stderr, "elimination order")) {
			t.Errorf("%q: %s", args, r.stderr)
		}
	}
}
