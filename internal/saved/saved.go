// Package saved is the form of models in files: JSON that people can read, with the
// model's kind and the version of its form in front.
//
//	{"kind": "gaussian-mixture", "version": 1, "model": {…}}
package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/belief-go/belief"
)

type envelope struct {
	Kind    string          `json:"kind"`
	Version int             `json:"version"`
	Model   json.RawMessage `json:"model"`
}

// Marshal writes a model of the given kind in its current version. Numbers that may not
// be finite have to be of type [belief.Number].
func Marshal(kind string, version int, model any) ([]byte, error) {
	body, err := json.Marshal(model)
	if err != nil {
		return nil, err
	}
	return json.Marshal(envelope{kind, version, body})
}

// Kind returns the kind of a saved model; the error is a [*belief.ParseError].
func Kind(text []byte) (string, error) {
	var e envelope
	if err := decode(text, &e, "saved model", false); err != nil {
		return "", err
	}
	if e.Kind == "" {
		return "", &belief.ParseError{Format: "saved model", Msg: `there is no "kind"`}
	}
	return e.Kind, nil
}

// Unmarshal reads a model of the given kind into the form that model points to, which
// is that of the version returned, at most newest. Fields that the form does not have
// are refused. The error is a [*belief.ParseError]; what the values have to be is left
// to the caller.
func Unmarshal(text []byte, kind string, newest int, model any) (version int, err error) {
	var e envelope
	if err := decode(text, &e, "saved model", true); err != nil {
		return 0, err
	}
	switch {
	case e.Kind != kind:
		return 0, &belief.ParseError{Format: "saved model", Msg: fmt.Sprintf("it is of kind %q; %q is wanted", e.Kind, kind)}
	case e.Version < 1 || e.Version > newest:
		return 0, &belief.ParseError{Format: kind, Msg: fmt.Sprintf("it is in version %d of its form; this program reads versions 1 to %d", e.Version, newest)}
	case len(e.Model) == 0 || string(e.Model) == "null":
		return 0, &belief.ParseError{Format: kind, Msg: `there is no "model"`}
	}
	return e.Version, decode(e.Model, model, kind, true)
}

func decode(text []byte, v any, format string, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if strict {
		d.DisallowUnknownFields()
	}
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return &belief.ParseError{Format: format, Msg: "something follows the end of the model"}
		}
		return nil
	}
	problem := &belief.ParseError{Format: format, Err: err}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	} else if errors.As(err, &kind) {
		offset = kind.Offset
	}
	if offset >= 0 && format == "saved model" { // offsets in the body are not the file's
		offset = min(offset, int64(len(text)))
		problem.Line = 1 + bytes.Count(text[:offset], []byte("\n"))
	}
	return problem
}
