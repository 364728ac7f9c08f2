"""Writes npy.json: files of numpy.lib.format with the values that they hold; npz.txt: archives.

Run with python3 from this folder. The values are chosen to need all bytes of their
type; floats are given as hexadecimal literals, so that nothing is rounded.
"""
import io
import json
import numpy as np

cases = []


def add(name, array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=False)
    values = np.ascontiguousarray(array).ravel().tolist()
    if array.dtype.kind == "f":
        values = [float(v).hex() for v in values]
    elif array.dtype.kind == "b":
        values = [str(int(v)) for v in values]
    else:
        values = [str(v) for v in values]
    cases.append({"name": name, "file": out.getvalue().hex(), "shape": list(array.shape),
                  "type": array.dtype.kind + str(array.dtype.itemsize), "values": values})


rng = np.random.default_rng(1)
for kind in ["b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]:
    for order in "<>":
        dtype = np.dtype(order + kind)
        if dtype.kind in "ui":
            info = np.iinfo(dtype)
            a = rng.integers(info.min, info.max, size=(2, 3), dtype=dtype.newbyteorder("="), endpoint=True)
            a[0, 0], a[1, 2] = info.min, info.max
        elif dtype.kind == "b":
            a = rng.integers(0, 2, size=(2, 3)).astype(bool)
        else:
            info = np.finfo(dtype)
            a = rng.standard_normal((2, 3)).astype(dtype.newbyteorder("="))
            a[0, 0], a[1, 2], a[0, 1], a[1, 1] = info.max, np.inf, info.smallest_subnormal, -0.0
        add(order + kind, a.astype(dtype))

a = np.arange(24, dtype="<i4")
add("version 2", a.reshape(2, 3, 4), (2, 0))
add("version 3", a.reshape(2, 3, 4), (3, 0))
add("fortran 2", np.asfortranarray(a.reshape(4, 6)))
add("fortran 3", np.asfortranarray(a.reshape(2, 3, 4)))
add("fortran 4", np.asfortranarray(a.reshape(2, 3, 1, 4)).astype(">f2"))
add("fortran flat", np.asfortranarray(a.reshape(1, 24, 1)))
add("rank 0", np.array(7.5))
add("rank 1", np.arange(5, dtype=">u2"))
add("empty", np.zeros((3, 0, 2)))
add("fortran empty", np.asfortranarray(np.zeros((3, 0, 2))))
add("rank 32", a[:8].reshape((1,) * 20 + (2, 2, 2) + (1,) * 9))

with open("npy.json", "w") as f:
    json.dump(cases, f, indent=0)
    f.write("\n")

with open("npz.txt", "w") as f:
    for save in (np.savez_compressed, np.savez):
        out = io.BytesIO()
        save(out, x=np.arange(3), y=np.array([[1.5], [-2.0]]))
        f.write(out.getvalue().hex() + "\n")
