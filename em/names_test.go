package em

import (
	"encoding"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/belief-go/belief"
)

// namesOf reads and writes all constants of a type, and what is none.
func namesOf[T ~int | ~uint8, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, want string) {
	for i, name := range strings.Fields(want) {
		v := any(T(i)).(interface {
			fmt.Stringer
			encoding.TextMarshaler
		})
		text, err := v.MarshalText()
		var back T
		if err != nil || string(text) != name || v.String() != name || P(&back).UnmarshalText(text) != nil || back != T(i) {
			t.Errorf("%T(%d) is %q, written %q (%v), read %v; want %q", v, i, v, text, err, back, name)
		}
		var unknown *belief.UnknownNameError
		back = T(i)
		if err := P(&back).UnmarshalText([]byte(name + "x")); !errors.As(err, &unknown) || back != T(i) {
			t.Errorf("%T: %v, and %v is read", v, err, back)
		} else if unknown.Suggestions[0] != name {
			t.Errorf("%T: %v", v, err)
		}
	}
	none := any(T(len(strings.Fields(want)))).(interface {
		fmt.Stringer
		encoding.TextMarshaler
	})
	var config *belief.ConfigError
	if text, err := none.MarshalText(); !errors.As(err, &config) || !strings.HasSuffix(none.String(), fmt.Sprintf(" %d", none)) {
		t.Errorf("%T beyond the last is %q, written %q (%v)", none, none, text, err)
	}
}

func TestNames(t *testing.T) {
	namesOf[Covariance](t, "full tied diagonal spherical")
	namesOf[Criterion](t, "bic aic icl")
	namesOf[WeightPrior](t, "dirichlet dirichlet-process")
	namesOf[EmissionForm](t, "auto categorical diagonal full")
	namesOf[Topology](t, "ergodic left-to-right")
	namesOf[HMMInit](t, "clusters random")
	namesOf[Metric](t, "squared-euclidean manhattan cosine")
	namesOf[KMeansInit](t, "k-means++ random")
	namesOf[KMeansAlgorithm](t, "auto lloyd hamerly elkan")
	if got := Covariance(-1).String(); got != "form of covariance -1" {
		t.Error(got)
	}
}
