package arch

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// withoutExamples lists the rooms that the rule does not hold for yet, each with
// all below it.
var withoutExamples []string

// TestExamples holds the rule that every exported type has a runnable example, in
// the packages that users import.
func TestExamples(t *testing.T) {
	touch(t)
	packages, types := 0, 0
	for _, p := range load(t) {
		if !p.module {
			continue
		}
		name := local(module, p.path)
		if !wantsExamples(name) {
			continue
		}
		src, err := parsePackage(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if len(src.code) == 0 {
			continue // a program
		}
		packages++
		types += len(exportedTypes(src.code))
		for _, missing := range lacking(src.code, src.tests) {
			t.Errorf("%s: exported type %s has no Example%s with an // Output: comment", name, missing, missing)
		}
	}
	if packages < 2 || types < 2 {
		t.Errorf("saw only %d types in %d packages", types, packages)
	}
}

// wantsExamples says whether the rule holds for a package, given by its name as
// the table has it: not for what users cannot import, and not for conformance
// kits, whose example is the test that runs them.
func wantsExamples(name string) bool {
	if slices.Contains(strings.Split(name, "/"), "internal") {
		return false
	}
	if r := find(table, name); r != nil && r.kit {
		return false
	}
	return !slices.ContainsFunc(withoutExamples, func(room string) bool {
		return name == room || strings.HasPrefix(name, room+"/")
	})
}

// A source is the files of one directory.
type source struct{ code, tests []*ast.File }

// parsePackage reads all Go files of a directory, whatever kind of machine they
// are for. Files of package main belong to programs and are left out.
func parsePackage(dir string) (source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return source{}, err
	}
	var s source
	fset := token.NewFileSet()
	for _, path := range paths {
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		switch {
		case err != nil:
			return source{}, err
		case strings.HasSuffix(path, "_test.go"):
			s.tests = append(s.tests, f)
		case f.Name.Name != "main":
			s.code = append(s.code, f)
		}
	}
	return s, nil
}

// exportedTypes lists the exported types, interfaces and aliases too, that files
// declare at their top level, in alphabetical order.
func exportedTypes(files []*ast.File) []string {
	var names []string
	for _, f := range files {
		for _, d := range f.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != token.TYPE {
				continue
			}
			for _, spec := range group.Specs {
				if name := spec.(*ast.TypeSpec).Name; name.IsExported() {
					names = append(names, name.Name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names) // one per kind of machine, perhaps
}

// lacking lists the exported types of code for which tests have no example that
// go test runs: of the type itself, ExampleT, or of one of its uses, ExampleT_xxx.
func lacking(code, tests []*ast.File) []string {
	shown := map[string]bool{}
	for _, e := range doc.Examples(tests...) {
		if e.Output == "" && !e.EmptyOutput {
			continue // compiled, but not run
		}
		name, _, _ := strings.Cut(e.Name, "_")
		shown[name] = true
	}
	return slices.DeleteFunc(exportedTypes(code), func(name string) bool { return shown[name] })
}

// TestLacking shows on made-up sources what the check sees and what it does not
// let pass.
func TestLacking(t *testing.T) {
	const (
		hello   = "{ fmt.Println(1)\n// Output: 1\n}\n"
		silent  = "{ fmt.Println(1) }\n"
		nothing = "{\n// Output:\n}\n"
	)
	for _, c := range []struct {
		name, code, tests string
		want              []string
	}{
		{"shown", "type T struct{}", "func ExampleT() " + hello, nil},
		{"not shown", "type T struct{}", "", []string{"T"}},
		{"interface", "type T interface{ M() }", "", []string{"T"}},
		{"function type", "type T func()", "", []string{"T"}},
		{"generic", "type T[E any] []E", "", []string{"T"}},
		{"alias", "type T = int", "", []string{"T"}},
		{"group", "type (\n\tA int\n\tB int\n\tc int\n)", "func ExampleA() " + hello, []string{"B"}},
		{"method", "type T int; func (T) M() {}", "func ExampleT_M() " + hello, nil},
		{"suffix", "type T int", "func ExampleT_again() " + hello, nil},
		{"unordered", "type T int", "func ExampleT() { fmt.Println(1)\n// Unordered output: 1\n}", nil},
		{"nothing printed", "type T int", "func ExampleT() " + nothing, nil},
		{"not run", "type T int", "func ExampleT() " + silent, []string{"T"}},
		{"commented out", "type T int", "// func ExampleT() {}", []string{"T"}},
		{"with a parameter", "type T int", "func ExampleT(int) " + hello, []string{"T"}},
		{"a method of that name", "type T int", "type s int; func (s) ExampleT() " + hello, []string{"T"}},
		{"a longer name", "type T int; type Tab int", "func ExampleTab() " + hello, []string{"T"}},
		{"a shorter name", "type T int; type Tab int", "func ExampleT() " + hello, []string{"Tab"}},
		{"its constructor", "type T int; func NewT() T { return 0 }", "func ExampleNewT() " + hello, []string{"T"}},
		{"of the package", "type T int", "func Example_t() " + hello + "func Example() " + hello, []string{"T"}},
		{"private", "type t struct{}", "", nil},
		{"in a function", "func f() { type T int }", "", nil},
		{"of the tests", "type t int", "type T int", nil},
		{"two of three", "type B int; type A int; type C int", "func ExampleB() " + hello, []string{"A", "C"}},
	} {
		code, tests := parse(t, "package p\n"+c.code), parse(t, "package p_test\nimport \"fmt\"\n"+c.tests)
		if got := lacking(code, tests); !slices.Equal(got, c.want) {
			t.Errorf("%s: types without example %q, want %q", c.name, got, c.want)
		}
	}
}

// TestParsePackage shows that every file counts but those of programs: for another
// kind of machine, and tests of the package's own name.
func TestParsePackage(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"p.go":          "package p\ntype A int\n",
		"p_plan9.go":    "package p\ntype B int\n",
		"make.go":       "//go:build ignore\n\npackage main\ntype C int\n",
		"in_test.go":    "package p\nfunc ExampleA() {\n// Output:\n}\n",
		"out_test.go":   "package p_test\nfunc ExampleB_use() {\n// Output:\n}\n",
		"not_source.md": "type D int\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	src, err := parsePackage(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := exportedTypes(src.code); !slices.Equal(got, []string{"A", "B"}) {
		t.Errorf("types %q, want A and B", got)
	}
	if got := lacking(src.code, src.tests); len(got) > 0 {
		t.Errorf("types without example %q", got)
	}
	if got := lacking(src.code, src.tests[:1]); !slices.Equal(got, []string{"B"}) {
		t.Errorf("types without example in in_test.go %q, want B", got)
	}
}

// TestWantsExamples shows which packages the rule holds for.
func TestWantsExamples(t *testing.T) {
	for name, want := range map[string]bool{
		".": true, "graphical": true, "graphical/format/bif": true, "inference": true,
		"internal/tensor": false, "graphical/format/internal/textio": false,
		"inference/inferencetest": false, "internal/skeleton/engine": false,
		"dist": true, "dist/disttest": false, "distance": true,
	} {
		if got := wantsExamples(name); got != want {
			t.Errorf("%s: the rule holds: %v, want %v", name, got, want)
		}
	}
}

// parse reads one made-up file.
func parse(t *testing.T, src string) []*ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "made_up.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, src)
	}
	return []*ast.File{f}
}
