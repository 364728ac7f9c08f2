package draws

// Select returns the draws of the columns, quantities and statistics, that keep
// wants, in new memory. Comments are shared.
func (d *Draws) Select(keep func(name string) bool) *Draws {
	names, kept := choose(d.Names, keep)
	stats, keptStats := choose(d.Stats, keep)
	out := &Draws{Names: names, Stats: stats}
	for _, c := range d.Chains {
		out.Chains = append(out.Chains, &Chain{
			Values: project(c.Values, len(d.Names), kept), WarmUp: project(c.WarmUp, len(d.Names), kept),
			Stats: project(c.Stats, len(d.Stats), keptStats), WarmUpStats: project(c.WarmUpStats, len(d.Stats), keptStats),
			Comments: c.Comments,
		})
	}
	return out
}

func choose(names []string, keep func(name string) bool) (chosen []string, at []int) {
	for i, name := range names {
		if keep(name) {
			chosen, at = append(chosen, name), append(at, i)
		}
	}
	return chosen, at
}

// project keeps some columns of a table of that width.
func project(table []float64, width int, columns []int) []float64 {
	if width == 0 || len(columns) == 0 {
		return nil
	}
	out := make([]float64, 0, len(table)/width*len(columns))
	for ; len(table) > 0; table = table[width:] {
		for _, j := range columns {
			out = append(out, table[j])
		}
	}
	return out
}
