package bif

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/datadir"
)

// networks returns the files of the bnlearn repository, and skips the test if they
// are not there.
func networks(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(datadir.Path(t, "bif"), "*.bif"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no networks: %v", err)
	}
	return files
}

// TestRepository reads all networks, compares each entry with what a simple
// reader of that dialect finds, and writes and reads them again.
func TestRepository(t *testing.T) {
	for _, file := range networks(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			net, err := ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if net.NumVariables() != strings.Count(string(data), "\nvariable ") {
				t.Errorf("%d variables", net.NumVariables())
			}
			simple := simpleRows(t, string(data))
			for _, v := range net.Variables() {
				scope := []string{v.Name()}
				for _, p := range net.Parents(v) {
					scope = append(scope, p.Name())
				}
				rows := simple[strings.Join(scope, " ")]
				table := net.Conditional(v).(*graphical.Table)
				if table.NumRows() != len(rows) {
					t.Fatalf("%q has %d rows, want %d", scope, table.NumRows(), len(rows))
				}
				states, names := make([]int, len(scope)-1), make([]string, len(scope)-1)
				for r := range table.NumRows() {
					for i, s := range table.RowStates(states, r) {
						names[i] = net.Parents(v)[i].States()[s]
					}
					if want := rows[strings.Join(names, " ")]; !slices.Equal(table.Row(r), want) {
						t.Fatalf("%q, row %q: %v, want %v", scope, names, table.Row(r), want)
					}
				}
			}

			text, err := Marshal(net)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Unmarshal(text)
			if err != nil {
				t.Fatal(err)
			}
			if want, got := contentOf(net), contentOf(again); !reflect.DeepEqual(want, got) {
				t.Errorf("read after write (-want +got):\n%.2000s", cmp.Diff(want, got))
			}
			if head := firstBlocks(data); !bytes.HasPrefix(text, head) {
				t.Errorf("the first %d bytes are not as bnlearn writes them", len(head))
			}
		})
	}
}

// firstBlocks returns the network block and the variable blocks.
func firstBlocks(data []byte) []byte {
	return data[:bytes.Index(data, []byte("\nprobability"))+1]
}

// simpleRows reads the rows of a well-formed file of the repository, by "child
// parents" and the parents' states.
func simpleRows(t *testing.T, text string) map[string]map[string][]float64 {
	tables := map[string]map[string][]float64{}
	words := strings.NewReplacer("(", " ", ")", " ", ",", " ", "|", " ", "{", " ", ";", " ")
	var table map[string][]float64
	parents := 0
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "probability"):
			fields := strings.Fields(words.Replace(line))
			table = map[string][]float64{}
			tables[strings.Join(fields[1:], " ")] = table
			parents = len(fields) - 2
		case strings.HasPrefix(line, "  (") || strings.HasPrefix(line, "  table"):
			fields := strings.Fields(words.Replace(line))
			if parents == 0 {
				fields = fields[1:]
			}
			row := make([]float64, 0, len(fields)-parents)
			for _, number := range fields[parents:] {
				x, err := strconv.ParseFloat(number, 64)
				if err != nil {
					t.Fatal(err)
				}
				row = append(row, x)
			}
			table[strings.Join(fields[:parents], " ")] = row
		}
	}
	return tables
}

// BenchmarkRead reads the networks from memory; the unit is bytes of text.
func BenchmarkRead(b *testing.B) {
	for _, file := range networks(b) {
		data, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strings.TrimSuffix(filepath.Base(file), ".bif"), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Unmarshal(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWrite writes the networks to memory.
func BenchmarkWrite(b *testing.B) {
	for _, file := range networks(b) {
		net, err := ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strings.TrimSuffix(filepath.Base(file), ".bif"), func(b *testing.B) {
			var buf bytes.Buffer
			b.ReportAllocs()
			for b.Loop() {
				buf.Reset()
				if err := Write(&buf, net); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(buf.Len()))
		})
	}
}
