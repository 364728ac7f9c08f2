//go:build !unix

package posteriordb

import "time"

func cpuTime() time.Duration { return wallTime() }
