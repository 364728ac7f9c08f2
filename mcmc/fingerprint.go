package mcmc

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/belief-go/belief/internal/persist"
)

// fingerprint tells runs apart whose draws would differ, as far as their settings
// show it. Draws, Chains and Workers are not in it: a run may be made longer or
// wider.
func fingerprint(s Sampler, names []string, dim int, c Config) string {
	h := sha256.New()
	start, _ := json.Marshal(c.Start) // finite numbers
	fmt.Fprintf(h, "%q %d %d %d %d %t %s ", names, dim, c.Seed, c.WarmUp, c.Thin, c.KeepWarmUp, start)
	persist.Describe(h, s)
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}
