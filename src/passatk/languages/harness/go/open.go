// Package open reads and writes values of any type with reflect: all of them in examiners, and in programs those of which
// the declaration says less than their type.
package open

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"passatk/wall"
)

const (
	mostDepth  = 1000
	mostValues = 4 << 20 // a byte can be a value of 24 bytes, and of as many letters in words
	mostTypes  = 1000    // reflect never forgets one
)

var (
	errorType = reflect.TypeOf((*error)(nil)).Elem()
	byteType  = reflect.TypeOf(byte(0))
	basic     = map[string]reflect.Type{
		"error":        errorType,
		"interface {}": reflect.TypeOf((*interface{})(nil)).Elem(),
	}
)

func init() {
	for _, value := range []interface{}{
		false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0),
		float32(0), 0.0, "",
	} {
		basic[reflect.TypeOf(value).String()] = reflect.TypeOf(value)
	}
}

// parse gives the type that a text begins with, as reflect spells it, and what follows; nil if that is no type of Go's own.
func parse(name string) (reflect.Type, string) {
	opening := strings.IndexByte(name, '[')
	closing := strings.IndexByte(name, ']')
	switch {
	case len(name) > 1000:
	case opening == 0 && closing > 0:
		t, rest := parse(name[closing+1:])
		if t != nil && closing == 1 {
			return reflect.SliceOf(t), rest
		}
		if size, err := strconv.Atoi(name[1:closing]); t != nil && err == nil && size >= 0 {
			return reflect.ArrayOf(size, t), rest
		}
	case strings.HasPrefix(name, "map["):
		key, rest := parse(name[4:])
		if key != nil && strings.HasPrefix(rest, "]") && key.Comparable() {
			if t, rest := parse(rest[1:]); t != nil {
				return reflect.MapOf(key, t), rest
			}
		}
	case strings.HasPrefix(name, "*"):
		if t, rest := parse(name[1:]); t != nil {
			return reflect.PtrTo(t), rest
		}
	default:
		if closing < 0 {
			closing = len(name)
		}
		if t, ok := basic[name[:closing]]; ok {
			return t, name[closing:]
		}
	}
	return nil, name
}

var types = map[string]reflect.Type{} // that were read

// named gives the type of a name that was read, nil if that is no type of Go's own.
func named(name string) reflect.Type {
	t, known := types[name]
	if known {
		return t
	}
	if len(types) == mostTypes {
		panic(wall.Broken("values of more than 1,000 types"))
	}
	if found, rest := parse(name); rest == "" {
		t = found
	}
	types[name] = t
	return t
}

// Put and Get are like the writers and readers of package wall; PutAt and GetAt take a pointer to the value.

func Put[T any](m *wall.Message, value T) { PutAt(m, &value) }

func Get[T any](m *wall.Message) (value T) {
	GetAt(m, &value)
	return value
}

func PutAt(m *wall.Message, pointer interface{}) { put(m, reflect.ValueOf(pointer).Elem(), 0) }

func GetAt(m *wall.Message, pointer interface{}) { get(m, reflect.ValueOf(pointer).Elem(), 0) }

