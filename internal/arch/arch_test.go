package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	root   = "../.."
	module = "github.com/belief-go/belief"
)

// TestImports holds every import of the module against the table.
func TestImports(t *testing.T) {
	touch(t)
	pkgs := load(t)
	if !slices.ContainsFunc(pkgs, func(p pkg) bool { return p.path == module }) {
		t.Fatalf("go list does not know %s", module)
	}
	for _, problem := range check(module, pkgs, table) {
		t.Error(problem)
	}
}

// TestTableIsADAG shows that the arrows cannot go round in a circle, whatever
// rooms are built later: of two rooms the table lists the lower one first.
func TestTableIsADAG(t *testing.T) {
	var seen []string
	for _, r := range table {
		if slices.Contains(seen, r.room) {
			t.Errorf("%s has two rows", r.room)
		}
		for _, m := range r.may {
			// A front door may stand before the rooms it opens.
			if !slices.Contains(seen, m) && m != r.room+"/..." {
				t.Errorf("%s may import %s, which is not above it", r.room, m)
			}
		}
		seen = append(seen, r.room)
	}
}

// TestDocument compares the table with the one in ARCHITECTURE.md.
func TestDocument(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "<!-- rooms -->")
	body, _, end := strings.Cut(rest, "<!-- end of rooms -->")
	if !ok || !end {
		t.Fatal("ARCHITECTURE.md has no table between <!-- rooms --> and <!-- end of rooms -->")
	}
	var want, got []string
	for _, r := range table {
		want = append(want, "`"+r.room+"` may import "+r.text())
	}
	today := map[string]string{}
	for line := range strings.Lines(body) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 6 || !strings.Contains(cells[1], "`") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		got = append(got, cells[1]+" may import "+cells[3])
		today[strings.Trim(cells[1], "`")] = cells[4]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ARCHITECTURE.md and internal/arch/table.go differ (-table +document):\n%s", diff)
	}
	for _, p := range load(t) {
		if !p.module {
			continue
		}
		if r := find(table, local(module, p.path)); r != nil && today[r.room] != "yes" {
			t.Errorf("package %s exists, but ARCHITECTURE.md says %q of its room", p.path, today[r.room])
		}
	}
}

