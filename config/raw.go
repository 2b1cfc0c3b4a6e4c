package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// asText reads a scalar. A number is one too, since YAML makes numbers of what
// looks so.
func asText(raw any) (string, error) {
	switch v := raw.(type) {
	case string:
		return strings.TrimSpace(v), nil
	case bool:
		return "", fmt.Errorf("%t is not a text: quote it", v)
	case int, int64, uint64:
		return fmt.Sprint(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case time.Time:
		return "", errors.New("a date is not a text: quote it")
	case nil:
		return "", errors.New("has no value")
	}
	return "", errors.New("is a list or a section where one value is expected")
}

// asInteger reads a whole number.
func asInteger(raw any) (int64, error) {
	if f, ok := raw.(float64); ok {
		if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return 0, fmt.Errorf("%v is not a whole number", f)
		}
		return int64(f), nil
	}
	s, err := asText(raw)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	return n, nil
}

// asList reads a list, or a text with commas between the elements.
func asList(raw any) ([]string, error) {
	var words []string
	switch v := raw.(type) {
	case []string:
		words = append(words, v...)
	case []uint32:
		for _, n := range v {
			words = append(words, strconv.FormatUint(uint64(n), 10))
		}
	case []any:
		for _, element := range v {
			word, err := asText(element)
			if err != nil {
				return nil, fmt.Errorf("an element %w", err)
			}
			words = append(words, word)
		}
	default:
		s, err := asText(raw)
		if err != nil {
			return nil, err
		}
		if s != "" {
			words = strings.Split(s, ",")
		}
	}
	for i, word := range words {
		if words[i] = strings.TrimSpace(word); words[i] == "" {
			return nil, errors.New("has an empty element")
		}
	}
	return words, nil
}
