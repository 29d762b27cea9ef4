// Package examine is the examiner's side of docs/wall.md: it asks the program, runs the tests, and says what came of it.
package examine

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"passatk/open"
	"passatk/wall"
)

const mostWords = 400

var (
	token    = take()
	number   = first()
	answers  = wall.NewPipe(4)
	asking   sync.Mutex
	answered int
	verdict  sync.Once
)

func take() []byte {
	buffer := make([]byte, 32)
	for size := 0; size < len(buffer); {
		count, err := syscall.Read(0, buffer[size:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || count <= 0 {
			break
		}
		size += count
	}
	return buffer
}

// first is the number before the first call's, which nobody can guess who does not know the token.
func first() uint64 {
	sum := sha256.Sum256(append([]byte("first number"), token...))
	return binary.LittleEndian.Uint64(sum[:])
}

// Examiner is the tests of one task.
type Examiner struct {
	Name  string
	Tests []testing.InternalTest
}

// Run runs the tests of the examiner that is called `name`.
func Run(name string, examiners []Examiner) {
	os.Args = os.Args[:1]
	for _, examiner := range examiners {
		if examiner.Name == name {
			run(examiner.Tests)
		}
	}
	conclude("error", "no examiner is called "+name)
}

func run(tests []testing.InternalTest) {
	left := int32(len(tests))
	watched := make([]testing.InternalTest, len(tests))
	for i, test := range tests {
		test := test
		watched[i] = testing.InternalTest{Name: test.Name, F: func(t *testing.T) {
			finished := false
			t.Cleanup(func() { // behind its subtests
				switch {
				case t.Failed():
					conclude("failed", words(t))
				case t.Skipped() || !finished:
					conclude("error", test.Name+" did not run to its end")
				case atomic.AddInt32(&left, -1) == 0:
					pass()
				}
			})
			defer func() {
				if fault := recover(); fault != nil {
					conclude("error", fmt.Sprint("panic: ", fault))
				}
			}()
			test.F(t)
			finished = true
		}}
	}
	all := func(pattern, name string) (bool, error) { return true, nil }
	testing.Main(all, watched, nil, nil)
}

func pass() {
	if answered == 0 {
		conclude("error", "the tests asked the program nothing")
	}
	conclude("passed", string(token))
}

// conclude says a line, tells the program that nothing more is asked, and ends the process.
func conclude(kind, words string) {
	verdict.Do(func() {
		line := strings.Join(strings.Fields(kind+" "+strings.ToValidUTF8(words, "?")), " ")
		if runes := []rune(line); len(runes) > mostWords {
			line = string(runes[:mostWords])
		}
		syscall.Write(3, []byte(line+"\n"))
		end := wall.Reading(nil)
		end.Begin('E')
		end.Send(5)
		os.Exit(0)
	})
	select {}
}

var (
	place    = regexp.MustCompile(`(?m)^\s*\S+\.go:\d+:`)
	testify  = regexp.MustCompile(`(?s)Error:(.*?)(?:\n\s*(?:Error Trace|Test|Messages):|\z)`)
	position = regexp.MustCompile(`(?m)^\s*--- FAIL:.*$`)
)

// words is the first thing that a test said.
func words(t *testing.T) string {
	field := reflect.ValueOf(t).Elem().FieldByName("output")
	if !field.IsValid() || field.Kind() != reflect.Slice {
		return t.Name()
	}
	said := string(field.Bytes())
	if len(said) > 1<<16 {
		said = said[:1<<16]
	}
	if found := testify.FindStringSubmatch(said); found != nil {
		return t.Name() + ": " + found[1]
	}
	parts := place.Split(position.ReplaceAllString(said, ""), 3)
	return t.Name() + ": " + parts[min(1, len(parts)-1)]
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

// Call asks the program for a function's results.
//
// `slots` are pointers to its `results` results, then to its arguments. A slice, map or pointer among the arguments of a
// function without results is changed as the program changed it.
func Call(function, results int, slots ...interface{}) {
	asking.Lock()
	defer asking.Unlock()
	number++
	arguments := slots[results:]
	question := wall.Reading(nil)
	question.Begin('C')
	question.PutLong(number)
	question.PutByte(byte(function))
	question.PutByte(byte(function >> 8))
	question.PutByte(byte(len(arguments)))
	for _, argument := range arguments {
		open.Put(question, argument)
	}
	if !question.Send(5) {
		conclude("ended", "")
	}
	raw, err := answers.Receive()
	if err == wall.Ended {
		conclude("ended", "")
	}
	if err != nil {
		conclude("broken", err.Error())
	}
	defer func() {
		if fault := recover(); fault != nil {
			conclude("broken", fmt.Sprint(fault))
		}
	}()
	read(wall.Reading(raw), slots[:results], arguments)
	answered++
}

func read(m *wall.Message, results, arguments []interface{}) {
	if kind := m.Byte(); kind != 'R' {
		panic(wall.Broken(fmt.Sprintf("a message that begins with %q", kind)))
	}
	if m.Long() != number {
		panic(wall.Broken("an answer to another call"))
	}
	switch len(results) {
	case 0:
		m.Expect('n')
	case 1:
		open.Get(m, results[0])
	default:
		m.Expect('p')
		if m.Count() != len(results) {
			panic(wall.Broken("another number of results"))
		}
		for _, result := range results {
			open.Get(m, result)
		}
	}
	changed := int(m.Byte())
	if len(results) > 0 && changed > 0 {
		panic(wall.Broken("changed arguments beside a result"))
	}
	for before := -1; changed > 0; changed-- {
		at := int(m.Byte())
		if at <= before || at >= len(arguments) {
			panic(wall.Broken("a changed argument that does not exist"))
		}
		before = at
		argument := reflect.ValueOf(arguments[at]).Elem()
		value := reflect.New(argument.Type())
		open.Get(m, value.Interface())
		change(argument, value.Elem())
	}
	m.End()
}

// change makes what `old` refers to like what `value` refers to.
func change(old, value reflect.Value) {
	alike := old.IsValid()
	switch old.Kind() {
	case reflect.Slice:
		if alike = old.Len() == value.Len(); alike {
			for i := 0; i < old.Len(); i++ {
				replace(old.Index(i), value.Index(i))
			}
		}
	case reflect.Map:
		if alike = !old.IsNil() || value.Len() == 0; alike {
			for _, key := range old.MapKeys() {
				old.SetMapIndex(key, reflect.Value{})
			}
			for pairs := value.MapRange(); pairs.Next(); {
				old.SetMapIndex(pairs.Key(), pairs.Value())
			}
		}
	case reflect.Ptr:
		if alike = old.IsNil() == value.IsNil(); alike && !old.IsNil() {
			replace(old.Elem(), value.Elem())
		}
	default:
		alike = false
	}
	if !alike {
		panic(wall.Broken("a changed argument of another form"))
	}
}

// replace puts `value` where `old` is, and keeps rows that others may hold.
func replace(old, value reflect.Value) {
	if old.Kind() == reflect.Slice && old.Len() == value.Len() && !old.IsNil() && !value.IsNil() {
		change(old, value)
		return
	}
	old.Set(value)
}

// foreign is a value of the program's own type: equal to nothing, but written like what it is made of.
type foreign struct {
	name   string
	value  interface{}
	serial *int
}

func (f foreign) Format(state fmt.State, verb rune) {
	format := "%"
	for _, flag := range "+-# 0" {
		if state.Flag(int(flag)) {
			format += string(flag)
		}
	}
	fmt.Fprintf(state, format+string(verb), f.value)
}

func init() {
	serial := 0
	open.Foreign = func(name string, value interface{}) interface{} {
		serial++
		own := serial
		return foreign{name, value, &own}
	}
}
