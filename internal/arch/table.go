package arch

// A row says what the packages of one room may import.
type row struct {
	// room is a path below the module's, "." for the root package. "x/..."
	// stands for x and everything below it that has no row of its own.
	room string
	// may lists rooms, written as in their own rows.
	may []string
	// third lists packages of other modules; each stands for all below it.
	third []string
	// above also allows every room in the rows before this one.
	above bool
	// ground says that everybody may import this room, and that the room itself
	// may import only what its row lists.
	ground bool
	// private says that nobody may import this room.
	private bool
	// kit says that the room is a conformance kit, which tests use: it may
	// import testing, and only tests and other kits may import it.
	kit bool
}

// everybodyThird is what every room but those on the ground may import from
// other modules.
var everybodyThird = []string{
	"gonum.org/v1/gonum/floats",
	"gonum.org/v1/gonum/mat",
	"gonum.org/v1/gonum/mathext",
	"gonum.org/v1/gonum/optimize",
}

// table is the whole plan. A change of it is a change of ARCHITECTURE.md.
var table = []row{
	// The ground.
	{room: ".", ground: true},
	{room: "internal/...", ground: true, may: []string{"."}, third: append([]string{"golang.org/x/sys/cpu"}, everybodyThird...)},
	{room: "internal/patience", kit: true},
	{room: "data", ground: true, may: []string{".", "internal/..."}, third: everybodyThird},

	// Distributions.
	{room: "dist", third: []string{"gonum.org/v1/gonum/stat/distuv"}},
	{room: "dist/disttest", kit: true, may: []string{"dist"}, third: []string{"gonum.org/v1/gonum/integrate/quad"}},
	{room: "dist/joint", may: []string{"dist"}},
	{room: "dist/expfam", may: []string{"dist"}},
	{room: "dist/conjugate", may: []string{"dist", "dist/expfam"}},
	{room: "dist/transport", may: []string{"dist"}},
	{room: "dist/information", may: []string{"dist", "dist/joint"}},
	{room: "dist/transform", may: []string{"dist"}},
	{room: "dist/density", may: []string{"dist"}, third: []string{"gonum.org/v1/gonum/dsp/fourier"}},
	{room: "dist/process", may: []string{"dist"}},

	// Models on graphs, and answers about them.
	{room: "graphical", may: []string{"dist"}},
	{room: "graphical/textbook", may: []string{"graphical"}},
	{room: "graphical/format", may: []string{"graphical", "graphical/format/..."}},
	{room: "graphical/format/...", may: []string{"graphical"}},
	{room: "graphical/chain", may: []string{"graphical", "dist"}},
	{room: "mcmc/draws"},
	{room: "mcmc/diagnostics", may: []string{"mcmc/draws"}, third: []string{"gonum.org/v1/gonum/dsp/fourier"}},
	{room: "mcmc/montecarlo", may: []string{"dist", "mcmc/diagnostics"}},
	{room: "mcmc", may: []string{"dist", "dist/transform", "mcmc/draws", "mcmc/diagnostics"}},
	{room: "mcmc/ladder", may: []string{"dist", "mcmc", "mcmc/diagnostics"}},
	{room: "mcmc/check", may: []string{"dist", "mcmc", "mcmc/draws", "mcmc/diagnostics"}},
	{room: "mcmc/mcmctest", kit: true, may: []string{"dist", "mcmc", "mcmc/diagnostics"}},
	{room: "inference", may: []string{"graphical", "dist", "mcmc", "mcmc/diagnostics"}},
	{room: "inference/inferencetest", kit: true, may: []string{"inference", "graphical"}},
	{room: "graphical/learn", may: []string{"graphical", "graphical/chain", "inference", "mcmc"}},
	{room: "em/...", may: []string{"dist", "dist/expfam", "graphical", "graphical/chain", "inference", "graphical/learn"}},

	// Models on densities and networks of neurons.
	{room: "autodiff"},
	{room: "autodiff/autodifftest", kit: true, may: []string{"autodiff", "internal/patience"}},
	{room: "model", may: []string{"autodiff", "dist", "dist/transform"}},
	{room: "nn", may: []string{"autodiff"}},
	{room: "rbm", may: []string{"dist", "nn", "graphical", "mcmc"}},
	{room: "gen/...", may: []string{"nn", "autodiff", "dist", "dist/density", "rbm"}},

	// What nobody builds upon.
	{room: "viz", above: true, third: []string{"gonum.org/v1/plot"}},
	{room: "cmd/...", above: true, third: []string{"github.com/spf13/cobra", "github.com/schollz/progressbar/v3"}},
	{room: "examples/...", above: true},
	{room: "internal/skeleton/...", private: true, may: []string{"dist", "graphical", "mcmc", "inference"}},
	{room: "internal/posteriordb", private: true, may: []string{"mcmc"}},
	{room: "internal/datadir", kit: true, private: true},
	{room: "internal/arch", private: true},
}
