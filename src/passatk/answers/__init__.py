"""What a model said -> the code it means. Pure functions of the answer and its problem, numbered by `VERSION`."""

from passatk.answers.reading import VERSION, Answer, looks_like_chat, read_answer

__all__ = ["VERSION", "Answer", "looks_like_chat", "read_answer"]
