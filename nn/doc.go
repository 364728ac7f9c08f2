// Package nn has the parts that neural networks are made of, and the loop that
// trains them.
//
// A [Net] owns the weights. Its methods make layers, each from a struct of settings
// whose zero values are the usual ones; a layer's Forward computes on the tape of
// package autodiff. What connects the layers is ordinary Go.
//
//	net := nn.New[float32](1) // the seed of the starting weights
//	hidden := net.Dense("hidden", nn.Dense{In: 784, Out: 400, Activation: nn.ReLU})
//	out := net.Dense("out", nn.Dense{In: 400, Out: 10})
//
//	logits := out.Forward(hidden.Forward(x))
//
// A [Trainer] repeats steps: it takes a batch, computes the loss, and lets an
// optimizer change the weights. Its steps are a sequence that the caller ranges over;
// Fit does it for those who do not want to look.
//
// # What there is
//
//   - Layers: [Dense], [Maxout], [PReLU], [Dropout] and [VariationalDropout], [Embedding];
//     [Conv1D], [Conv2D] and their transposes, [MaxPool], [MeanPool] and the global ones;
//     [BatchNorm], [LayerNorm]; [SRN], [LSTM], [GRU], a [Stack] of them, in both
//     directions if asked; [Attention], [MultiHead], [Positions], [Transformer]. A
//     [Sequence] puts layers behind each other, a [Func] makes one of a function.
//   - Losses: [CrossEntropy], [BinaryCrossEntropy], [SquaredError], [AbsoluteError],
//     [Huber], [Hinge], [Perceptron].
//   - Starting weights: [Xavier], [He], [LeCun], [Orthogonal], [Normal], [Uniform],
//     [Constant].
//   - Optimizers: [SGD] with momentum or Nesterov's, [AdaGrad], [AdaDelta], [RMSProp],
//     [Adam], [AdamW]; a [Descent] is one at work, for those who write their own loop.
//     Schedules such as [CosineDecay] with a [WarmUp], [Clip] for gradients.
//   - Files: Net.Save and Net.Load keep weights in safetensors; a checkpoint of
//     [Config] keeps all that a run needs to go on.
//
// # Conventions
//
// Arrays are row-major. The first dimension is the batch. Sequences are batch × time ×
// features, images batch × channels × height × width. What convolves, pools or
// normalizes sequences takes channels before time as well: x.Transpose(0, 2, 1) turns
// one into the other. Weights of a dense layer are in × out, so that a batch of rows is
// multiplied from the left. Of a pair of settings, height and width, the second may be
// left out and is as the first; None stands for zero where zero has a meaning of its own.
//
// Settings that make no sense panic with a [*belief.ConfigError] when a layer is made,
// as they stand in the program; Validate says so without a panic, for settings from
// a file. Arrays that do not fit panic with a [*autodiff.ShapeError].
//
// # Learning and using
//
// Layers that behave differently in learning, dropout and batch normalization, ask
// the tape: Tape.Training, and Tape.Rand for what they draw. Using a network changes
// nothing in it, so any number of goroutines may, each with a tape of its own.
//
// # Reproducibility
//
// The starting weights of a parameter are a function of the seed and its name. All
// results are the same bits for any number of workers.
package nn