func put(m *wall.Message, v reflect.Value, depth int) {
	if depth > mostDepth {
		panic(wall.Broken("values nested more than 1000 deep"))
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Ptr, reflect.Interface:
		if v.IsNil() {
			m.PutByte('n')
			return
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		wall.PutBool(m, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		wall.PutInt(m, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		wall.PutUint(m, v.Uint())
	case reflect.Float32:
		wall.PutFloat32(m, float32(v.Float()))
	case reflect.Float64:
		wall.PutFloat64(m, v.Float())
	case reflect.String:
		wall.PutString(m, v.String())
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem() == byteType {
			wall.PutBytes(m, v.Bytes())
			return
		}
		m.PutCount('l', v.Len())
		for i := 0; i < v.Len(); i++ {
			put(m, v.Index(i), depth+1)
		}
	case reflect.Map:
		m.PutCount('m', v.Len())
		for pairs := v.MapRange(); pairs.Next(); {
			put(m, pairs.Key(), depth+1)
			put(m, pairs.Value(), depth+1)
		}
	case reflect.Ptr:
		m.PutByte('o')
		put(m, v.Elem(), depth+1)
	case reflect.Struct:
		m.PutCount('p', v.NumField())
		for i := 0; i < v.NumField(); i++ {
			put(m, v.Field(i), depth+1)
		}
	case reflect.Interface:
		putOpen(m, v, depth)
	default:
		panic("a " + v.Type().String() + " cannot cross")
	}
}

// putOpen writes what an interface holds: an error as its text, and of a type of the program's own nothing but its name.
func putOpen(m *wall.Message, v reflect.Value, depth int) {
	held := v.Elem()
	if held.CanInterface() {
		if fault, ok := held.Interface().(error); ok {
			if v.Type() != errorType {
				m.PutByte('a')
				m.PutText("error")
			}
			wall.PutString(m, fault.Error())
			return
		}
	}
	name := held.Type().String()
	m.PutByte('a')
	m.PutText(name)
	if t, rest := parse(name); t == held.Type() && rest == "" {
		put(m, held, depth+1)
	} else {
		m.PutByte('n')
	}
}

func get(m *wall.Message, v reflect.Value, depth int) {
	if m.Values++; m.Values > mostValues {
		panic(wall.Broken("more than 4,194,304 values"))
	}
	if depth > mostDepth {
		panic(wall.Broken("values nested more than 1000 deep"))
	}
	t := v.Type()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(wall.Bool(m))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		value := wall.Int[int64](m)
		if v.OverflowInt(value) {
			panic(wall.Broken("an integer out of its range"))
		}
		v.SetInt(value)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		value := wall.Uint[uint64](m)
		if v.OverflowUint(value) {
			panic(wall.Broken("an unsigned integer out of its range"))
		}
		v.SetUint(value)
	case reflect.Float32:
		v.SetFloat(float64(wall.Float32(m)))
	case reflect.Float64:
		v.SetFloat(wall.Float64(m))
	case reflect.String:
		v.SetString(wall.String(m))
	case reflect.Slice:
		getSlice(m, v, depth)
	case reflect.Array:
		expectCount(m, 'l', v.Len())
		for i := 0; i < v.Len(); i++ {
			get(m, v.Index(i), depth+1)
		}
	case reflect.Map:
		getMap(m, v, depth)
	case reflect.Ptr:
		if m.Some('o') {
			v.Set(made(m, t.Elem(), depth).Addr())
		}
	case reflect.Struct:
		expectCount(m, 'p', t.NumField())
		for i := 0; i < t.NumField(); i++ {
			field := v.Field(i) // which may not be exported
			get(m, reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem(), depth+1)
		}
	case reflect.Interface:
		getOpen(m, v, depth)
	default:
		panic(wall.Broken("a " + t.String() + " cannot cross"))
	}
}

func expectCount(m *wall.Message, sign byte, count int) {
	m.Expect(sign)
	if m.Count() != count {
		panic(wall.Broken("a value with another number of values in it"))
	}
}

// made reads a value into new memory.
func made(m *wall.Message, t reflect.Type, depth int) reflect.Value {
	if t.Size()/64 > uintptr(len(m.In)) {
		panic(wall.Broken("a message that ends too soon"))
	}
	v := reflect.New(t).Elem()
	get(m, v, depth+1)
	return v
}

func getSlice(m *wall.Message, v reflect.Value, depth int) {
	t := v.Type()
	if t.Elem() == byteType {
		v.SetBytes(wall.Bytes(m))
		return
	}
	if !m.Some('l') {
		return
	}
	list := reflect.MakeSlice(t, 0, 0)
	for count := m.Count(); count > 0; count-- {
		list = reflect.Append(list, made(m, t.Elem(), depth))
	}
	v.Set(list)
}

func getMap(m *wall.Message, v reflect.Value, depth int) {
	t := v.Type()
	if !m.Some('m') {
		return
	}
	count := m.Count()
	v.Set(reflect.MakeMap(t))
	for i := 0; i < count; i++ {
		key := made(m, t.Key(), depth)
		v.SetMapIndex(key, made(m, t.Elem(), depth))
	}
	if v.Len() != count {
		panic(wall.Broken("a map that has a key twice"))
	}
}

// foreign stands for a value of the program's own type. It equals nothing, itself included.
type foreign struct {
	name  string
	never float64
}

func getOpen(m *wall.Message, v reflect.Value, depth int) {
	if v.Type() == errorType {
		if m.Some('s') {
			v.Set(reflect.ValueOf(errors.New(m.Text())))
		}
		return
	}
	if !m.Some('a') {
		return
	}
	name := m.Text()
	t := named(name)
	if t == nil {
		m.Expect('n')
		v.Set(reflect.ValueOf(foreign{name, math.NaN()}))
		return
	}
	held := made(m, t, depth)
	if t.Kind() == reflect.Interface && held.IsNil() {
		panic(wall.Broken("a nil that has a type"))
	}
	v.Set(held)
}

// As gives `value` as a value of another type that is written alike. It panics where there is none.
func As[T any](value interface{}) (made T) {
	convert(reflect.ValueOf(&made).Elem(), reflect.ValueOf(value))
	return made
}

func convert(to, from reflect.Value) {
	if from.Kind() == reflect.Interface {
		from = from.Elem()
	}
	switch kind := to.Kind(); {
	case kind == reflect.Interface && !from.IsValid():
	case kind == reflect.Interface:
		to.Set(from)
	case from.IsValid() && writesItself(from.Type()):
		panic("a " + from.Type().String() + " is written in a way of its own")
	case from.IsValid() && from.Type().AssignableTo(to.Type()):
		to.Set(from)
	case kind == reflect.String && from.Kind() == kind:
		to.SetString(from.String())
	case kind == reflect.Bool && from.Kind() == kind:
		to.SetBool(from.Bool())
	case kind == reflect.Slice && (from.Kind() == kind || from.Kind() == reflect.Array):
		to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
		for i := 0; i < from.Len(); i++ {
			convert(to.Index(i), from.Index(i))
		}
	case kind == reflect.Map && from.Kind() == kind:
		to.Set(reflect.MakeMap(to.Type()))
		for pairs := from.MapRange(); pairs.Next(); {
			key, value := reflect.New(to.Type().Key()).Elem(), reflect.New(to.Type().Elem()).Elem()
			convert(key, pairs.Key())
			convert(value, pairs.Value())
			to.SetMapIndex(key, value)
		}
	default:
		convertNumber(to, from)
	}
}

func writesItself(t reflect.Type) bool {
	_, names := t.MethodByName("String")
	_, fails := t.MethodByName("Error")
	_, formats := t.MethodByName("Format")
	return names || fails || formats
}

func convertNumber(to, from reflect.Value) {
	written, err := text(from), error(nil)
	switch {
	case written == "":
	case to.CanInt():
		var value int64
		value, err = strconv.ParseInt(written, 10, to.Type().Bits())
		to.SetInt(value)
	case to.CanUint():
		var value uint64
		value, err = strconv.ParseUint(written, 10, to.Type().Bits())
		to.SetUint(value)
	case to.CanFloat():
		var value float64
		value, err = strconv.ParseFloat(written, to.Type().Bits())
		to.SetFloat(value)
	}
	if err != nil || written == "" || text(to) != written {
		panic("a result that is no " + to.Type().String())
	}
}

// text is how a number is written, empty for anything else.
func text(v reflect.Value) string {
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	}
	return ""
}
