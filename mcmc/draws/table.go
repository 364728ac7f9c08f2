package draws

// Tables of text: Stan's files, and those of any other program that writes a row
// for each draw.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A role is what a column of a table is for.
type role uint8

const (
	ofQuantity role = iota
	ofStat
	ofChain     // the chain's number or name
	ofIteration // the number of the draw in its chain
	ofNothing   // names of rows, numbers of draws over all chains
)

// A table is one that is being read.
type table struct {
	*source
	d         *Draws
	separator byte
	columns   []role // nil before the header
	stan      bool
	settings  map[string]string

	order     map[string]int // of the chain of that name
	last      []float64      // iteration of each chain
	rows      int
	adapted   bool // "Adaptation terminated" was seen
	warmedUp  int  // rows of warm-up, if the file says
	cellsHere []cell
	values    []float64
}

// adaptationLine is the comment between Stan's warm-up and its draws.
const adaptationLine = "Adaptation terminated"

// readTable reads a table to its end.
func readTable(s *source) (*Draws, error) {
	t := &table{source: s, settings: map[string]string{}, order: map[string]int{}}
	for {
		line, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := t.read(line); err != nil {
			return nil, err
		}
	}
	if t.d == nil {
		return nil, t.fail(0, "there are no draws in it", nil)
	}
	t.finish()
	return t.d, nil
}

// read takes one line in.
func (t *table) read(line []byte) error {
	trimmed := bytes.TrimSpace(line)
	switch {
	case len(trimmed) == 0:
		return nil
	case trimmed[0] == '#':
		return t.comment(trimmed[1:])
	case t.columns == nil:
		return t.header(line)
	}
	return t.row(line)
}