// TestCheck shows on made-up houses that the check refuses what it should.
func TestCheck(t *testing.T) {
	own := func(name string, imports ...string) pkg {
		p := pkg{path: module + "/" + name, module: true}
		if name == "." {
			p.path = module
		}
		for _, imp := range imports {
			if own, ok := strings.CutPrefix(imp, "~"); ok {
				imp = module + own
			}
			p.imports = append(p.imports, imp)
		}
		return p
	}
	outside := []pkg{
		{path: "fmt", std: true}, {path: "testing", std: true}, {path: "testing/quick", std: true}, {path: "net", std: true, cgo: true},
		{path: "gonum.org/v1/gonum/mat"}, {path: "github.com/spf13/cobra"},
	}
	const noArrow = "has no such arrow"
	for _, c := range []struct {
		name string
		pkgs []pkg
		want string // part of the only complaint; empty: none
	}{
		{"allowed", []pkg{own("."), own("internal/x", "~"), own("graphical", "fmt", "net", "~", "~/internal/x", "~/data", "~/dist", "gonum.org/v1/gonum/mat"), own("data"), own("dist")}, ""},
		{"backwards", []pkg{own("graphical", "~/inference")}, noArrow},
		{"across", []pkg{own("mcmc", "~/graphical")}, noArrow},
		{"a room below an allowed one is another room", []pkg{own("mcmc", "~/dist/density")}, noArrow},
		{"a part of an allowed room", []pkg{own("cmd/belief", "~/em/linear", "~/viz")}, ""},
		{"within a room", []pkg{own("em/linear", "~/em")}, ""},
		{"front door to formats", []pkg{own("graphical/format", "~/graphical/format/bif")}, ""},
		{"format to front door", []pkg{own("graphical/format/bif", "~/graphical/format")}, noArrow},
		{"ground to room", []pkg{own("internal/x", "~/dist")}, noArrow},
		{"ground to ground above", []pkg{own("internal/x", "~/data")}, noArrow},
		{"root to ground", []pkg{own(".", "~/internal/x")}, noArrow},
		{"root to gonum", []pkg{own(".", "gonum.org/v1/gonum/mat")}, "another module"},
		{"anything above is not below", []pkg{own("viz", "~/cmd/belief")}, noArrow},
		{"viz is for programs", []pkg{own("em", "~/viz")}, noArrow},
		{"cobra outside cmd", []pkg{own("inference", "github.com/spf13/cobra")}, "another module"},
		{"cobra in cmd", []pkg{own("cmd/belief", "github.com/spf13/cobra")}, ""},
		{"a longer name is another package", []pkg{own("dist", "gonum.org/v1/gonum/mathematics")}, "another module"},
		{"testing", []pkg{own("dist", "testing")}, "may import testing"},
		{"below testing", []pkg{own("dist", "testing/quick")}, "may import testing"},
		{"testing in a kit", []pkg{own("inference/inferencetest", "testing", "~/inference")}, ""},
		{"kit in a library", []pkg{own("inference", "~/inference/inferencetest")}, "for test files"},
		{"kit in a program", []pkg{own("examples/x", "~/inference/inferencetest")}, "for test files"},
		{"skeleton", []pkg{own("internal/skeleton/engine", "~/graphical")}, ""},
		{"skeleton in a library", []pkg{own("graphical", "~/internal/skeleton/engine")}, "nobody may import"},
		{"cgo", []pkg{own("dist", "C")}, "uses cgo"},
		{"cgo in a dependency", []pkg{{path: "example.org/c", cgo: true}}, "uses cgo"},
		{"no room", []pkg{own("attic")}, "add a row"},
		{"import of no room", []pkg{own("dist", "~/attic")}, "in no room"},
	} {
		got := check(module, append(c.pkgs, outside...), table)
		switch {
		case c.want == "" && len(got) == 0:
		case c.want != "" && len(got) == 1 && strings.Contains(got[0], c.want):
		default:
			t.Errorf("%s: complaints %q, want one with %q", c.name, got, c.want)
		}
	}
}

// load returns all packages of the module and their dependencies.
func load(t *testing.T) []pkg {
	t.Helper()
	pkgs, err := list()
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

// list asks go list once, as if there were a C compiler, so that cgo cannot hide.
var list = sync.OnceValues(func() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Standard,Module,Imports,CgoFiles,IgnoredGoFiles", "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var in struct {
			ImportPath, Dir                   string
			Standard                          bool
			Module                            *struct{ Main bool }
			Imports, CgoFiles, IgnoredGoFiles []string
		}
		if err := dec.Decode(&in); errors.Is(err, io.EOF) {
			return pkgs, nil
		} else if err != nil {
			return nil, fmt.Errorf("output of go list: %w", err)
		}
		p := pkg{path: in.ImportPath, std: in.Standard, cgo: len(in.CgoFiles) > 0, imports: in.Imports}
		p.module = in.Module != nil && in.Module.Main
		if p.module {
			for _, name := range in.IgnoredGoFiles {
				imports, err := hidden(filepath.Join(in.Dir, name))
				if err != nil {
					return nil, err
				}
				p.imports = append(p.imports, imports...)
			}
			slices.Sort(p.imports)
			p.imports = slices.Compact(p.imports)
		}
		pkgs = append(pkgs, p)
	}
})

// hidden returns the imports of a file that is left out on this kind of machine.
// Tests may import anything, and "go:build ignore" is in no build at all.
func hidden(file string) ([]string, error) {
	if strings.HasSuffix(file, "_test.go") {
		return nil, nil
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if x, err := constraint.Parse(c.Text); err == nil && x.String() == "ignore" {
				return nil, nil
			}
		}
	}
	var imports []string
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		imports = append(imports, path)
	}
	return imports, nil
}

// touch opens every Go file of the module. go test keeps a result until a file
// that the test opened changes, and does not see what go list opens.
func touch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case filepath.Ext(path) != ".go" && d.Name() != "go.mod":
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}
