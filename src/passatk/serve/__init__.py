"""A judge behind HTTP: a native interface, those of other sandboxes, and a client. docs/serve.md describes them."""
