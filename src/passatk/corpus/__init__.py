"""Training text: small functions made in six languages at once, and real code through CodeGeeX's filters."""
