package saved

import (
	"errors"
	"strings"
	"testing"

	"github.com/belief-go/belief"
)

type form struct {
	X []float64 `json:"x"`
}

func TestRoundTrip(t *testing.T) {
	text, err := Marshal("thing", 2, form{X: []float64{0.1, 1e-300}})
	if err != nil {
		t.Fatal(err)
	}
	if k, err := Kind(text); k != "thing" || err != nil {
		t.Errorf("kind %q, %v", k, err)
	}
	var f form
	if v, err := Unmarshal(text, "thing", 3, &f); v != 2 || err != nil || f.X[0] != 0.1 || f.X[1] != 1e-300 {
		t.Errorf("version %d, %v, %v", v, f, err)
	}
}

func TestRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{`: "unexpected EOF",
		"{\"kind\": \"thing\",\n\"version\": \"x\"}":           "2:",
		`{"kind":"other","version":1,"model":{}}`:              `"thing" is wanted`,
		`{"kind":"thing","version":0,"model":{}}`:              "version 0",
		`{"kind":"thing","version":4,"model":{}}`:              "version 4",
		`{"kind":"thing","version":1}`:                         `no "model"`,
		`{"kind":"thing","version":1,"model":null}`:            `no "model"`,
		`{"kind":"thing","version":1,"model":{"y":1}}`:         `unknown field "y"`,
		`{"kind":"thing","version":1,"model":{"x":"a"}}`:       "cannot unmarshal",
		`{"kind":"thing","version":1,"model":{},"extra":true}`: `unknown field "extra"`,
		`{"kind":"thing","version":1,"model":{}} {}`:           "follows the end",
	} {
		var f form
		_, err := Unmarshal([]byte(text), "thing", 3, &f)
		var parse *belief.ParseError
		if !errors.As(err, &parse) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want a ParseError with %q", text, err, want)
		}
	}
	if _, err := Kind([]byte(`{"version":1}`)); err == nil {
		t.Error("no kind, and no error")
	}
}
