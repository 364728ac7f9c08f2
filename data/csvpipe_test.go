//go:build unix

package data

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/belief-go/belief"
)

// A pipe is read once into memory, or refused.
func TestCSVPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	_, err := OpenCSV(path, CSVOptions{})
	var config *belief.ConfigError
	if !errors.As(err, &config) || config.Field != "path" {
		t.Errorf("opening a pipe: %v", err)
	}
	for _, text := range []string{"k,x\na,1\nb,2\n", string(packed([]byte("k,x\na,1\nb,2\n")))} {
		go os.WriteFile(path, []byte(text), 0o600)
		table, err := ReadCSVFile(path, CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if table.Rows() != 2 || len(table.Columns()) != 2 || table.Columns()[0].Name != "k" {
			t.Errorf("%d rows of %v", table.Rows(), table.Columns())
		}
	}
	go os.WriteFile(path, []byte("x\n"+strings.Repeat("1\n", 100)), 0o600)
	var large *belief.TooLargeError
	if _, err := ReadCSVFile(path, CSVOptions{Limits: Limits{Memory: 100}}); !errors.As(err, &large) {
		t.Errorf("a pipe over the limit: %v", err)
	}
}
