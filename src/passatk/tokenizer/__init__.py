"""CodeGeeX's tokenizer: byte-level BPE with tokens for runs of spaces; and training a new one of the same scheme."""

from passatk.tokenizer.codegeex import CodeGeeXTokenizer

__all__ = ["CodeGeeXTokenizer"]
