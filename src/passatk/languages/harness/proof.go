// Package proof runs the tests and gives the token after the last one, if all of them ran to their end and held.
package proof

import (
	"io"
	"os"
	"testing"
)

// read while this package is initialised, before any init() or variable of the program, whose package imports this one
var token = take()

func take() []byte {
	buffer := make([]byte, 32)
	io.ReadFull(os.Stdin, buffer)
	return buffer
}

// set by the linker
var mark string

// Run is not for the program, which cannot know the mark.
func Run(given string, tests []testing.InternalTest) {
	if given != mark {
		panic("not the harness's own main")
	}
	held := 0
	counted := make([]testing.InternalTest, len(tests))
	for i, test := range tests {
		run := test.F
		counted[i] = testing.InternalTest{Name: test.Name, F: func(t *testing.T) {
			run(t)
			if !t.Failed() && !t.Skipped() {
				held++
			}
			if held == len(tests) {
				os.NewFile(3, "proof").Write(token)
			}
		}}
	}
	all := func(pattern, name string) (bool, error) { return true, nil }
	testing.Main(all, counted, nil, nil)
}
