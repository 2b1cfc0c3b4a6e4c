package legacy

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// A Parameter of a request that is made here. Name and Value are in clear.
type Parameter struct{ Name, Value string }

// Reply is the envelope of an answer.
type Reply struct {
	Success bool
	Message string
	// Data is the JSON of data, nil when there is none.
	Data json.RawMessage
}

// Ask asks for an action that changes nothing, as the vendor's client does. An
// answer that is no envelope is an error; one that says success 0 is a Reply.
func (c *Client) Ask(ctx context.Context, target, action string, parameters ...Parameter) (*Reply, error) {
	query := []string{"target=" + url.QueryEscape(target), "action=" + url.QueryEscape(action)}
	for _, p := range parameters {
		query = append(query, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	answer, err := c.Do(ctx, &Request{Method: http.MethodGet, Query: strings.Join(query, "&"), UserAgent: "provision-gateway", Repeatable: true})
	if err != nil {
		return nil, err
	}
	return answer.Reply()
}

// Reply reads the envelope of an answer.
func (a *Answer) Reply() (*Reply, error) {
	var envelope struct {
		Success json.RawMessage `json:"success"`
		Message *string         `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(a.Body, &envelope); err != nil || envelope.Message == nil {
		text := "the answer is no envelope"
		if a.Status != http.StatusOK {
			text = http.StatusText(a.Status)
		}
		return nil, &Error{text: text, cause: errors.New("not an answer of the API")}
	}
	// PHP compares loosely, and so do the scripts.
	success := strings.Trim(string(envelope.Success), `"`)
	return &Reply{Success: success == "1" || success == "true", Message: *envelope.Message, Data: envelope.Data}, nil
}
