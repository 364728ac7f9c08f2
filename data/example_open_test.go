package data_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"compress/gzip"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A file is opened the same way whether it is compressed or not, and one that
// grows out of all proportion is stopped.
func ExampleLimits() {
	path := filepath.Join(os.TempDir(), "zeros.gz")
	f, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	defer os.Remove(path)
	w := gzip.NewWriter(f)
	w.Write(make([]byte, 1<<20))
	w.Close()
	f.Close()

	for _, lim := range []data.Limits{{}, {Stream: 1 << 10}} {
		r, err := data.Open(path, lim)
		if err != nil {
			panic(err)
		}
		n, err := io.Copy(io.Discard, r)
		var large *belief.TooLargeError
		fmt.Println(n, "bytes; too large:", errors.As(err, &large))
		r.Close()
	}
	// Output:
	// 1048576 bytes; too large: false
	// 1024 bytes; too large: true
}
