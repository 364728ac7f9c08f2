package nn_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/belief-go/belief/nn"
)

func ExampleNet_Save() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	net := nn.New[float32](1)
	net.Dense("out", nn.Dense{In: 2, Out: 1})
	if err := net.Save(path, map[string]string{"model": "example 1"}); err != nil {
		panic(err)
	}

	again := nn.New[float32](2)
	again.Dense("out", nn.Dense{In: 2, Out: 1})
	metadata, err := again.Load(path)
	fmt.Println(metadata["model"], again.Params()[0].Value[1] == net.Params()[0].Value[1], err)
	// Output: example 1 true <nil>
}

// What is in a file can be looked at before there is a net for it.
func ExampleTensorFile() {
	net := nn.New[float64](1)
	net.Dense("out", nn.Dense{In: 2, Out: 3, Init: nn.Constant(0.5)})
	var b bytes.Buffer
	if err := net.Write(&b, map[string]string{"classes": "3"}); err != nil {
		panic(err)
	}

	f, err := nn.OpenTensors(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		panic(err)
	}
	weights := make([]float64, 6)
	err = nn.ReadTensor(f, "out.weight", weights)
	fmt.Println(f.Metadata, weights, err)
	// Output: map[classes:3] [0.5 0.5 0.5 0.5 0.5 0.5] <nil>
}

func ExampleTensor() {
	net := nn.New[float64](1)
	net.Dense("out", nn.Dense{In: 2, Out: 3})
	var b bytes.Buffer
	if err := net.Write(&b, nil); err != nil {
		panic(err)
	}
	f, err := nn.OpenTensors(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		panic(err)
	}
	for _, x := range f.Tensors() {
		fmt.Println(x.Name, x.Type, x.Shape)
	}
	// Output:
	// out.weight F64 [2 3]
	// out.bias F64 [3]
}

func ExampleTensorError() {
	text := `{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`
	b := append([]byte{byte(len(text)), 0, 0, 0, 0, 0, 0, 0}, text+"\x01"...)
	f, err := nn.OpenTensors(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		panic(err)
	}
	err = nn.ReadTensor(f, "x", make([]float32, 1))
	var wrong *nn.TensorError
	fmt.Println(errors.As(err, &wrong), err)
	// Output: true nn: tensor "x" is of type U8; weights are F64, F32, F16 or BF16
}

// other is a file of weights of another net.
func other() *nn.TensorFile {
	net := nn.New[float32](1)
	net.Dense("output", nn.Dense{In: 2, Out: 3})
	var b bytes.Buffer
	if err := net.Write(&b, nil); err != nil {
		panic(err)
	}
	f, err := nn.OpenTensors(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		panic(err)
	}
	return f
}

func ExampleWeightsError() {
	net := nn.New[float32](1)
	net.Dense("outputs", nn.Dense{In: 2, Out: 3, NoBias: true})
	fmt.Println(net.LoadTensors(other()))
	// Output: nn: the weights do not fit: the file lacks "outputs.weight" (is it "output.weight"?); the net has no "output.bias", "output.weight"
}

func ExampleShapeMismatch() {
	net := nn.New[float32](1)
	net.Dense("output", nn.Dense{In: 2, Out: 4})
	var wrong *nn.WeightsError
	if errors.As(net.LoadTensors(other()), &wrong) {
		fmt.Printf("%+v\n", wrong.Shapes)
	}
	// Output: [{Name:output.weight Net:[2 4] File:[2 3]} {Name:output.bias Net:[4] File:[3]}]
}
