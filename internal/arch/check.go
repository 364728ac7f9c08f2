package arch

import (
	"fmt"
	"slices"
	"strings"
)

// A pkg is what the check needs to know of a package.
type pkg struct {
	path    string   // the import path
	module  bool     // it belongs to this module
	std     bool     // it belongs to the standard library
	cgo     bool     // it has files that need a C compiler
	imports []string // import paths, without those of test files
}

// check returns what is wrong with the imports of pkgs, which must hold every
// package of the module and all that they depend on, one sentence per mistake.
func check(module string, pkgs []pkg, rows []row) []string {
	var bad []string
	for _, p := range pkgs {
		if p.cgo && !p.std || p.module && slices.Contains(p.imports, "C") {
			bad = append(bad, p.path+" uses cgo: the module must build without a C compiler")
		}
		if !p.module {
			continue
		}
		name := local(module, p.path)
		r := find(rows, name)
		if r == nil {
			bad = append(bad, name+" is in no room: add a row to internal/arch/table.go and to ARCHITECTURE.md")
			continue
		}
		for _, imp := range p.imports {
			if problem := r.refuses(rows, module, imp); problem != "" {
				bad = append(bad, fmt.Sprintf("%s imports %s: %s", name, imp, problem))
			}
		}
	}
	return bad
}

// refuses says why packages of the room may not import imp, or nothing.
func (r *row) refuses(rows []row, module, imp string) string {
	first, _, _ := strings.Cut(imp, "/")
	switch {
	case imp == "C":
		return "" // reported as cgo
	case imp == "testing" || strings.HasPrefix(imp, "testing/"):
		if !r.kit {
			return "only conformance kits and test files may import testing"
		}
		return ""
	case !strings.Contains(first, "."): // the standard library
		return ""
	case imp != module && !strings.HasPrefix(imp, module+"/"):
		if r.mayThird(imp) {
			return ""
		}
		return "the row of " + r.room + " does not list this package of another module"
	}
	t := find(rows, local(module, imp))
	switch {
	case t == nil:
		return "that package is in no room"
	case t == r && strings.HasSuffix(r.room, "/..."), t.ground && !r.ground, slices.Contains(r.may, t.room):
		return ""
	case t.private:
		return "nobody may import it"
	case t.kit && !r.kit:
		return "a conformance kit is for test files"
	case r.above && position(rows, t) < position(rows, r):
		return ""
	}
	return "the row of " + r.room + " has no such arrow; a change of arrows is a change of ARCHITECTURE.md"
}

// mayThird says whether the room may import a package of another module.
func (r *row) mayThird(imp string) bool {
	within := func(prefix string) bool { return imp == prefix || strings.HasPrefix(imp, prefix+"/") }
	return slices.ContainsFunc(r.third, within) || !r.ground && slices.ContainsFunc(everybodyThird, within)
}

// find returns the row of a package: its own, else the longest "x/..." over it.
func find(rows []row, name string) *row {
	var best *row
	for i := range rows {
		r := &rows[i]
		tree, isTree := strings.CutSuffix(r.room, "/...")
		switch {
		case r.room == name:
			return r
		case isTree && (name == tree || strings.HasPrefix(name, tree+"/")):
			if best == nil || len(r.room) > len(best.room) {
				best = r
			}
		}
	}
	return best
}

func position(rows []row, r *row) int {
	return slices.IndexFunc(rows, func(x row) bool { return x.room == r.room })
}

// local turns an import path of the module into a name as the table has it.
func local(module, path string) string {
	if path == module {
		return "."
	}
	return strings.TrimPrefix(path, module+"/")
}

// text writes what the room may import as the cell of ARCHITECTURE.md does.
func (r *row) text() string {
	var parts []string
	if r.above {
		parts = append(parts, "anything above")
	}
	for _, m := range r.may {
		parts = append(parts, "`"+m+"`")
	}
	for _, t := range r.third {
		if !slices.Contains(everybodyThird, t) {
			parts = append(parts, "`"+t+"`")
		}
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, ", ")
}
