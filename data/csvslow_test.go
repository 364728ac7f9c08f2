package data

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// randomCSV is a table of so many normal numbers per row, with 17, 6 or 2 digits.
func randomCSV(rows, columns, digits int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	var text []byte
	for j := range columns {
		text = append(text, 'x')
		text = strconv.AppendInt(text, int64(j), 10)
		text = append(text, ",\n"[min(1, (j+1)/columns)])
	}
	for range rows {
		for j := range columns {
			text = strconv.AppendFloat(text, r.NormFloat64(), 'g', digits, 64)
			text = append(text, ",\n"[min(1, (j+1)/columns)])
		}
	}
	return text
}

func BenchmarkReadCSV(b *testing.B) {
	for _, digits := range []int{2, 6, 17} {
		text := randomCSV(20000, 10, digits)
		b.Run(strconv.Itoa(digits)+"digits", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := ReadCSV(bytes.NewReader(text), CSVOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCSVPass(b *testing.B) {
	for _, digits := range []int{2, 6, 17} {
		text := randomCSV(20000, 10, digits)
		path := filepath.Join(b.TempDir(), "f.csv")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			b.Fatal(err)
		}
		src := must(OpenCSV(path, CSVOptions{}))(b)
		b.Run(strconv.Itoa(digits)+"digits", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for _, err := range Batches(src, Order{}, 0) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// Copying rows out of memory is what a pass over a table costs.
func BenchmarkTablePass(b *testing.B) {
	for _, shuffle := range []bool{false, true} {
		for _, columns := range []int{4, 50} {
			src := must(FromMatrix(make([]float64, 100_000*columns), columns))(b)
			b.Run(strconv.Itoa(columns)+"columns,shuffle="+strconv.FormatBool(shuffle), func(b *testing.B) {
				b.SetBytes(int64(8 * len(src.Matrix())))
				for b.Loop() {
					for _, err := range Batches(src, Order{Shuffle: shuffle}, 256) {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// Ten million rows go through, in order and shuffled, in memory that is bounded: the
// heap stays below 64 MiB with a window of 8 MiB. Run it by BELIEF_SLOW=1.
func TestSlowCSVTenMillionRows(t *testing.T) {
	if os.Getenv("BELIEF_SLOW") == "" {
		t.Skip("takes a while; set BELIEF_SLOW to run it")
	}
	const rows = 10_000_000
	path := filepath.Join(t.TempDir(), "large.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	size, err := io.Copy(f, &rowWriter{rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var most uint64
	look := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
	}
	report := func(what string, start time.Time) {
		took := time.Since(start).Seconds()
		t.Logf("%s: %.2f s, %.0f MB/s", what, took, float64(size)/1e6/took)
	}
	start := time.Now()
	src := must(OpenCSV(path, CSVOptions{Window: 1 << 18}))(t)
	report("opening", start)
	look()
	for _, o := range []Order{{}, {Shuffle: true}} {
		start = time.Now()
		n, sum, batches := 0, 0.0, 0
		for b, err := range Batches(src, o, 0) {
			if err != nil {
				t.Fatal(err)
			}
			for i := range b.Rows {
				sum += b.Row(i)[0]
			}
			n += b.Rows
			if batches++; batches%100 == 0 {
				look()
			}
		}
		report("a pass", start)
		if n != rows || sum != rows*(rows-1)/2 {
			t.Errorf("%d rows that add up to %v", n, sum)
		}
	}
	t.Logf("%d rows, %d bytes, at most %.1f MiB of heap", rows, size, float64(most)/(1<<20))
	if most > 64<<20 {
		t.Errorf("%d bytes of heap", most)
	}
}
