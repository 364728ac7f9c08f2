package main

import (
	"strings"
	"testing"
)

// Where no tree fits, evidence that is probable enough takes rejection, and rare
// evidence a Markov chain, which is said unless nothing is to be said. With a tree
// there is nothing to say.
func TestSampleFallsBack(t *testing.T) {
	rare := []string{"sample", "asia", "-n", "200", "-e", "tub=yes", "-e", "asia=yes"}
	for _, c := range []struct {
		args   []string
		method string
		warned string // "" for no warning
	}{
		{rare, "junction-tree", ""},
		{append(rare, "--memory", "50"), "gibbs", "a Markov chain (gibbs), one for every 10 sweeps"},
		{append(rare, "--memory", "50", "--thin", "3"), "gibbs", "a Markov chain (gibbs), one for every 3 sweeps"},
		{[]string{"sample", "asia", "-n", "200", "-e", "smoke=yes", "--memory", "50"}, "rejection", ""},
		{[]string{"sample", "asia", "-n", "200", "--memory", "50"}, "forward", ""},
	} {
		r := call("", append(c.args, "-v")...)
		if r.status != exitDone || strings.Count(r.stdout, "\n") != 201 || !strings.Contains(r.stderr, "drawing by "+c.method+"\n") ||
			strings.Contains(r.stderr, "warning") != (c.warned != "") || !strings.Contains(r.stderr, c.warned) {
			t.Errorf("%q: status %d, stderr %q", c.args, r.status, r.stderr)
		}
		if r := call("", append(c.args, "-q")...); r.stderr != "" {
			t.Errorf("%q -q: stderr %q", c.args, r.stderr)
		}
	}
	oneError(t, call("", append(rare, "--method", "junction-tree", "--memory", "50")...), exitFailed, "junction tree too large")
}

// A network in which the evidence decides everything has nothing to draw.
func TestQueryDetermined(t *testing.T) {
	const net = "network n { }\nvariable x { type discrete [2] { n, y }; }\nprobability ( x ) { table 0.5, 0.5; }\n"
	r := call(net, "query", "-", "--method", "gibbs", "-e", "x=y")
	if r.status != exitDone || r.stderr != "" || !strings.Contains(r.stdout, "; nothing was left to draw\n") || strings.Contains(r.stdout, "0 sweeps") {
		t.Errorf("%+v", r)
	}
}
