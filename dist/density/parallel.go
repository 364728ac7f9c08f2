package density

import (
	"context"

	"github.com/belief-go/belief/internal/parallel"
)

// inChunks calls body for every index below n; each call writes only what belongs to
// its index.
func inChunks(ctx context.Context, n, workers int, body func(i int)) error {
	const chunk = 128
	return parallel.For(ctx, (n+chunk-1)/chunk, workers, func(c int) error {
		for i := c * chunk; i < min(n, (c+1)*chunk); i++ {
			body(i)
		}
		return nil
	})
}