// comment takes a comment in: a setting before the header, a remark after it.
func (t *table) comment(text []byte) error {
	words := strings.TrimSpace(string(text))
	if t.columns == nil {
		name, value, ok := strings.Cut(words, "=")
		if ok {
			value = strings.TrimSuffix(strings.TrimSpace(value), "(Default)")
			if err := t.take(len(words) + 64); err != nil {
				return err
			}
			t.settings[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
		return nil
	}
	switch {
	case words == "":
		return nil
	case strings.HasPrefix(words, adaptationLine):
		if !t.adapted && len(t.d.Chains) == 1 {
			t.adapted = true
			t.endWarmUp(t.rows)
		}
		return nil
	}
	if err := t.take(len(text) + 32); err != nil {
		return err
	}
	// Chains in one file share its comments.
	if len(t.d.Chains) == 0 {
		t.chain("1")
	}
	line := strings.TrimRight(strings.TrimPrefix(string(text), " "), " \t")
	return t.d.Comment(len(t.d.Chains)-1, line)
}

// endWarmUp makes the first rows of the only chain its warm-up.
func (t *table) endWarmUp(rows int) {
	c := t.d.Chains[0]
	v, s := rows*len(t.d.Names), rows*len(t.d.Stats)
	c.WarmUp, c.Values = c.Values[:v:v], c.Values[v:]
	c.WarmUpStats, c.Stats = c.Stats[:s:s], c.Stats[s:]
	t.warmedUp = rows
}

// header takes the first line in that is no comment: names, or numbers already.
func (t *table) header(line []byte) error {
	_, cmdstan := t.settings["num_samples"]
	_, rstan := t.settings["iter"]
	t.separator = ','
	if !cmdstan && !rstan {
		t.separator = separatorOf(line)
	}
	var err error
	if t.cellsHere, err = t.cells(nil, line, t.separator); err != nil {
		return err
	}
	if err := t.take(len(line) + 64*len(t.cellsHere)); err != nil {
		return err
	}
	names := make([]string, len(t.cellsHere))
	isNumber, isName := -1, -1
	for i, c := range t.cellsHere {
		names[i] = string(c.text)
		if x, err := parseNumber(c.text); err != nil {
			isName = i
		} else if !math.IsNaN(x) {
			isNumber = i
		}
	}
	numbers := isName < 0
	switch {
	case !numbers && isNumber >= 0:
		return t.fail(column(line, t.cellsHere[isName].at), fmt.Sprintf("%.40q is not a number, and %.40q is no name; the first row has names, or it has numbers",
			names[isName], names[isNumber]), nil)
	case !numbers && !t.whole:
		return t.fail(0, "the file ends in its header", nil)
	case numbers:
		for i := range names {
			names[i] = fmt.Sprintf("x[%d]", i+1)
		}
	}
	t.stan = cmdstan || rstan || slices.Contains(names, LogDensity) && t.separator == ','
	if err := t.assign(line, names); err != nil {
		return err
	}
	if numbers {
		return t.row(line)
	}
	return nil
}

// assign finds what the columns are for.
func (t *table) assign(line []byte, names []string) error {
	t.columns = make([]role, len(names))
	seen := map[string]int{}
	var quantities, stats []string
	for i, name := range names {
		at := column(line, t.cellsHere[i].at)
		r := roleOf(name, t.stan)
		if i == 0 && name == "" && len(names) > 1 {
			r = ofNothing // row.names
		} else if name == "" {
			return t.fail(at, "a column without a name", nil)
		}
		if t.stan {
			name = bracketName(name)
		}
		if first, twice := seen[name]; twice {
			return t.fail(at, fmt.Sprintf("columns %d and %d are both named %.60q", first+1, i+1, name), nil)
		}
		seen[name] = i
		t.columns[i] = r
		switch r {
		case ofQuantity:
			quantities = append(quantities, name)
		case ofStat:
			stats = append(stats, name)
		}
	}
	for _, only := range []role{ofChain, ofIteration} {
		if first := slices.Index(t.columns, only); first >= 0 {
			if second := slices.Index(t.columns[first+1:], only); second >= 0 {
				return t.fail(0, fmt.Sprintf("columns %q and %q mean the same", names[first], names[first+1+second]), nil)
			}
		}
	}
	t.d = New(quantities, stats, 0, 0)
	t.values = make([]float64, len(stats)+len(quantities))
	if !slices.Contains(t.columns, ofChain) {
		t.chain("1")
	}
	return nil
}

// roleOf tells from its name what a column is for.
func roleOf(name string, stan bool) role {
	switch strings.ToLower(name) {
	case "chain", ".chain", "chain__", "chain_id", ".chain_id":
		if stan && !strings.HasSuffix(name, statSuffix) {
			break
		}
		return ofChain
	case "iteration", ".iteration", "iteration__", "iter", ".iter", "iter__":
		if stan && !strings.HasSuffix(name, statSuffix) {
			break
		}
		return ofIteration
	case "draw", ".draw", "draw__":
		if stan && name == "draw" {
			break
		}
		return ofNothing
	}
	if strings.HasSuffix(name, statSuffix) {
		return ofStat
	}
	return ofQuantity
}

// chain returns the number of the chain of that name, a new one if need be.
func (t *table) chain(name string) int {
	k, ok := t.order[name]
	if !ok {
		k = len(t.d.Chains)
		t.order[strings.Clone(name)] = k
		t.d.Chains = append(t.d.Chains, &Chain{})
		t.last = append(t.last, math.Inf(-1))
	}
	return k
}

// row takes one draw in.
func (t *table) row(line []byte) error {
	var err error
	if t.cellsHere, err = t.cells(t.cellsHere, line, t.separator); err != nil {
		return t.unlessCut(err)
	}
	if n := len(t.cellsHere); n != len(t.columns) {
		return t.unlessCut(t.fail(0, fmt.Sprintf("want %d cells, as in the first row, got %d", len(t.columns), n), nil))
	}
	if !t.whole && t.stan {
		t.cutShort() // the last number may lack digits
		return nil
	}
	if err := t.take(8*len(t.values) + 8); err != nil {
		return err
	}
	chain, iteration, label := 0, math.NaN(), ""
	quantity, stat := len(t.d.Stats), 0
	for i, c := range t.cellsHere {
		switch t.columns[i] {
		case ofNothing:
			continue
		case ofChain:
			label = string(c.text)
			continue
		}
		x, err := parseNumber(c.text)
		if err != nil {
			return t.unlessCut(t.fail(column(line, c.at), fmt.Sprintf("%.40q is %v", c.text, err), nil))
		}
		switch t.columns[i] {
		case ofQuantity:
			t.values[quantity] = x
			quantity++
		case ofStat:
			t.values[stat] = x
			stat++
		case ofIteration:
			iteration = x
		}
	}
	if label != "" {
		if _, known := t.order[label]; !known {
			if err := t.take(len(label) + 256); err != nil {
				return err
			}
		}
		chain = t.chain(label)
	} else if slices.Contains(t.columns, ofChain) {
		return t.unlessCut(t.fail(0, "the row does not say which chain it is of", nil))
	}
	if slices.Contains(t.columns, ofIteration) {
		if !(iteration > t.last[chain]) {
			return t.unlessCut(t.fail(0, fmt.Sprintf("iteration %v comes after %v in the same chain", iteration, t.last[chain]), nil))
		}
		t.last[chain] = iteration
	}
	t.rows++
	return t.d.Draw(chain, false, t.values[:len(t.d.Stats)], t.values[len(t.d.Stats):])
}

// unlessCut forgives the last line if it is not whole.
func (t *table) unlessCut(err error) error {
	if t.whole || t.rows == 0 && !t.stan {
		return err
	}
	t.cutShort()
	return nil
}

// finish separates warm-up that only the settings tell of, and looks whether all
// draws are there.
func (t *table) finish() {
	if !t.stan || len(t.d.Chains) != 1 {
		return
	}
	thin := max(t.setting("thin"), 1)
	warmUp, draws := t.setting("num_warmup"), t.setting("num_samples")
	if iter := t.setting("iter"); iter > 0 { // RStan
		warmUp = t.setting("warmup")
		draws = max(iter-warmUp, 0)
	}
	if !t.adapted && isTrue(t.settings["save_warmup"]) {
		t.endWarmUp(min(ceil(warmUp, thin), t.rows))
	}
	if want, got := ceil(draws, thin), t.rows-t.warmedUp; got < want {
		t.warn("incomplete", "the file has %d of the %d draws that its settings announce: the run is still writing or was killed", got, want)
	}
}

// setting is the whole number that a setting has, 0 if it has none.
func (t *table) setting(name string) int {
	n, err := strconv.Atoi(t.settings[name])
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0
	}
	return n
}

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

func ceil(n, thin int) int { return (n + thin - 1) / thin }
