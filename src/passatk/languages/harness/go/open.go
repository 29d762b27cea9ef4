// Package open reads and writes values of any type, by `reflect`: for types that package wall has no method for.
package open

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"passatk/wall"
)

var (
	anyType   = reflect.TypeOf((*interface{})(nil)).Elem()
	errorType = reflect.TypeOf((*error)(nil)).Elem()
	basic     = map[string]reflect.Type{"interface {}": anyType, "error": errorType}
)

func init() {
	for _, value := range []interface{}{
		false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0),
		float32(0), 0.0, "",
	} {
		basic[reflect.TypeOf(value).String()] = reflect.TypeOf(value)
	}
}

// Foreign makes a value of a type that only the program has; nil in programs.
var Foreign func(name string, value interface{}) interface{}

// Put writes what `pointer` points to.
func Put(m *wall.Message, pointer interface{}) { put(m, reflect.ValueOf(pointer).Elem()) }

// Get reads what it points to.
func Get(m *wall.Message, pointer interface{}) { get(m, reflect.ValueOf(pointer).Elem()) }

func put(m *wall.Message, v reflect.Value) {
	m.Deeper()
	defer m.Higher()
	switch v.Kind() {
	case reflect.Bool:
		m.PutBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		m.PutInteger(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		m.PutUnsigned(v.Uint())
	case reflect.Float32:
		m.PutFloat32(float32(v.Float()))
	case reflect.Float64:
		m.PutFloat64(v.Float())
	case reflect.String:
		m.PutString(v.String())
	case reflect.Slice, reflect.Array:
		putList(m, v)
	case reflect.Map:
		if v.IsNil() {
			m.PutNull()
			return
		}
		m.PutCount('m', v.Len())
		for pairs := v.MapRange(); pairs.Next(); {
			put(m, pairs.Key())
			put(m, pairs.Value())
		}
	case reflect.Ptr:
		if v.IsNil() {
			m.PutNull()
			return
		}
		m.PutByte('o')
		put(m, v.Elem())
	case reflect.Struct:
		m.PutCount('p', v.NumField())
		for i := 0; i < v.NumField(); i++ {
			put(m, v.Field(i))
		}
	case reflect.Interface:
		putOpen(m, v)
	default:
		panic("a " + v.Type().String() + " cannot cross")
	}
}

func putList(m *wall.Message, v reflect.Value) {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			m.PutNull()
			return
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			m.PutBytes(v.Bytes())
			return
		}
		if ints, ok := fast(v).(*[]int); ok {
			m.PutInts(*ints)
			return
		}
	}
	m.PutCount('l', v.Len())
	for i := 0; i < v.Len(); i++ {
		put(m, v.Index(i))
	}
}

// fast is a pointer to the value, where that may be had.
func fast(v reflect.Value) interface{} {
	if !v.CanAddr() || !v.CanInterface() {
		return nil
	}
	return v.Addr().Interface()
}

func putOpen(m *wall.Message, v reflect.Value) {
	if v.IsNil() {
		m.PutNull()
		return
	}
	held := v.Elem()
	fault, isError := error(nil), false
	if held.CanInterface() {
		fault, isError = held.Interface().(error)
	}
	switch {
	case v.Type() == errorType && isError:
		m.PutString(fault.Error())
		return
	case isError:
		putName(m, "error")
		m.PutString(fault.Error())
	case known(held.Type()):
		putName(m, held.Type().String())
		put(m, held)
	default:
		putName(m, held.Type().String())
		switch held.Kind() {
		case reflect.Array, reflect.Slice, reflect.Map, reflect.Ptr, reflect.Struct, reflect.Func, reflect.Chan,
			reflect.Interface, reflect.Complex64, reflect.Complex128, reflect.Uintptr, reflect.UnsafePointer:
			m.PutNull()
		default:
			put(m, held)
		}
	}
}

func putName(m *wall.Message, name string) {
	m.PutByte('a')
	m.PutText(name)
}

// known says whether a type is made of Go's own alone.
func known(t reflect.Type) bool {
	if _, ok := basic[t.String()]; ok {
		return t.PkgPath() == ""
	}
	if t.Name() != "" {
		return false
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Ptr:
		return known(t.Elem())
	case reflect.Map:
		return known(t.Key()) && known(t.Elem())
	}
	return false
}

func get(m *wall.Message, v reflect.Value) {
	m.Another()
	m.Deeper()
	defer m.Higher()
	t := v.Type()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(m.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(m.Integer(t.Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(m.Unsigned(t.Bits()))
	case reflect.Float32:
		v.SetFloat(float64(m.Float32()))
	case reflect.Float64:
		v.SetFloat(m.Float64())
	case reflect.String:
		v.SetString(m.String())
	case reflect.Slice:
		getSlice(m, v)
	case reflect.Array:
		m.Expect('l')
		getAll(m, v)
	case reflect.Map:
		getMap(m, v)
	case reflect.Ptr:
		if !m.Some('o') {
			v.Set(reflect.Zero(t))
			return
		}
		v.Set(reflect.New(t.Elem()))
		get(m, v.Elem())
	case reflect.Struct:
		m.Expect('p')
		if m.Count() != t.NumField() {
			panic(wall.Broken("a struct of other fields"))
		}
		for i := 0; i < t.NumField(); i++ {
			field := v.Field(i)
			get(m, reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem())
		}
	case reflect.Interface:
		getOpen(m, v)
	default:
		panic(wall.Broken("a " + t.String() + " cannot cross"))
	}
}

func getSlice(m *wall.Message, v reflect.Value) {
	t := v.Type()
	if t.Elem().Kind() == reflect.Uint8 {
		v.SetBytes(m.Bytes())
		return
	}
	if ints, ok := fast(v).(*[]int); ok {
		*ints = m.Ints()
		return
	}
	if !m.Some('l') {
		v.Set(reflect.Zero(t))
		return
	}
	count, some := m.Count(), 0
	if t.Elem().Size() <= 64 {
		some = count
	}
	list := reflect.MakeSlice(t, some, some)
	for i := 0; i < count; i++ {
		if i >= list.Len() {
			list = reflect.Append(list, reflect.Zero(t.Elem()))
		}
		get(m, list.Index(i))
	}
	v.Set(list)
}

func getAll(m *wall.Message, v reflect.Value) {
	if m.Count() != v.Len() {
		panic(wall.Broken("an array of another length"))
	}
	for i := 0; i < v.Len(); i++ {
		get(m, v.Index(i))
	}
}

func getMap(m *wall.Message, v reflect.Value) {
	t := v.Type()
	if !m.Some('m') {
		v.Set(reflect.Zero(t))
		return
	}
	count := m.Count()
	v.Set(reflect.MakeMap(t))
	for i := 0; i < count; i++ {
		key, value := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		get(m, key)
		get(m, value)
		v.SetMapIndex(key, value)
	}
	if v.Len() != count {
		panic(wall.Broken("a map that has a key twice"))
	}
}

func getOpen(m *wall.Message, v reflect.Value) {
	if v.Type() == errorType {
		if fault := m.Error(); fault != nil {
			v.Set(reflect.ValueOf(errors.New(fault.Error())))
		}
		return
	}
	if v.NumMethod() != 0 {
		panic(wall.Broken("a " + v.Type().String() + " cannot cross"))
	}
	if !m.Some('a') {
		v.Set(reflect.Zero(v.Type()))
		return
	}
	name := m.Text()
	t, rest := parse(name)
	if t == nil || rest != "" {
		if Foreign == nil {
			panic(wall.Broken("a value of type " + name))
		}
		v.Set(reflect.ValueOf(Foreign(name, loose(m))))
		return
	}
	if t.Size() > uintptr(m.Left())*64 {
		panic(wall.Broken("a message that ends too soon"))
	}
	held := reflect.New(t).Elem()
	get(m, held)
	if held.Kind() == reflect.Interface && held.IsNil() {
		panic(wall.Broken("a nil that has a type"))
	}
	v.Set(held)
}

// loose reads the value of a type that is not known: a number, a text, or nothing.
func loose(m *wall.Message) interface{} {
	switch sign := m.Peek(); sign {
	case 'n':
		m.Byte()
		return nil
	case 't', 'f':
		return m.Bool()
	case 'i':
		return m.Int64()
	case 'I':
		return m.Uint64()
	case 'd':
		return m.Float64()
	case 'e':
		return m.Float32()
	case 's':
		return m.String()
	default:
		panic(wall.Wrong(sign, "n"))
	}
}

// parse gives the type that a text begins with, as `reflect` spells it, and what follows; nil if it is not known.
func parse(name string) (reflect.Type, string) {
	if len(name) > 1000 {
		return nil, name
	}
	switch {
	case strings.HasPrefix(name, "[]"):
		if t, rest := parse(name[2:]); t != nil {
			return reflect.SliceOf(t), rest
		}
	case strings.HasPrefix(name, "["):
		end := strings.IndexByte(name, ']')
		if end < 0 {
			return nil, name
		}
		size, err := strconv.Atoi(name[1:end])
		if t, rest := parse(name[end+1:]); t != nil && err == nil && size >= 0 {
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
		end := strings.IndexByte(name, ']')
		if end < 0 {
			end = len(name)
		}
		if t, ok := basic[name[:end]]; ok {
			return t, name[end:]
		}
	}
	return nil, name
}
